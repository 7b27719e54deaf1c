// Pictures on their way to the coach, one at a time. Of a camera always the newest, and none is waited for longer than
// ANSWER_MS; a clip waits for each answer.
import { Clip } from "./clip.js";
import { Encoder } from "./encoder.js";
import { watchPictures } from "./picture.js";

const ANSWER_MS = 4000;

export class Sender {
  // send: (message) => whether it went; ready: () => whether pictures are wanted now
  constructor(video, send, ready) {
    this.video = video;
    this.send = send;
    this.ready = ready;
    this.encoder = new Encoder((message) => this.encoded(message));
    this.newest = null;
    this.sent = null;
    this.clip = null;
    this.stopWatching = null;
    this.watchdog = window.setInterval(() => this.check(), 500);
  }

  get watching() {
    return this.stopWatching !== null;
  }

  // Calls back when nothing is on its way and nothing waits for it.
  whenIdle(then) {
    window.setTimeout(() => (this.sent || this.newest ? this.whenIdle(then) : then()), 400);
  }

  start(size, isClip) {
    this.stop();
    this.size = size;
    this.clip = isClip ? new Clip(this.video) : null;
    this.stopWatching = watchPictures(this.video, isClip, (captureS, atMs) => {
      this.newest = !this.clip || this.clip.takes(captureS) ? { captureS, atMs } : null;
      this.next();
      if (this.newest) this.clip?.waits(captureS);
    });
  }

  stop() {
    this.stopWatching?.();
    this.stopWatching = null;
    this.newest = null;
    this.sent = null;
    this.clip = null;
  }

  async next() {
    if (this.sent || !this.newest || !this.ready()) return;
    const picture = this.newest;
    this.newest = null;
    this.sent = { ...picture, sinceMs: performance.now() };
    const { clip } = this;
    if (!(await this.encoder.encode(this.video, picture.captureS, this.size))) this.sent = null;
    else clip?.sent(picture.captureS);
  }

  encoded(message) {
    if (this.sent) this.sent.encodedMs = performance.now();
    if (!this.ready() || !this.send(message)) this.sent = null;
  }

  // What was sent and is answered now, null where it had been given up; the next one goes.
  answered() {
    const { sent } = this;
    this.sent = null;
    return sent;
  }

  // A clip that was moved to a picture that it showed already shows no new one, and goes on.
  check() {
    if (this.clip && !this.sent && !this.newest && this.ready()) this.clip.goOn();
    if (this.sent && !this.clip && performance.now() - this.sent.sinceMs > ANSWER_MS) {
      this.sent = null;
      this.next();
    }
  }

  close() {
    window.clearInterval(this.watchdog);
    this.stop();
    this.encoder.close();
  }
}
