// One set in this page: picture, socket, encoder and voice brought together.
import { Encoder } from "./encoder.js";
import { CameraFault, openCamera, openClip, sendSize, watchPictures } from "./picture.js";
import { clear, draw } from "./skeleton.js";
import { LiveSocket } from "./socket.js";
import { Speed } from "./speed.js";
import { Voice } from "./voice.js";
import * as words from "./words.js";

const KEPT_KEY = "diagonal.open-set";
const CLIP_KEY = "diagonal.clip-at";
const ANSWER_MS = 4000;
const FRESH_CUE_MS = 6000;
const SAME_STATE_MS = 8000;

export class Coach {
  constructor(view) {
    this.view = view;
    this.video = view.part.video;
    this.voice = new Voice(() => view.say("sound", words.NO_VOICE));
    this.speed = new Speed();
    this.encoder = new Encoder((message) => this.encoded(message));
    this.socket = new LiveSocket(() => this.resume, {
      message: (message) => this.answered(message),
      lost: () => this.lost(),
      moved: () => this.movedAway(),
    });
    this.data = null;
    this.tell = null;
    this.set = null;
    this.resume = window.sessionStorage.getItem(KEPT_KEY) ?? "";
    this.wanted = null;
    this.finishing = false;
    this.closePicture = null;
    this.stopWatching = null;
    this.newest = null;
    this.sent = null;
    this.spokenState = ["", 0];
    this.watchdog = window.setInterval(() => this.check(), 500);
    view.part.start.onclick = () => this.start("live");
    view.part.demo.onclick = () => this.start("demo");
    view.part.resume.onclick = () => this.start(this.set.source);
    view.part.stop.onclick = () => this.stop();
    view.part.end.onclick = () => this.stop();
    view.part.mute.onclick = () => this.toggleMute();
  }

  get mode() {
    return this.view.root.dataset.mode;
  }

  get running() {
    return ["starting", "running", "paused"].includes(this.mode);
  }

  told(data, tell) {
    this.tell = tell;
    const first = this.data === null;
    this.data = data;
    if (first) {
      this.view.setMode("idle");
      if (this.resume) this.socket.connect();
    }
    if (!this.running) this.view.exercise(data.chosen);
  }

  async start(source) {
    const again = this.mode === "paused";
    this.voice.prime();
    this.view.say("fault", "");
    this.view.say("notice", "");
    this.view.setMode("starting");
    this.view.say("state", "Getting ready");
    try {
      if (source === "demo") {
        const from = again ? Number(window.sessionStorage.getItem(CLIP_KEY) ?? 0) : 0;
        this.closePicture = await openClip(this.video, this.data.demo.url, from, () => this.clipEnded());
      } else {
        this.closePicture = await openCamera(this.video, () => this.pause(words.CAMERA_FAULTS.unplugged));
      }
    } catch (error) {
      if (!(error instanceof CameraFault)) throw error;
      this.view.say("fault", words.CAMERA_FAULTS[error.kind]);
      this.view.setMode(again ? "paused" : "idle");
      return;
    }
    if (this.mode !== "starting" || this.finishing) {
      this.letGo();
      return;
    }
    if (again) {
      this.socket.connect();
      this.begun();
      return;
    }
    const about = source === "demo" ? this.data.demo : this.data.chosen;
    this.wanted = { type: "begin", pattern: about.pattern, side: about.side, source };
    this.view.exercise(about);
    this.view.cue(about.command, false);
    this.view.counts(0);
    this.view.closed(null);
    this.tell.state("running", true);
    this.socket.connect();
  }

  begun() {
    this.view.setMode("running");
    this.set.size_wh ??= sendSize(this.video);
    this.size = this.set.size_wh;
    this.sent = null;
    this.newest = null;
    this.speed.clear();
    this.video.play();
    this.stopWatching?.();
    this.stopWatching = watchPictures(this.video, this.set.source === "demo", (captureS, atMs) => {
      this.newest = { captureS, atMs };
      this.sendNewest();
    });
  }

  async sendNewest() {
    if (this.sent || !this.newest || this.mode !== "running" || !this.socket.open) return;
    const picture = this.newest;
    this.newest = null;
    this.sent = { ...picture, sinceMs: performance.now() };
    if (!(await this.encoder.encode(this.video, picture.captureS, this.size))) this.sent = null;
  }

  encoded(message) {
    if (this.mode !== "running" || !this.socket.send(message)) this.sent = null;
  }

  answered(message) {
    this.view.say("lost", "");
    if (message.type === "hello") this.greeted(message);
    else if (message.type === "begun") this.beginAnswered(message);
    else if (message.type === "update") this.updated(message);
    else if (message.type === "finished") this.finished(message);
    else if (message.type === "error") this.refused(message);
  }

  greeted(message) {
    if (message.set) {
      this.set = message.set;
      this.view.exercise(message.set);
      this.view.counts(message.set.repetitions);
      this.view.closed(message.set.closed);
      this.sent = null;
      if (this.finishing) this.socket.send(JSON.stringify({ type: "finish" }));
      else if (this.stopWatching) this.begun();
      else {
        this.tell.state("running", true);
        this.view.say("notice", words.KEPT);
        this.view.setMode("paused");
      }
      return;
    }
    const lostSet = this.resume !== "";
    const { wanted, finishing } = this;
    this.forget();
    if (wanted && finishing) {
      this.finished({ session: null, repetitions: 0, problem: "" });
    } else if (wanted) {
      this.wanted = wanted;
      this.socket.send(JSON.stringify(wanted));
    } else if (lostSet) {
      this.letGo();
      this.socket.close();
      this.view.say("notice", words.RESTARTED);
      this.view.setMode("idle");
      this.tell.state("running", false);
    }
  }

