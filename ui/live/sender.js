// Pictures on their way to the coach: one at a time, always the newest, none waited for longer than ANSWER_MS.
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
    this.stopWatching = null;
    this.watchdog = window.setInterval(() => this.check(), 500);
  }

  get watching() {
    return this.stopWatching !== null;
  }

  start(size, isClip) {
    this.stop();
    this.size = size;
    this.stopWatching = watchPictures(this.video, isClip, (captureS, atMs) => {
      this.newest = { captureS, atMs };
      this.next();
    });
  }

  stop() {
    this.stopWatching?.();
    this.stopWatching = null;
    this.newest = null;
    this.sent = null;
  }

  async next() {
    if (this.sent || !this.newest || !this.ready()) return;
    const picture = this.newest;
    this.newest = null;
    this.sent = { ...picture, sinceMs: performance.now() };
    if (!(await this.encoder.encode(this.video, picture.captureS, this.size))) this.sent = null;
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

  check() {
    if (this.sent && performance.now() - this.sent.sinceMs > ANSWER_MS) {
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
