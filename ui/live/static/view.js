// The page's elements: what is shown in which mode. Text is set only when it changes, so nothing is read out twice.
import { SetUpList } from "./set_up.js";
import { show as showSign } from "./sign.js";

const SHOWN = {
  start: ["idle", "finished"],
  demo: ["idle", "finished"],
  resume: ["paused"],
  end: ["paused"],
  stop: ["starting", "running"],
  ask: ["running"],
  mute: ["idle", "finished", "starting", "running", "paused"],
  full: ["starting", "running"],
  person: ["starting", "running", "paused"],
  wait: ["loading", "starting"],
};
const SAID = ["notice", "fault", "sound", "reason", "left"];
const RESULT_MS = 3000;
const LOOKS = ["contrast", "large", "pictures"];
const TO_DO = ".st-key-advice [role=alert], .st-key-program-bar [data-testid=stProgress]";

export class View {
  constructor(root) {
    this.root = root;
    this.part = {};
    for (const element of root.querySelectorAll("[data-part]")) this.part[element.dataset.part] = element;
    this.setMode("loading");
    this.setUpList = new SetUpList(this.part.checks);
    const { pace, paceRing, paceStep, paceSeconds, paceCount, paceStage, paceZone, paceMarker } = this.part;
    this.pace = { root: pace, ring: paceRing, step: paceStep, seconds: paceSeconds, count: paceCount };
    Object.assign(this.pace, { stage: paceStage, zone: paceZone, marker: paceMarker });
    this.part.full.onclick = () => this.toggleFullScreen();
  }

  // looks: which of LOOKS are wanted; language: of all words, for screen readers. What was said in another one goes.
  dress(words, looks, language) {
    this.words = words;
    if (this.root.lang !== language) for (const name of SAID) this.say(name, "");
    this.root.lang = language;
    for (const element of this.root.querySelectorAll("[data-word]")) {
      element.textContent = words.say(element.dataset.word);
    }
    for (const element of [this.root, ...this.root.querySelectorAll("[data-label]")]) {
      element.setAttribute("aria-label", words.say(element.dataset.label));
    }
    for (const look of LOOKS) this.root.classList.toggle(look, looks.includes(look));
  }

  // Who pressed a button that goes away is left at the main button of the new mode, not at the top of the page.
  setMode(mode) {
    const focused = this.root.getRootNode().activeElement;
    if (mode === "running" && this.root.dataset.mode !== mode) this.inSight();
    this.root.dataset.mode = mode;
    for (const [name, modes] of Object.entries(SHOWN)) this.part[name].hidden = !modes.includes(mode);
    if (!focused?.hidden || !this.root.contains(focused)) return;
    const next = ["stop", "resume", "start"].find((name) => this.visible(name));
    if (next) this.part[next].focus({ preventScroll: true });
  }

  // The picture is at the top of the window when a set begins, and stays there whenever what is around it changes.
  inSight() {
    this.keepInSight(() => this.root.dataset.mode === "running" && this.root.scrollIntoView?.({ block: "start" }));
  }

  // Call `show` soon, and again whenever anything around the page's own element changes its size.
  keepInSight(show) {
    window.setTimeout(show, 400);
    this.around?.disconnect();
    this.around = new ResizeObserver(show);
    for (let one = this.root; one; one = one.parentElement ?? one.getRootNode().host) this.around.observe(one);
  }

  // What came of a set is in sight when it is over, wherever the page was scrolled to. What the page asks the person to
  // do now, advice or a rest, comes before it.
  resultInSight() {
    const result = ["fault", "notice"].map((name) => this.part[name]).find((part) => part.textContent);
    const show = () => {
      if (this.root.dataset.mode === "running") return;
      (document.querySelector(TO_DO) ?? result)?.scrollIntoView?.({ block: "center" });
    };
    this.keepInSight(show);
    window.setTimeout(() => this.root.dataset.mode !== "running" && this.around.disconnect(), RESULT_MS);
  }

