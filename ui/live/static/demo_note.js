// The demo says what it is: in sight as long as it plays, and before all that is spoken. Before it plays, that it shows
// another exercise than the chosen one, where that is so.
export class DemoNote {
  constructor(view, voice) {
    this.view = view;
    this.voice = voice;
  }

  // about: {demo, chosen} of the page's data
  begin(source, words, about) {
    const playing = source === "demo";
    const first = playing && !this.voice.before;
    const note = playing ? words.demo(about.demo, about.chosen) : "";
    this.view.demo(note);
    this.voice.before = "";
    if (first) this.voice.say(note, "state");
    this.voice.before = playing ? words.say("demo-spoken") : "";
  }

  end() {
    this.view.demo("");
    this.voice.before = "";
  }
}
