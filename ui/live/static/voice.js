// What is heard: a voice of this computer where there is one, else a chime. Voices that send the words elsewhere
// (localService false) are never used.
const TONES_HZ = { count: [660, 880], cue: [520, 520], good: [660, 880, 1100], state: [440] };

export class Voice {
  constructor(onNoVoice) {
    this.onNoVoice = onNoVoice;
    this.language = "en";
    this.chimesOnly = false;
    this.muted = false;
    this.failed = false;
    this.told = false;
    this.before = "";
    this.audio = null;
  }

  // Must be called inside a click: browsers keep quiet until then.
  prime() {
    const AudioKind = window.AudioContext ?? window.webkitAudioContext;
    this.audio ??= AudioKind ? new AudioKind() : null;
    this.audio?.resume();
    if (window.speechSynthesis) {
      const silence = new SpeechSynthesisUtterance(" ");
      silence.volume = 0;
      window.speechSynthesis.speak(silence);
    }
  }

  localVoice() {
    if (this.failed || this.chimesOnly || !window.speechSynthesis) return null;
    const local = window.speechSynthesis.getVoices().filter((voice) => voice.localService);
    return local.find((voice) => voice.lang.toLowerCase().startsWith(this.language)) ?? null;
  }

  // language: the first two letters of its code; chimesOnly: for who turns speech off.
  speak(language, chimesOnly) {
    this.language = language;
    this.chimesOnly = chimesOnly;
    this.told = false;
  }

  // kind: count, cue, good or state, for the chime. What `before` holds is spoken before each text.
  say(text, kind) {
    if (this.muted || !text) return;
    const voice = this.localVoice();
    if (!voice) {
      this.chime(kind);
      if (!this.told && !this.chimesOnly) this.onNoVoice();
      this.told = !this.chimesOnly;
      return;
    }
    this.told = false; // voices are loaded late
    const words = new SpeechSynthesisUtterance(this.before ? `${this.before} ${text}` : text);
    words.voice = voice;
    words.lang = voice.lang;
    words.onerror = (event) => {
      if (event.error === "interrupted" || event.error === "canceled") return;
      this.failed = true;
      this.say(text, kind);
    };
    if (kind !== "state") window.speechSynthesis.cancel();
    window.speechSynthesis.speak(words);
  }

  chime(kind) {
    if (!this.audio) return;
    const start = this.audio.currentTime;
    (TONES_HZ[kind] ?? TONES_HZ.state).forEach((frequency, i) => {
      const tone = this.audio.createOscillator();
      const volume = this.audio.createGain();
      tone.frequency.value = frequency;
      volume.gain.setValueAtTime(0.2, start + 0.18 * i);
      volume.gain.exponentialRampToValueAtTime(0.001, start + 0.18 * i + 0.16);
      tone.connect(volume).connect(this.audio.destination);
      tone.start(start + 0.18 * i);
      tone.stop(start + 0.18 * i + 0.17);
    });
  }

  mute(muted) {
    this.muted = muted;
    if (muted) window.speechSynthesis?.cancel();
  }

  close() {
    window.speechSynthesis?.cancel();
    this.audio?.close();
    this.audio = null;
  }
}
