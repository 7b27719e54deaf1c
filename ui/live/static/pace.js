// The pace of a technique in the page: metronome, step, count-down, where to be. Its sentences come from the server.
//
// show(pace, elements, voice, ageS): pace is the server's PaceUpdate, null for none; ageS is how old it is. elements,
// each may be missing: root (gets data-do, data-waiting, data-paused, data-finished), stage, step, seconds, count
// (texts), ring (pulses with the beat), marker and zone (on the meter; get --at, --from, --to, 0..1 from the start up).
// voice: { muted, say(text, kind) }.
const CLICK_HZ = { strong: 1320, weak: 880 };
const CLICK_S = 0.05;
const LOUDEST = 0.18;
const AGAIN_S = 0.15; // a beat that turns out to come so much earlier or later is set anew
const PULSE_MS = 260;

export class Pace {
  constructor(audioContext, still = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
    this.audioContext = audioContext;
    this.still = still;
    this.clear();
  }

  show(pace, elements, voice, ageS = 0) {
    if (!pace) {
      this.clear(elements);
      return;
    }
    if (pace.beat < this.beat) this.clear();
    text(elements.stage, pace.stage_title);
    text(elements.step, pace.title);
    const timed = pace.seconds_left !== null && !pace.finished;
    text(elements.seconds, timed ? String(Math.ceil(pace.seconds_left - 0.05)) : "");
    text(elements.count, pace.of === null ? String(pace.done) : `${pace.done} / ${pace.of}`);
    for (const name of ["do", "waiting", "paused", "finished"]) {
      if (elements.root) elements.root.dataset[name] = String(pace[name]);
    }
    if (elements.root) elements.root.hidden = false;
    place(elements.marker, { at: pace.target });
    place(elements.zone, { from: pace.zone?.[0] ?? null, to: pace.zone?.[1] ?? null });
    this.keepTime(pace, elements.ring, voice, ageS);
    const said = [pace.note, pace.sentence].filter(Boolean).join(" ");
    if (said) voice.say(said, "cue");
  }

  // A beat that was foretold is heard at its time, to the sample; one that was not, at once.
  keepTime(pace, ring, voice, ageS) {
    if (pace.beat > this.beat) {
      const foretold = this.coming?.number === pace.beat;
      this.beat = pace.beat;
      if (!foretold) this.set(pace.beat, 0, pace.strength, ring, voice);
    }
    const number = pace.beat + 1;
    if (pace.beat_in_s === null) {
      if (this.coming?.number === number) this.drop();
      return;
    }
    const inS = Math.max(pace.beat_in_s - ageS, 0);
    const known = this.coming?.number === number;
    if (known && Math.abs(this.coming.atMs - performance.now() - 1000 * inS) < 1000 * AGAIN_S) return;
    if (known) this.drop();
    this.set(number, inS, pace.next_strength, ring, voice);
  }

  set(number, inS, strength, ring, voice) {
    const click = voice.muted ? null : this.click(inS, strength);
    const timer = window.setTimeout(() => this.pulse(ring, strength), 1000 * inS);
    this.coming = { number, atMs: performance.now() + 1000 * inS, click, timer };
  }

  drop() {
    window.clearTimeout(this.coming?.timer);
    this.silence();
    this.coming = null;
  }

  // The click that is set but not heard yet, when the sound is turned off.
  silence() {
    if (this.coming?.click && this.coming.atMs > performance.now()) this.coming.click.stop();
    if (this.coming) this.coming.click = null;
  }

  click(inS, strength) {
    const audio = this.audioContext();
    if (!audio) return null;
    const at = audio.currentTime + inS;
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = strength < 1 ? CLICK_HZ.weak : CLICK_HZ.strong;
    volume.gain.setValueAtTime(LOUDEST * strength, at);
    volume.gain.exponentialRampToValueAtTime(0.0005, at + CLICK_S);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + CLICK_S);
    return tone;
  }

  // Who asked for less motion sees the ring filled on every other beat; nothing moves.
  pulse(ring, strength) {
    if (!ring) return;
    ring.dataset.beat = ring.dataset.beat === "on" ? "off" : "on";
    if (this.still()) return;
    const from = { transform: `scale(${1 + 0.5 * strength})` };
    ring.animate([from, { transform: "scale(1)" }], { duration: PULSE_MS, easing: "ease-out" });
  }

  clear(elements = {}) {
    if (this.coming) this.drop();
    this.coming = null;
    this.beat = 0;
    for (const name of ["stage", "step", "seconds", "count"]) text(elements[name], "");
    for (const name of ["root", "marker", "zone"]) if (elements[name]) elements[name].hidden = true;
    if (elements.ring) elements.ring.dataset.beat = "off";
  }
}

// Set only when it changes, so nothing is read out twice.
function text(element, value) {
  if (element && element.textContent !== value) element.textContent = value;
}

function place(element, shares) {
  if (!element) return;
  element.hidden = Object.values(shares).some((share) => share === null);
  for (const [name, share] of Object.entries(shares)) {
    if (share !== null) element.style.setProperty(`--${name}`, String(Math.max(0, Math.min(1, share))));
  }
}
