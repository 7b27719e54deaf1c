// Every sentence of the live page that does not come from the server.
export const STATES = {
  framing: "Finding you",
  ready: "Ready",
  moving: "Moving",
  resting: "Back at the start",
  lost: "I cannot see you",
};

export const CAMERA_FAULTS = {
  denied:
    "The camera is blocked for this page. Allow it with the camera sign in the browser's address bar, then press Start again.",
  missing: "No camera was found. Plug one in, or practise with the demo recording.",
  busy: "The camera is in use by another program. Close that program (a video call?), then press Start again.",
  unplugged: "The camera was disconnected. Plug it in again and press Continue; your repetitions are kept.",
  insecure: "The browser gives the camera to this page only at http://localhost. Open it there.",
  clip: "This browser cannot play the demo recording. Use another browser, or start with the camera.",
};

export const RECONNECTING = "The connection to the coach is lost. Trying again; your repetitions are kept.";
export const RESTARTED = "The coach was started anew. What you did before is saved under Sessions. Press Start to go on.";
export const HIDDEN = "This page is hidden: the coach waits. Come back to it to go on.";
export const MOVED = "This set goes on in another window.";
export const NO_VOICE = "No voice on this computer: a chime sounds, the words are on the screen.";
export const KEPT = "A set is still open. Continue it, or finish and save it.";

export function finishedSentence(summary) {
  if (summary.problem) return summary.problem;
  if (summary.session === null) return "Nothing was counted, so nothing was saved.";
  const many = summary.repetitions === 1 ? "1 repetition" : `${summary.repetitions} repetitions`;
  const score = summary.mean_total === null ? "" : `, mean score ${summary.mean_total} of 100`;
  return `Set finished and saved: ${many}${score}.`;
}

export function notCounted(rep) {
  return `Not counted: ${rep.reason ?? "too short"}.`;
}

export function stateSentence(update) {
  if (update.message) return update.message;
  return STATES[update.state] ?? update.state;
}
