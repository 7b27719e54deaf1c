// What interrupts a set: a camera that is pulled out, a hidden page, a page that was loaded anew; and how long the set
// then stays open, in words that count down.
export class Pauses {
  constructor(coach) {
    this.coach = coach;
    this.unplugged = false;
    this.timer = null;
  }

  // The set stays open as long as the server waits for a picture.
  begin() {
    this.coach.view.setMode("paused");
    this.openFor(this.coach.set.silent_s);
    this.coach.view.resultInSight();
  }

  openFor(seconds) {
    this.end();
    const endsMs = performance.now() + 1000 * seconds;
    const step = () => {
      const left = Math.max(0, Math.ceil((endsMs - performance.now()) / 1000));
      this.coach.view.say("left", this.coach.words.say("open-for", { seconds: left }));
    };
    this.timer = window.setInterval(step, 250);
    step();
  }

  end() {
    window.clearInterval(this.timer);
    this.coach.view.say("left", "");
  }

  unplug() {
    const { coach } = this;
    coach.letGo();
    this.unplugged = true;
    const sentence = coach.words.say("camera.unplugged");
    coach.view.say("notice", "");
    coach.view.say("fault", sentence);
    coach.voice.say(sentence, "state");
    this.begin();
  }

  // A camera that was pulled out and is there again: the set goes on by itself.
  async devicesChanged() {
    const { coach } = this;
    if (!this.unplugged) return;
    const devices = await navigator.mediaDevices.enumerateDevices();
    const camera = devices.some((device) => device.kind === "videoinput");
    if (camera && this.unplugged && coach.mode === "paused") coach.start(coach.set.source);
  }

  // Browsers give no pictures to a page that is not shown.
  shownOrHidden() {
    const { coach } = this;
    if (coach.mode !== "running" || !document.hidden) return;
    coach.view.say("state", coach.words.say("hidden"));
    coach.voice.say(coach.words.say("hidden"), "state");
  }
}
