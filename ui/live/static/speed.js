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

// Milliseconds from the camera's picture to the overlay of it, and of each step between. server: the step's names with
// _ms, as the coach sent them. A clip has no camera that could be late.
export function timesOf(sent, server, arrivedMs, drawnMs, isClip) {
  const capture = isClip ? 0 : sent.atMs + performance.timeOrigin - 1000 * sent.captureS;
  const coach = Object.fromEntries(Object.entries(server).map(([name, ms]) => [name.replace(/_ms$/, ""), ms]));
  const sum = Object.values(coach).reduce((a, b) => a + b, 0);
  const stepsMs = {
    capture,
    turn: sent.sinceMs - sent.atMs,
    encode: sent.encodedMs - sent.sinceMs,
    network: arrivedMs - sent.encodedMs - sum,
    ...coach,
    draw: drawnMs - arrivedMs,
  };
  return { latencyMs: drawnMs - sent.atMs + capture, stepsMs };
}