  // phase: setup before the first repetition, set from then on
  setPhase(phase) {
    if (this.root.dataset.phase === phase) return;
    const skipping = this.root.getRootNode().activeElement === this.part.skip;
    this.root.dataset.phase = phase;
    if (phase === "setup") this.setUpList.clear();
    else if (skipping) this.part.stop.focus({ preventScroll: true });
    this.big("");
  }

  setUp(message) {
    this.setPhase("setup");
    this.setUpList.show(message.checks, this.words);
    this.cue(message.ask, false, message.step === "hand" ? "hand" : "");
    this.mirror(!message.mirrored);
  }

  mirror(mirrored) {
    this.part.picture.classList.toggle("mirrored", mirrored);
  }

  // Whether a set at the camera may begin; if not, what must be done first.
  allow(ready, first) {
    this.part.start.disabled = !ready;
    this.say("first", ready ? "" : first);
  }

  visible(name) {
    return !this.part[name].hidden;
  }

  say(name, text) {
    if (this.part[name].textContent !== text) this.part[name].textContent = text;
  }

  big(text) {
    this.say("big", text);
  }

  // For screen readers: heard each time, also where it is what was said before.
  announce(text) {
    this.say("spoken", "");
    window.clearTimeout(this.announcing);
    this.announcing = window.setTimeout(() => this.say("spoken", text), 100);
  }

  // otherDemo: that the demo shows another exercise, empty where it does not.
  exercise({ title, side, setup, command }, otherDemo = "") {
    this.say("demoOther", otherDemo);
    const whose = this.words.say(`side.${side}`);
    this.say("title", whose ? `${title} · ${whose}` : title);
    this.say("setup", setup);
    this.say("order", command ? `“${command}”` : "");
  }

  // What plays is the demo: what is said of it, empty for the person's own set.
  demo(note) {
    this.root.toggleAttribute("data-demo", note !== "");
    this.say("demoNote", note);
  }

  // Whose set this is, or would be.
  person(name) {
    this.say("person", name);
  }

  // A set that is open already, and whose it is.
  open(set, name) {
    this.exercise(set);
    this.person(name);
    this.counts(set.repetitions, set.goal);
    this.closed(set.closed);
  }

  // goal: repetitions asked for, leftS: seconds that are left; null for no end
  counts(repetitions, goal, leftS = null) {
    this.say("count", String(repetitions));
    const many = this.words.say(repetitions === 1 ? "repetition" : "repetitions");
    const timed = (leftS ?? null) !== null;
    const ends = timed ? this.words.say("seconds-left", { seconds: Math.ceil(leftS) }) : "";
    this.say("word", ends || (goal ? this.words.say("of-goal", { goal }) : many));
  }

  closed(rep) {
    const number = (score) => (score === null || score === undefined ? "–" : String(score));
    this.say("range", number(rep?.range));
    this.say("control", number(rep?.control));
    const attempt = rep?.kind === "attempt";
    let reason = "";
    if (attempt) reason = this.words.notCounted(rep);
    else if (rep && rep.total === null) reason = this.words.say("counted-unseen");
    this.say("reason", reason);
  }

  cue(text, fresh, picture = "") {
    this.say("cue", text);
    this.part.banner.hidden = !text;
    this.part.banner.classList.toggle("fresh", fresh);
    showSign(this.part.sign, picture);
  }

  // Whether the start posture is awaited: then nothing else that asks for a movement is shown.
  awaits(awaited) {
    this.root.toggleAttribute("data-awaits", awaited);
  }

  // zone: [from, to] of the progress that makes a repetition
  zone([from, to]) {
    this.part.zone.style.bottom = `${100 * from}%`;
    this.part.zone.style.height = `${100 * (to - from)}%`;
  }

  progress(share) {
    const known = Math.max(0, Math.min(1, share ?? 0));
    this.part.fill.style.transform = `scaleY(${known})`;
    this.part.meter.setAttribute("aria-valuenow", String(Math.round(100 * known)));
  }

  muted(muted) {
    this.part.mute.setAttribute("aria-pressed", String(muted));
    this.say("muteWord", this.words.say(muted ? "button.unmute" : "button.mute"));
  }

  toggleFullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.root.requestFullscreen?.();
  }
}
