// The figure that shows the exercise: a friendly solid person, played over and over, or start and end side by side.
import { drawBody } from "./figure_body.js";

const COLOURS = { floor: "#d9dee2", way: "#d55e00", chair: "#b9a58c", step: "#a7b0a0", edge: "#5b5348" };
const SHORT_M = 0.17;
const DEFAULT_S = { out: 2.0, hold: 0.7, back: 2.0, rest: 0.7 };

export class Demonstration {
  constructor(canvas) {
    this.canvas = canvas;
    this.frames = null;
    this.request = null;
    this.still = window.matchMedia("(prefers-reduced-motion: reduce)");
  }

  // frames: what ui/live/figure_json.py made. seconds: of the way out, or {out, hold, back, rest}; mirrored: as in a mirror.
  play(frames, { seconds = DEFAULT_S, mirrored = false } = {}) {
    this.stop();
    this.frames = frames;
    this.mirrored = mirrored;
    this.seconds = { ...DEFAULT_S, ...(typeof seconds === "number" ? { out: seconds, back: seconds } : seconds) };
    if (this.still.matches) {
      this.sideBySide();
      return;
    }
    this.drawn = false;
    const since = performance.now();
    const step = (now) => {
      const { turn, phase } = this.at(Math.max(now - since, 0) / 1000);
      this.show(phase, turn);
      this.request = window.requestAnimationFrame(step);
    };
    this.request = window.requestAnimationFrame(step);
  }

  // The posture that is shown stays.
  pause() {
    if (this.request !== null) window.cancelAnimationFrame(this.request);
    this.request = null;
    if (this.frames && !this.drawn) this.show(0.7);
  }

  stop() {
    if (this.request !== null) window.cancelAnimationFrame(this.request);
    this.request = null;
    this.frames = null;
    this.canvas.getContext("2d").clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  // Which turn and phase is shown that many seconds after the beginning.
  at(sinceS) {
    const { out, hold, back, rest } = this.seconds;
    const whole = out + hold + back + rest;
    const turn = Math.floor(sinceS / whole) % this.frames.turns.length;
    const s = (sinceS % whole) - rest / 2;
    if (s < 0 || s >= out + hold + back) return { turn, phase: 0 };
    if (s < out) return { turn, phase: minimumJerk(s / out) };
    return { turn, phase: s < out + hold ? 1 : 1 - minimumJerk((s - out - hold) / back) };
  }

  // One posture of the frames that play.
  show(phase, turn = 0) {
    const context = this.cleared();
    this.place(context, 0, this.canvas.width);
    draw(context, this.frames, this.frames.turns[turn], phase);
    context.restore();
    this.drawn = true;
  }

  sideBySide() {
    const context = this.cleared();
    const width = this.canvas.width;
    const turn = this.frames.turns[0];
    for (const [phase, from] of [[0, 0], [1, width * 0.53]]) {
      this.place(context, from, width * 0.47);
      draw(context, this.frames, turn, phase);
      context.restore();
    }
    const y = this.canvas.height / 2;
    arrow(context, [width * 0.475, y, width * 0.525, y], Math.max(3, width / 160), COLOURS.way);
  }

  cleared() {
    const { canvas } = this;
    const scale = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(canvas.clientWidth * scale), Math.round(canvas.clientHeight * scale)];
    if (width && (canvas.width !== width || canvas.height !== height)) [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    return context;
  }

  // From drawing units to a part of the canvas; the caller restores.
  place(context, from, width) {
    const [w, h] = this.frames.size;
    const scale = Math.min(width / w, this.canvas.height / h);
    context.save();
    context.translate(from + (width - w * scale) / 2, (this.canvas.height - h * scale) / 2);
    context.scale(scale, scale);
    if (this.mirrored) context.transform(-1, 0, 0, 1, w, 0);
  }
}

// Progress of a reaching movement after a share of its time (Flash and Hogan 1985).
export function minimumJerk(share) {
  const s = Math.min(Math.max(share, 0), 1);
  return s ** 3 * (10 - 15 * s + 6 * s * s);
}

function draw(context, frames, turn, phase) {
  const metre = frames.metre;
  context.lineCap = context.lineJoin = "round";
  context.fillStyle = COLOURS.floor;
  polygon(context, turn.floor);
  context.fill();
  for (const prop of turn.props) drawProp(context, prop, metre);
  drawBody(context, posture(turn, phase), new Set(turn.working), frames);
  for (const way of turn.ways) arrow(context, told(way, metre), 0.022 * metre, COLOURS.way);
}

// The points and depths between the two postures that are nearest to a phase.
function posture(turn, phase) {
  const last = turn.points.length - 1;
  const before = Math.min(Math.floor(phase * last), last - 1);
  const share = phase * last - before;
  const between = (list) => list[before].map((value, i) => value + share * (list[before + 1][i] - value));
  return { points: between(turn.points), depth: between(turn.depth) };
}

function drawProp(context, prop, metre) {
  context.lineWidth = 0.008 * metre;
  context.strokeStyle = COLOURS.edge;
  context.fillStyle = COLOURS[prop.kind];
  for (const face of prop.faces) {
    polygon(context, face);
    context.fill();
    context.stroke();
  }
}

function polygon(context, corners) {
  context.beginPath();
  for (let i = 0; i < corners.length; i += 2) context.lineTo(corners[i], corners[i + 1]);
  context.closePath();
}

// A way that is too short to be seen, lengthened.
function told(way, metre) {
  const [dx, dy] = [way.at(-2) - way[0], way.at(-1) - way[1]];
  const far = Math.hypot(dx, dy);
  if (far === 0 || far > SHORT_M * metre) return way;
  const more = (SHORT_M * metre) / far;
  return [way[0], way[1], way[0] + dx * more, way[1] + dy * more];
}

function arrow(context, way, width, colour) {
  const [x, y] = way.slice(-2);
  const long = width * 3.2;
  let i = way.length - 4;
  while (i > 0 && Math.hypot(x - way[i], y - way[i + 1]) < long) i -= 2;
  const [dx, dy] = [x - way[i], y - way[i + 1]];
  const far = Math.hypot(dx, dy);
  if (far < width) return;
  const [ux, uy] = [dx / far, dy / far];
  const line = () => {
    context.beginPath();
    for (let k = 0; k <= i; k += 2) context.lineTo(way[k], way[k + 1]);
    context.lineTo(x - ux * long * 0.7, y - uy * long * 0.7);
    context.stroke();
  };
  const head = () => {
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x - ux * long - uy * long * 0.55, y - uy * long + ux * long * 0.55);
    context.lineTo(x - ux * long + uy * long * 0.55, y - uy * long - ux * long * 0.55);
    context.closePath();
  };
  context.strokeStyle = "#ffffff";
  context.lineWidth = width * 1.9;
  line();
  head();
  context.stroke();
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = width;
  line();
  head();
  context.fill();
}
