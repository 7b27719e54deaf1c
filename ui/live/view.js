// The page's elements: what is shown in which mode. Text is set only when it changes, so nothing is read out twice.
import { notCounted } from "./words.js";

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

  // Who pressed a button that goes away is left at the main button of the new mode, not at the top of the page.
  setMode(mode) {
    const focused = this.root.getRootNode().activeElement;
    this.root.dataset.mode = mode;
    for (const [name, modes] of Object.entries(SHOWN)) this.part[name].hidden = !modes.includes(mode);
    if (!focused?.hidden || !this.root.contains(focused)) return;
    const next = ["stop", "resume", "start"].find((name) => this.visible(name));
    if (next) this.part[next].focus();
  }

  visible(name) {
    return !this.part[name].hidden;
  }

  say(name, text) {
    if (this.part[name].textContent !== text) this.part[name].textContent = text;
  }

  // For screen readers: heard each time, also where it is what was said before.
  announce(text) {
    this.say("spoken", "");
    window.clearTimeout(this.announcing);
    this.announcing = window.setTimeout(() => this.say("spoken", text), 100);
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
    if (attempt) reason = notCounted(rep);
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
