// The end of a rest between sets is heard too: who rests may not look at the page.
export class Rest {
  constructor(coach) {
    this.coach = coach;
    this.endsMs = 0;
    this.timer = null;
  }

  // endsMs: since 1970, 0 for no rest
  until(endsMs) {
    if (endsMs === this.endsMs) return;
    this.endsMs = endsMs;
    window.clearTimeout(this.timer);
    const leftMs = endsMs - Date.now();
    if (leftMs > 0) this.timer = window.setTimeout(() => this.over(), leftMs);
  }

  over() {
    const { running, voice, words } = this.coach;
    if (!running) voice.say(words.say("rest-over"), "good");
  }

  close() {
    window.clearTimeout(this.timer);
  }
}
