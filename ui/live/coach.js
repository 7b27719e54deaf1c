// One set in this page: picture, socket, encoder and voice brought together.
import { Encoder } from "./encoder.js";
import { CameraFault, openCamera, openClip, sendSize, watchPictures } from "./picture.js";
import { clear, draw } from "./skeleton.js";
import { LiveSocket } from "./socket.js";
import { Speed } from "./speed.js";
import { Teller } from "./teller.js";
import { Voice } from "./voice.js";
import { Words } from "./words.js";

const KEPT_KEY = "diagonal.open-set";
const CLIP_KEY = "diagonal.clip-at";
const SIDES_KEY = "diagonal.sides-known";
const ANSWER_MS = 4000;
const ASK_AGAIN_MS = 3000;
const LAST_WORDS_MS = 4000;
const NOTHING = { session: null, repetitions: 0, problem: "" };

export class Coach {
  constructor(view) {
    this.view = view;
    this.video = view.part.video;
    this.words = new Words({});
    this.voice = new Voice(() => view.say("sound", this.words.say("no-voice")));
    this.teller = new Teller(view, this.voice);
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
    this.ending = null;
    this.waiting = null;
    this.closePicture = null;
    this.stopWatching = null;
    this.newest = null;
    this.sent = null;
    this.watchdog = window.setInterval(() => this.check(), 500);
    view.part.start.onclick = () => this.start("live");
    view.part.demo.onclick = () => this.start("demo");
    view.part.resume.onclick = () => this.start(this.set.source);
    view.part.stop.onclick = () => this.stop();
    view.part.end.onclick = () => this.stop();
    view.part.mute.onclick = () => this.toggleMute();
    view.part.ask.onclick = () => this.ask();
    view.part.skip.onclick = () => this.socket.send(JSON.stringify({ type: "skip" }));
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
    this.words = new Words(data.words);
    this.view.dress(this.words, data.looks, data.language);
    this.view.muted(this.voice.muted);
    this.voice.speak(data.language, data.sound === "chime");
    if (first) {
      if (data.sound === "off") this.toggleMute();
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
    this.view.say("state", this.words.say("state.starting"));
    try {
      if (source === "demo") {
        const from = again ? Number(window.sessionStorage.getItem(CLIP_KEY) ?? 0) : 0;
        this.closePicture = await openClip(this.video, this.data.demo.url, from, () => this.clipEnded());
      } else {
        this.closePicture = await openCamera(this.video, () => this.pause(this.words.say("camera.unplugged")));
      }
    } catch (error) {
      if (!(error instanceof CameraFault)) throw error;
      this.view.say("fault", this.words.say(`camera.${error.kind}`));
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
    this.wanted = { type: "begin", pattern: about.pattern, side: about.side, source, ...this.wishes(source) };
    this.view.exercise(about);
    this.view.cue(about.command, false);
    this.view.counts(0, this.wanted.goal);
    this.view.closed(null);
    this.tell.state("running", true);
    this.socket.connect();
  }

  // What the person wants of a set, and what an earlier set-up found of this camera.
  wishes(source) {
    const { language, feedback, goal, hand } = this.data;
    const known = window.sessionStorage.getItem(SIDES_KEY);
    const camera = { sides_known: known !== null, mirrored: known === "mirrored", hand };
    return { language, feedback, ...(source === "demo" ? { goal: null } : { goal, ...camera }) };
  }

  begun() {
    this.view.setMode("running");
    this.view.setPhase(this.set.in_setup ? "setup" : "set");
    this.view.mirror(!this.set.mirrored);
    this.view.zone(this.set.zone);
    this.teller.begin(this.set);
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
    else if (message.type === "update" || message.type === "setup") this.updated(message);
    else if (message.type === "told") this.toldOnRequest(message);
    else if (message.type === "wait") this.wait(message);
    else if (message.type === "finished") this.finished(message);
    else if (message.type === "error") this.refused(message);
  }

  greeted(message) {
    if (message.set) {
      this.set = message.set;
      this.view.exercise(message.set);
      this.view.counts(message.set.repetitions, message.set.goal);
      this.view.closed(message.set.closed);
      this.sent = null;
      if (this.finishing) this.socket.send(JSON.stringify({ type: "finish" }));
      else if (this.stopWatching) this.begun();
      else {
        this.tell.state("running", true);
        this.view.say("notice", this.words.say("kept"));
        this.view.setMode("paused");
      }
      return;
    }
    const lostSet = this.resume !== "";
    const { wanted, finishing } = this;
    this.forget();
    if (wanted && finishing) {
      this.finished(NOTHING);
    } else if (wanted) {
      this.wanted = wanted;
      this.socket.send(JSON.stringify(wanted));
    } else if (lostSet) {
      this.letGo();
      this.socket.close();
      this.view.say("notice", this.words.say("restarted"));
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

  // As many people practise as this computer can look at: ask again until one of them has finished.
  wait(message) {
    if (this.finishing) {
      this.finished(NOTHING);
      return;
    }
    this.view.say("state", message.message);
    this.teller.state(message.message);
    this.waiting = window.setTimeout(() => {
      this.waiting = null;
      this.socket.send(JSON.stringify(this.wanted));
    }, ASK_AGAIN_MS);
  }

  updated(update) {
    const sent = this.sent;
    this.sent = null;
    if (this.mode !== "running") return;
    if (update.type === "setup") this.set.mirrored = update.mirrored;
    draw(this.view.part.canvas, this.video, update, this.set.bones, this.set.mirrored);
    this.view.part.canvas.dataset.captureS = String(update.capture_s);
    if (sent?.captureS === update.capture_s) {
      const now = performance.now();
      this.speed.add(now, now - sent.atMs);
      const detail = { latencyMs: now - sent.atMs, timings: update.timings };
      this.view.root.dispatchEvent(new CustomEvent("diagonal-result", { bubbles: true, composed: true, detail }));
    }
    this.sendNewest();
    this.view.say("speed", this.speed.text(this.words));
    if (update.type === "update") this.teller.update(update, this.words);
    else this.settingUp(update);
    if (update.reached) this.reached();
  }

  settingUp(message) {
    this.teller.setUp(message, this.words);
    if (message.step === "done") {
      window.sessionStorage.setItem(SIDES_KEY, message.mirrored ? "mirrored" : "as it is");
    }
  }

  // The last repetition's words are heard before the set ends by itself.
  reached() {
    if (this.ending) return;
    this.ending = window.setTimeout(() => this.mode === "running" && this.stop(), LAST_WORDS_MS);
    this.view.say("state", this.words.say("goal-reached"));
  }

  ask() {
    if (this.mode === "running") this.socket.send(JSON.stringify({ type: "ask" }));
  }

  toldOnRequest({ told }) {
    if (told) this.teller.tell(told);
    else this.voice.say(this.words.say("nothing-to-tell"), "state");
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
    if (this.running || this.finishing) this.view.say("lost", this.words.say("reconnecting"));
  }

  movedAway() {
    this.letGo();
    this.forget();
    this.view.say("notice", this.words.say("moved"));
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
    this.view.say("state", this.words.say("hidden"));
    this.voice.say(this.words.say("hidden"), "state");
  }

  clipEnded() {
    window.setTimeout(() => this.mode === "running" && this.stop(), 400);
  }

  stop() {
    if (this.finishing) return;
    const waiting = this.waiting !== null;
    this.letGo();
    this.view.say("state", this.words.say("state.saving"));
    this.view.setMode("starting");
    this.finishing = true;
    if (!this.set && (!this.wanted || waiting)) this.finished(NOTHING);
    else if (this.set) this.socket.send(JSON.stringify({ type: "finish" }));
  }

  finished(summary) {
    this.forget();
    this.socket.close();
    this.voice.say(this.words.finished(summary), "state");
    this.view.say("notice", this.words.finished(summary));
    this.view.say("fault", "");
    this.view.exercise(this.data.chosen);
    this.view.setMode("finished");
    this.tell.state("running", false);
    this.tell.trigger("finished", summary.session);
  }

  letGo() {
    window.clearTimeout(this.ending);
    window.clearTimeout(this.waiting);
    this.ending = null;
    this.waiting = null;
    this.stopWatching?.();
    this.stopWatching = null;
    this.closePicture?.();
    this.closePicture = null;
    this.sent = null;
    clear(this.view.part.canvas);
    this.view.progress(0);
    this.view.big("");
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