  beginAnswered(message) {
    this.wanted = null;
    this.set = message.set;
    this.resume = message.resume;
    window.sessionStorage.setItem(KEPT_KEY, message.resume);
    if (this.finishing) this.socket.send(JSON.stringify({ type: "finish" }));
    else this.begun();
  }

  updated(update) {
    const sent = this.sent;
    this.sent = null;
    if (this.mode !== "running") return;
    draw(this.view.part.canvas, this.video, update, this.set.bones);
    this.view.part.canvas.dataset.captureS = String(update.capture_s);
    if (sent?.captureS === update.capture_s) {
      const now = performance.now();
      this.speed.add(now, now - sent.atMs);
      const detail = { latencyMs: now - sent.atMs, timings: update.timings };
      this.view.root.dispatchEvent(new CustomEvent("diagonal-result", { bubbles: true, composed: true, detail }));
    }
    this.sendNewest();
    this.show(update);
  }

  show(update) {
    const { view } = this;
    const holding = update.arms_in_s !== null && update.arms_in_s > 0 && update.arms_in_s < this.set.hold_s - 0.1;
    view.say("state", holding ? `Hold still: ${Math.ceil(update.arms_in_s)}` : words.stateSentence(update));
    view.progress(update.progress);
    view.counts(update.repetitions);
    if (update.closed) this.closedRep(update);
    else if (update.cue) this.newCue(update.cue);
    else if (update.message) this.speakState(update.message);
    if (update.problem) view.say("fault", update.problem);
    view.say("sound", update.problem || (this.voice.told ? words.NO_VOICE : ""));
    view.say("speed", this.speed.text());
  }

  closedRep(update) {
    const rep = update.closed;
    this.view.closed(rep);
    const cue = update.cue ?? "";
    this.view.cue(cue || this.set.command, false);
    const counted = rep.kind === "repetition";
    const whole = counted ? `${update.repetitions} repetitions` : words.notCounted(rep);
    this.view.announce(whole);
    if (cue) this.newCue(cue, `${counted ? `${update.repetitions}.` : "Not counted."} ${cue}`);
    else this.voice.say(counted ? `${update.repetitions}.` : whole, "count");
  }

  newCue(text, said = text) {
    this.view.cue(text, true);
    window.clearTimeout(this.cueTimer);
    this.cueTimer = window.setTimeout(() => this.view.part.cue.classList.remove("fresh"), FRESH_CUE_MS);
    this.voice.say(said, "cue");
  }

  speakState(text) {
    const now = performance.now();
    const [last, at] = this.spokenState;
    if (text === last && now - at < SAME_STATE_MS) return;
    if (text !== last && now - at < 2500) return;
    this.spokenState = [text, now];
    this.voice.say(text, "state");
  }

  refused(message) {
    this.sent = null;
    if (this.wanted || this.mode === "starting") {
      this.letGo();
      this.forget();
      this.socket.close();
      this.view.say("fault", message.message);
      this.view.setMode("idle");
      this.tell.state("running", false);
      return;
    }
    this.view.say("sound", message.message);
    this.sendNewest();
  }

  lost() {
    this.sent = null;
    if (this.running || this.finishing) this.view.say("lost", words.RECONNECTING);
  }

  movedAway() {
    this.letGo();
    this.forget();
    this.view.say("notice", words.MOVED);
    this.view.setMode("idle");
    this.tell.state("running", false);
  }

  pause(sentence) {
    this.letGo();
    this.view.say("notice", "");
    this.view.say("fault", sentence);
    this.view.setMode("paused");
  }

  // Browsers give no pictures to a page that is not shown.
  shownOrHidden() {
    if (this.mode !== "running" || !document.hidden) return;
    this.view.say("state", words.HIDDEN);
    this.voice.say(words.HIDDEN, "state");
  }

  clipEnded() {
    window.setTimeout(() => this.mode === "running" && this.stop(), 400);
  }

  stop() {
    if (this.finishing) return;
    this.letGo();
    this.view.say("state", "Saving");
    this.view.setMode("starting");
    this.finishing = true;
    if (!this.set && !this.wanted) this.finished({ session: null, repetitions: 0, problem: "" });
    else if (this.set) this.socket.send(JSON.stringify({ type: "finish" }));
  }

  finished(summary) {
    this.forget();
    this.socket.close();
    this.voice.say(words.finishedSentence(summary), "state");
    this.view.say("notice", words.finishedSentence(summary));
    this.view.say("fault", "");
    this.view.exercise(this.data.chosen);
    this.view.setMode("finished");
    this.tell.state("running", false);
    this.tell.trigger("finished", summary.session);
  }

  letGo() {
    this.stopWatching?.();
    this.stopWatching = null;
    this.closePicture?.();
    this.closePicture = null;
    this.sent = null;
    clear(this.view.part.canvas);
    this.view.progress(0);
  }

  // Nothing is open any more, and nothing that was asked will be answered.
  forget() {
    this.set = null;
    this.wanted = null;
    this.finishing = false;
    this.resume = "";
    window.sessionStorage.removeItem(KEPT_KEY);
    window.sessionStorage.removeItem(CLIP_KEY);
  }

  check() {
    if (this.sent && performance.now() - this.sent.sinceMs > ANSWER_MS) {
      this.sent = null;
      this.sendNewest();
    }
  }

  toggleMute() {
    this.voice.mute(!this.voice.muted);
    this.view.muted(this.voice.muted);
  }

  pageLeft() {
    if (this.set?.source === "demo") window.sessionStorage.setItem(CLIP_KEY, String(this.video.currentTime));
  }

  close() {
    window.clearInterval(this.watchdog);
    this.pageLeft();
    this.letGo();
    this.socket.close();
    this.encoder.close();
    this.voice.close();
  }
}
