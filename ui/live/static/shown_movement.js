// The demonstration before a set: the figure of the chosen exercise, fetched when it is chosen, played until paused.
import { Demonstration } from "./demonstration.js";

export class ShownMovement {
  // part: the view's elements `demonstration` (canvas), `figure` (button) and `figureWord` in it
  constructor(part) {
    this.part = part;
    this.player = new Demonstration(part.demonstration);
    this.wanted = "";
    this.frames = null;
    this.paused = this.player.still.matches;
    part.figure.onclick = () => this.toggle();
  }

  // about: {pattern, side}; nothing is shown where there is no figure to be had
  async show(about, words) {
    this.words = words;
    this.label();
    const told = [words.say("demonstration"), about.title, about.setup, about.command];
    this.part.demonstration.setAttribute("aria-label", told.filter(Boolean).join(". ").replaceAll("..", "."));
    const wanted = `${about.pattern}/${about.side}`;
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    this.rest();
    this.frames = null;
    this.visible(true); // its place is kept while it is made, so that nothing jumps
    const frames = await fetched(wanted);
    if (this.wanted !== wanted) return;
    this.frames = frames;
    this.visible(frames !== null);
    this.play();
  }

  play() {
    if (!this.frames) return;
    this.player.play(this.frames, { mirrored: true });
    if (this.paused && !this.player.still.matches) this.player.pause();
  }

  // The set has begun: no frame is drawn for what nobody sees.
  rest() {
    this.player.stop();
  }

  hide() {
    this.rest();
    this.frames = null;
    this.visible(false);
  }

  visible(shown) {
    this.part.demonstration.hidden = !shown;
    this.part.figure.hidden = !shown || this.player.still.matches;
  }

  toggle() {
    this.paused = !this.paused;
    this.label();
    if (this.paused) this.player.pause();
    else this.play();
  }

  label() {
    this.part.figure.setAttribute("aria-pressed", String(this.paused));
    this.part.figureWord.textContent = this.words.say(this.paused ? "button.play" : "button.pause");
  }
}

async function fetched(wanted) {
  try {
    const answer = await fetch(`${window.location.origin}/live/figure/${wanted}`);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
