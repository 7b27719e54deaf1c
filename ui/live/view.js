// The page's elements: what is shown in which mode. Text is set only when it changes, so nothing is read out twice.
const SHOWN = {
  start: ["idle", "finished"],
  demo: ["idle", "finished"],
  resume: ["paused"],
  end: ["paused"],
  stop: ["starting", "running"],
  mute: ["idle", "finished", "starting", "running", "paused"],
  full: ["starting", "running"],
};

export class View {
  constructor(root) {
    this.root = root;
    this.part = {};
    for (const element of root.querySelectorAll("[data-part]")) this.part[element.dataset.part] = element;
    this.setMode("loading");
    this.part.full.onclick = () => this.toggleFullScreen();
  }

  setMode(mode) {
    this.root.dataset.mode = mode;
    for (const [name, modes] of Object.entries(SHOWN)) this.part[name].hidden = !modes.includes(mode);
  }

  visible(name) {
    return !this.part[name].hidden;
  }

  say(name, text) {
    if (this.part[name].textContent !== text) this.part[name].textContent = text;
  }

  exercise({ title, side, setup, command }) {
    const whose = { left: " · your left side", right: " · your right side", both: "" }[side] ?? "";
    this.say("title", `${title}${whose}`);
    this.say("setup", setup);
    this.say("order", command ? `“${command}”` : "");
  }

  counts(repetitions) {
    this.say("count", String(repetitions));
    this.say("word", repetitions === 1 ? "repetition" : "repetitions");
  }

  closed(rep) {
    const number = (score) => (score === null || score === undefined ? "–" : String(score));
    this.say("range", number(rep?.range));
    this.say("control", number(rep?.control));
    const attempt = rep?.kind === "attempt";
    let reason = "";
    if (attempt) reason = `Not counted: ${rep.reason ?? "too short"}`;
    else if (rep && rep.total === null) reason = "Counted, but too little was seen for a score.";
    this.say("reason", reason);
  }

  cue(text, fresh) {
    this.say("cue", text);
    this.part.cue.classList.toggle("fresh", fresh);
  }

  progress(share) {
    const known = Math.max(0, Math.min(1, share ?? 0));
    this.part.fill.style.transform = `scaleY(${known})`;
    this.part.meter.setAttribute("aria-valuenow", String(Math.round(100 * known)));
  }

  muted(muted) {
    this.part.mute.setAttribute("aria-pressed", String(muted));
    this.part.mute.firstChild.textContent = muted ? "Sound is off " : "Mute ";
  }

  toggleFullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.root.requestFullscreen?.();
  }
}
