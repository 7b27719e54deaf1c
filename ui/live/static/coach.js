// One set in this page: picture, socket, encoder and voice brought together.
import { beginMessage } from "./begin.js";
import { DemoNote } from "./demo_note.js";
import { GuideView } from "./guide.js";
import { kept } from "./kept.js";
import { Pauses } from "./pauses.js";
import { CameraFault, openCamera, openClip, sendSize } from "./picture.js";
import { Sender } from "./sender.js";
import { clear, draw } from "./skeleton.js";
import { LiveSocket } from "./socket.js";
import { ShownMovement } from "./shown_movement.js";
import { Speed, timesOf } from "./speed.js";
import { Teller } from "./teller.js";
import { Voice } from "./voice.js";
import { Words } from "./words.js";

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
    this.guide = new GuideView();
    this.pauses = new Pauses(this);
    this.demoNote = new DemoNote(view, this.voice);
    this.movement = new ShownMovement(view.part);
    this.sender = new Sender(
      this.video,
      (message) => this.socket.send(message),
      () => this.mode === "running" && this.socket.open,
    );
    this.socket = new LiveSocket(() => this.resume, {
      message: (message) => this.answered(message),
      lost: () => this.lost(),
      moved: () => this.movedAway(),
    });
    this.data = null;
    this.tell = null;
    this.set = null;
    this.resume = kept.set;
    this.wanted = null;
    this.finishing = false;
    this.ending = null;
    this.waiting = false;
    this.closePicture = null;
    this.source = "";
    this.begunAt = 0;
    this.reached = false;
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

  // Whose set is open, else who would begin one.
  get person() {
    return this.set?.person ?? this.data.person;
  }

  told(data, tell) {
    this.tell = tell;
    const first = this.data === null;
    this.data = data;
    this.words = new Words(data.words);
    this.view.dress(this.words, data.looks, data.language);
    this.guide.dress(data.looks);
    this.view.muted(this.voice.muted);
    this.voice.speak(data.language, data.sound === "chime");
    if (first) {
      if (data.sound === "off") this.toggleMute();
      this.begunAt = data.begin;
      this.view.setMode("idle");
      if (this.resume) this.socket.connect();
    }
    this.view.allow(data.ready !== "stop", this.words.say("stopped"));
    if (this.running) return;
    this.view.exercise(data.chosen, this.words.otherDemo(data.demo, data.chosen));
    if (!this.set) this.view.person(data.person.name);
    this.movement.show(data.chosen, this.words);
    if (data.begin > this.begunAt && data.ready === "yes" && this.view.visible("start")) {
      this.begunAt = data.begin;
      this.start("live");
    }
  }

  async start(source) {
    const again = this.mode === "paused";
    if (source === "live" && !again && this.data.ready === "ask") {
      this.voice.prime();
      this.tell.trigger("asked", performance.now());
      return;
    }
    this.source = source;
    if (!again) this.reached = false;
    this.voice.prime();
    this.view.say("fault", "");
    this.view.say("notice", "");
    this.pauses.end();
    this.view.cue("", false);
    this.view.setMode("starting");
    this.view.say("state", this.words.say("state.starting"));
    this.view.say("wait", this.words.say("loading"));
    this.demoNote.begin(source, this.words, this.data);
    try {
      if (source === "demo") {
        const from = again ? kept.clipAtS : 0;
        this.closePicture = await openClip(this.video, this.data.demo.url, from, () => this.clipEnded());
      } else {
        this.closePicture = await openCamera(this.video, () => this.pauses.unplug());
      }
    } catch (error) {
      if (!(error instanceof CameraFault)) throw error;
      this.view.say("fault", this.words.say(`camera.${error.kind}`));
      if (again) this.pauses.begin();
      else this.atRest("idle");
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
    this.wanted = beginMessage(source, this.data);
    this.view.exercise(about);
    this.view.counts(0, this.wanted.goal);
    this.view.closed(null);
    this.tell.state("whose", this.person.id || null);
    this.tell.state("running", true);
    this.socket.connect();
  }

  begun() {
    this.pauses.unplugged = false;
    this.movement.rest();
    this.guide.clear();
    this.view.setMode("running");
    this.view.setPhase(this.set.in_setup ? "setup" : "set");
    this.view.mirror(!this.set.mirrored);
    this.view.zone(this.set.zone);
    this.teller.begin(this.set, this.words);
    this.set.size_wh ??= sendSize(this.video);
    this.size = this.set.size_wh;
    this.speed.clear();
    this.video.play();
    this.sender.start(this.size, this.set.source === "demo");
  }

  answered(message) {
    this.view.say("lost", "");
    if (message.type === "hello") this.greeted(message);
    else if (message.type === "begun") this.beginAnswered(message);
    else if (message.type === "update" || message.type === "setup") this.updated(message);
    else if (message.type === "told") this.toldOnRequest(message);
    else if (message.type === "wait") this.wait(message);
    else if (message.type === "silent" && this.mode === "paused") this.pauses.openFor(message.left_s);
    else if (message.type === "silent") this.teller.silent(message, this.words);
    else if (message.type === "finished") this.finished(message);
    else if (message.type === "error") this.refused(message);
  }

  greeted(message) {
    if (message.set) {
      this.set = message.set;
      this.view.open(this.set, this.person.name);
      if (this.finishing) this.socket.send(JSON.stringify({ type: "finish" }));
      else if (this.sender.watching) this.begun();
      else {
        this.tell.state("whose", this.person.id || null); // the page around turns to whose set it is
        this.tell.state("running", true);
        this.view.say("notice", this.words.open(this.person, this.data.person));
        this.pauses.begin();
        this.demoNote.begin(this.set.source, this.words, this.data);
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
      this.atRest("idle");
    }
  }

  beginAnswered(message) {
    this.wanted = null;
    this.waiting = false;
    this.set = message.set;
    this.view.person(this.person.name);
    this.resume = message.resume;
    kept.set = message.resume;
    if (this.finishing) this.socket.send(JSON.stringify({ type: "finish" }));
    else this.begun();
  }

  // The server says the number in line, and begins the set when it is this page's turn.
  wait(message) {
    if (this.finishing) {
      this.finished(NOTHING);
      return;
    }
    this.waiting = true;
    this.view.say("wait", "");
    this.view.say("state", message.message);
    this.teller.state(message.message);
  }

  updated(update) {
    const arrivedMs = performance.now();
    const sent = this.sender.answered();
    if (this.mode !== "running") return;
    if (update.type === "setup") this.set.mirrored = update.mirrored;
    this.guide.take(update);
    draw(this.view.part.canvas, this.video, update, this.set.bones, this.set.mirrored, this.guide);
    this.view.part.canvas.dataset.captureS = String(update.capture_s);
    const now = performance.now();
    if (sent?.captureS === update.capture_s) {
      const detail = timesOf(sent, update.timings, arrivedMs, now, this.set.source === "demo");
      this.speed.add(now, detail.latencyMs);
      this.view.root.dispatchEvent(new CustomEvent("diagonal-result", { bubbles: true, composed: true, detail }));
    }
    this.sender.next();
    this.view.say("speed", this.speed.text(this.words));
    if (update.type === "update") this.teller.update(update, this.words, (now - (sent?.atMs ?? now)) / 1000);
    else this.settingUp(update);
    if (update.reached) this.atGoal();
  }

  settingUp(message) {
    this.teller.setUp(message, this.words);
    if (message.step === "done") kept.foundCamera(message.mirrored, this.person.id);
  }

  // The last repetition's words are heard before the set ends by itself.
  atGoal() {
    if (this.ending) return;
    this.reached = true;
    this.ending = window.setTimeout(() => this.mode === "running" && this.stop(), LAST_WORDS_MS);
    this.view.say("state", this.words.say("goal-reached"));
  }

  ask() {
    if (this.mode === "running") this.socket.send(JSON.stringify({ type: "ask" }));
  }

  toldOnRequest({ told }) {
    if (told) this.teller.answer(told);
    else this.voice.say(this.words.say("nothing-to-tell"), "state");
  }

  refused(message) {
    this.sender.answered();
    if (this.wanted || this.mode === "starting") {
      this.letGo();
      this.forget();
      this.socket.close();
      this.view.say("fault", message.message);
      this.atRest("idle");
      return;
    }
    this.view.say("sound", message.message);
    this.sender.next();
  }

  lost() {
    this.sender.answered();
    if (this.running || this.finishing) this.view.say("lost", this.words.say("reconnecting"));
  }

  movedAway() {
    this.letGo();
    this.forget();
    this.view.say("notice", this.words.say("moved"));
    this.atRest("idle");
  }

  clipEnded() {
    this.sender.whenIdle(() => this.mode === "running" && this.stop());
  }

  stop() {
    if (this.finishing) return;
    const { waiting } = this;
    this.letGo();
    this.view.say("state", this.words.say("state.saving"));
    this.view.say("wait", "");
    this.view.setMode("starting");
    this.finishing = true;
    if (!this.set && (!this.wanted || waiting)) this.finished(NOTHING);
    else if (this.set) this.socket.send(JSON.stringify({ type: "finish" }));
  }

  finished(summary) {
    this.letGo();
    const source = this.set?.source ?? this.source;
    const { reached, person: { id, name } } = this;
    const said = this.words.finished(summary, source, name);
    this.demoNote.end();
    this.forget();
    this.socket.close();
    if (document.fullscreenElement) document.exitFullscreen();
    this.voice.say(this.words.finished(summary, source), "state");
    this.view.say("notice", said);
    this.view.say("fault", "");
    this.atRest("finished");
    this.tell.trigger("finished", { session: summary.session, source, reached, person: id || null, name });
  }

  // No set is open: the figure shows the exercise again.
  atRest(mode) {
    this.view.setMode(mode);
    this.pauses.end();
    this.demoNote.end();
    this.view.exercise(this.data.chosen, this.words.otherDemo(this.data.demo, this.data.chosen));
    this.view.resultInSight();
    this.movement.play();
    this.tell.state("running", false);
  }

  letGo() {
    window.clearTimeout(this.ending);
    this.ending = null;
    this.waiting = false;
    this.sender.stop();
    this.closePicture?.();
    this.closePicture = null;
    clear(this.view.part.canvas);
    this.view.progress(0);
    this.view.big("");
    this.teller.rest();
  }

  // Nothing is open any more, and nothing that was asked will be answered.
  forget() {
    this.pauses.unplugged = false;
    this.set = null;
    this.wanted = null;
    this.finishing = false;
    this.resume = "";
    kept.forgetSet();
  }

  toggleMute() {
    this.teller.pace.silence();
    this.voice.mute(!this.voice.muted);
    this.view.muted(this.voice.muted);
  }

  pageLeft() {
    if (this.set?.source === "demo") kept.clipAtS = this.video.currentTime;
  }

  close() {
    this.movement.hide();
    this.pauses.end();
    this.pageLeft();
    this.letGo();
    this.socket.close();
    this.sender.close();
    this.voice.close();
  }
}
