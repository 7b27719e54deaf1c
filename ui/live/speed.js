// How fast the coach answers: results a second and camera-to-overlay time over the last two seconds.
const SPAN_MS = 2000;

export class Speed {
  constructor() {
    this.results = [];
  }

  add(nowMs, latencyMs) {
    this.results.push([nowMs, latencyMs]);
    while (this.results.length && this.results[0][0] < nowMs - SPAN_MS) this.results.shift();
  }

  clear() {
    this.results = [];
  }

  text(words) {
    if (this.results.length < 5) return "";
    const latencies = this.results.map(([, latency]) => latency).sort((a, b) => a - b);
    const span = this.results.at(-1)[0] - this.results[0][0];
    const rate = span > 0 ? (1000 * (this.results.length - 1)) / span : 0;
    const latency = latencies[latencies.length >> 1].toFixed(0);
    return words.say("speed", { rate: rate.toFixed(0), latency });
  }
}
