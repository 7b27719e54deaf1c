// A recording by the camera: its picture, a count-down, the pictures that are kept, and the camera let go again.
const KINDS = ["video/webm;codecs=vp8", "video/webm", "video/mp4"];
const COUNT_FROM = 3;
const CHUNK_MS = 1000;
const SOON_MS = 200;
const SPARE = 0.9;

export default function (component) {
  return mount(component, Recorder);
}

class Recorder {
  constructor(section) {
    this.find = (selector) => section.querySelector(selector);
    this.section = section;
    this.video = this.find("video");
    this.state = "off";
    this.closed = false;
    this.opened = 0;
    this.timer = null;
    this.recorder = null;
    this.closeCamera = null;
    this.before = false;
    this.find(".go").addEventListener("click", () => this.pressed());
    this.onHidden = () => document.hidden && this.interrupted("hidden");
    this.onLeft = () => this.interrupted("hidden");
    document.addEventListener("visibilitychange", this.onHidden);
    window.addEventListener("pagehide", this.onLeft);
  }

  told(data) {
    this.data = data;
    this.to(this.state);
  }

  to(state) {
    const { words } = this.data;
    this.state = state;
    this.section.dataset.state = state;
    this.section.setAttribute("aria-label", words.all);
    this.video.setAttribute("aria-label", words.picture);
    this.find(".empty").textContent = words.empty;
    const go = this.find(".go");
    const off = this.before ? words.again : words.open;
    const told = { off, ready: words.start, counting: words.cancel, recording: words.stop }[state];
    go.textContent = told ?? words.wait;
    go.setAttribute("aria-disabled", told === undefined);
    this.find(".clock").hidden = state !== "recording";
  }

  say(sentence, fault = false) {
    this.section.classList.toggle("fault", fault);
    this.find(".said").textContent = sentence;
  }

  pressed() {
    const does = {
      off: () => this.open(),
      ready: () => this.count(COUNT_FROM),
      counting: () => this.cancel(),
      recording: () => this.stop(),
    };
    does[this.state]?.();
  }

  async open() {
    const { words } = this.data;
    const kind = window.MediaRecorder && KINDS.find((type) => MediaRecorder.isTypeSupported(type));
    if (!kind) return this.say(words.unable, true);
    this.kind = kind;
    this.to("opening");
    this.say("");
    const time = ++this.opened;
    try {
      const { openCamera } = await import(`${window.location.origin}/live/files/picture.js`);
      const close = await openCamera(this.video, () => this.interrupted("unplugged"));
      if (this.closed || time !== this.opened) return close();
      this.closeCamera = close;
    } catch (error) {
      if (this.closed || time !== this.opened) return;
      this.to("off");
      this.say(words[error.kind] ?? words.busy, true);
      return;
    }
    this.to("ready");
    this.say(words.ready);
  }

  count(seconds) {
    if (seconds === 0) return this.record();
    this.to("counting");
    this.find(".big").textContent = seconds;
    this.say(`${seconds}`);
    this.timer = window.setTimeout(() => this.count(seconds - 1), 1000);
  }

  cancel() {
    window.clearTimeout(this.timer);
    this.find(".big").textContent = "";
    this.to("ready");
    this.say(this.data.words.ready);
  }

  record() {
    const { longest_s: longest, bits_per_s: bits, most_bytes: most } = this.data;
    this.find(".big").textContent = "";
    const chunks = [];
    let size = 0;
    const recorder = new MediaRecorder(this.video.srcObject, { mimeType: this.kind, videoBitsPerSecond: bits });
    recorder.ondataavailable = ({ data }) => {
      chunks.push(data);
      size += data.size;
      if (size > SPARE * most) this.stop("long");
    };
    recorder.onstop = () => this.finished(new Blob(chunks, { type: this.kind }));
    recorder.onerror = () => this.stop();
    this.recorder = recorder;
    this.why = "";
    this.began = performance.now();
    recorder.start(CHUNK_MS);
    this.to("recording");
    this.say(this.data.words.recording);
    this.find("progress").max = longest;
    this.timer = window.setInterval(() => this.passed(longest), SOON_MS);
    this.passed(longest);
  }

  passed(longest) {
    const seconds = (performance.now() - this.began) / 1000;
    const told = { seconds: Math.floor(seconds), longest: Math.round(longest) };
    this.find(".clock span").textContent = filled(this.data.words.clock, told);
    this.find("progress").value = seconds;
    if (seconds >= longest) this.stop("long");
  }

  stop(why = "") {
    if (this.state !== "recording") return;
    window.clearInterval(this.timer);
    this.lasted = (performance.now() - this.began) / 1000;
    this.why = why;
    this.to("sending");
    if (this.recorder.state === "inactive") return; // its camera has ended, and it stops by itself
    this.recorder.stop();
  }

  // The pictures are whole: the camera is let go, and what was recorded is given back once.
  async finished(blob) {
    if (this.closed) return;
    if (this.state === "recording") this.stop("unplugged");
    this.release();
    const { words, most_bytes: most } = this.data;
    const base64 = blob.size && blob.size <= most ? await asBase64(blob) : null;
    if (this.closed) return;
    this.before = true;
    this.to("off");
    if (base64 === null) return this.say(blob.size ? words.too_large : words.nothing, true);
    const told = filled(words.recorded, { seconds: written(this.lasted, 0, this.data.language) });
    this.say([told, words[this.why]].filter(Boolean).join(" "));
    this.component.setTriggerValue("recorded", base64);
  }

  // The page is hidden or the camera pulled out: what is recorded ends here, what is not yet is not begun.
  interrupted(why) {
    if (this.state === "recording") return this.stop(why);
    if (!["opening", "ready", "counting"].includes(this.state)) return;
    this.release();
    this.to("off");
    this.say(this.data.words[why]);
  }

  release() {
    this.opened++;
    window.clearTimeout(this.timer);
    window.clearInterval(this.timer);
    this.find(".big").textContent = "";
    this.closeCamera?.();
    this.closeCamera = null;
    this.recorder = null;
  }

  close() {
    this.closed = true;
    document.removeEventListener("visibilitychange", this.onHidden);
    window.removeEventListener("pagehide", this.onLeft);
    if (this.recorder?.state === "recording") this.recorder.stop();
    this.release();
  }
}

function asBase64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",", reader.result.indexOf("base64")) + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
