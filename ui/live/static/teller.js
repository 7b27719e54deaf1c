import { Pace } from "./pace.js";

// What the person sees and hears of a set: counts, cues, states, set-up; one thing at a time.
const FRESH_CUE_MS = 6000;
const REASON_MS = 8000;
const AWAITED = ["framing", "lost"];
const SAME_STATE_MS = 8000;
const OTHER_STATE_MS = 2500;

export class Teller {
  constructor(view, voice) {
    this.view = view;
    this.voice = voice;
    this.spokenState = ["", -Infinity];
    this.counting = 0;
    this.pace = new Pace(() => voice.audio);
  }

  begin(set, words) {
    this.set = set;
    this.spokenState = ["", -Infinity];
    this.counting = 0;
    this.awaited = true;
    this.askedUntil = 0;
    this.view.awaits(true);
    if (set.in_setup) this.view.cue(words.say("setup-looking"), false);
  }

  setUp(message, words) {
    const ask = message.ask || words.say("setup-looking");
    this.view.setUp({ ...message, ask });
    if (message.step !== "done") {
      this.state(ask);
      return;
    }
    this.view.setPhase("set");
    this.view.cue(words.say("setup-done"), false);
    this.state(words.say("setup-done"));
  }

  // ageS: how long ago the picture was taken that this is about
  update(update, words, ageS) {
    const { view } = this;
    view.setPhase("set");
    const left = this.holding(update);
    if (!document.hidden) view.say("state", words.say(left ? "state.hold" : `state.${update.state}`, { seconds: left }));
    this.awaits(update);
    this.countDown(left);
    view.progress(update.progress);
    view.counts(update.repetitions, this.set.goal, update.left_s);
    this.pace.show(update.pace ?? null, view.pace, this.voice, ageS);
    if (update.closed) this.closed(update, words);
    else if (update.trouble) this.state(update.trouble);
    else if (update.message && !left) this.state(update.message);
    view.say("trouble", update.problem || update.trouble || "");
    view.say("sound", update.problem || (this.voice.told ? words.say("no-voice") : ""));
  }

  // Until somebody has taken the start posture, that is the one thing to do: no word of the movement beside it.
  awaits({ state, message }) {
    const awaited = AWAITED.includes(state);
    if (awaited && performance.now() > this.askedUntil) this.view.cue(message, false);
    else if (this.awaited && !awaited) this.view.cue(this.set.command, false);
    this.awaited = awaited;
    this.view.awaits(awaited);
  }

  // Whole seconds of holding still that are left while the count-down runs, else 0.
  holding(update) {
    const left = update.arms_in_s;
    return left !== null && left > 0 && left < this.set.hold_s - 0.1 ? Math.ceil(left) : 0;
  }

  countDown(left) {
    if (left === this.counting) return;
    this.counting = left;
    this.view.big(left ? String(left) : "");
    if (left) this.voice.chime("state");
  }

  closed(update, words) {
    const { closed: rep, told } = update;
    const counted = rep.kind === "repetition";
    const whole = counted
      ? `${update.repetitions} ${words.say(update.repetitions === 1 ? "repetition" : "repetitions")}`
      : words.notCounted(rep);
    this.view.closed(rep);
    window.clearTimeout(this.reasonTimer);
    this.reasonTimer = window.setTimeout(() => this.view.say("reason", ""), REASON_MS);
    this.view.announce(whole);
    const short = counted ? `${update.repetitions}.` : words.say("not-counted.short");
    if (told && !this.awaited) this.tell(told, short, !update.pace);
    else {
      if (!this.awaited) this.view.cue(this.set.command, false);
      if (!update.pace) this.voice.say(counted ? short : whole, "count");
    }
  }

  // told: {strength, cue, rule, text}; before: what is said first; aloud: not where a pacer has the word
  tell(told, before = "", aloud = true) {
    this.view.cue(told.text, true, told.cue ? told.rule : "praise");
    window.clearTimeout(this.cueTimer);
    this.cueTimer = window.setTimeout(() => this.view.part.banner.classList.remove("fresh"), FRESH_CUE_MS);
    if (aloud) this.voice.say(`${before} ${told.text}`.trim(), told.cue ? "cue" : "good");
  }

  // As tell, because the person asks.
  answer(told) {
    this.askedUntil = performance.now() + FRESH_CUE_MS;
    this.tell(told);
  }

  // No picture reaches the coach: soon the set ends, and somebody else may have its place.
  silent({ left_s }, words) {
    const sentence = words.say("silent", { seconds: left_s });
    this.view.say("lost", sentence);
    this.voice.say(sentence, "state");
  }

  // Nothing moves any more: the end of a set, or a pause.
  rest() {
    this.view.say("trouble", "");
    this.pace.clear(this.view.pace);
  }

  state(text) {
    const now = performance.now();
    const [last, at] = this.spokenState;
    if (!text || now - at < (text === last ? SAME_STATE_MS : OTHER_STATE_MS)) return;
    this.spokenState = [text, now];
    this.voice.say(text, "state");
  }
}
