// What leads the movement, over the picture: the way and its band, where to go next, the trail, angles at joints.
// Under the skeleton lies what is as large as the body, over it what is read. Inside and outside differ in colour, in
// the band's pattern and in a sign.
const INKS = { good: "#56b4e9", off: "#d55e00", plain: "#f0f0f0", trail: "#ffd27a", fill: 0.26 };
const STRONG = { good: "#7fd0ff", off: "#ff7a1a", plain: "#ffffff", trail: "#ffff66", fill: 0.5 };
const OUTLINE = "#141414";
const TRAIL_S = 1.6;
const DIGITS = 38;
const LARGER = 1.5;

export class GuideView {
  constructor() {
    this.dress([]);
    this.clear();
  }

  // looks: of the person's wishes, contrast and large are heeded
  dress(looks) {
    this.inks = looks.includes("contrast") ? STRONG : INKS;
    this.digits = DIGITS * (looks.includes("large") ? LARGER : 1);
  }

  clear() {
    this.guide = null;
    this.trails = [];
  }

  // update: with `guide` {ways: [{line, width, at, next, target, inside}], arcs: [{rows, deg, inside}]} or null
  take(update) {
    this.guide = update.guide ?? null;
    const ways = this.guide?.ways ?? [];
    this.trails = ways.map((way, i) => {
      const trail = (this.trails[i] ?? []).filter(([t]) => t > update.t_s - TRAIL_S && t < update.t_s);
      return [...trail, [update.t_s, ...way.at]];
    });
  }

  under(context, toCanvas, unit) {
    this.guide?.ways.forEach((way, i) => {
      const line = pairs(way.line).map(([x, y]) => toCanvas(x, y));
      const width = Math.abs(toCanvas(way.width, 0)[0] - toCanvas(0, 0)[0]);
      band(context, line, 2 * width, way.inside, unit, this.inks);
      trail(context, this.trails[i].map(([, x, y]) => toCanvas(x, y)), unit, this.inks);
      ring(context, toCanvas(...way.target), 15 * unit, unit, this.inks);
      if (!way.inside) sign(context, toCanvas(...way.at), unit, this.inks);
      else disc(context, toCanvas(...way.next), 7 * unit, this.inks);
    });
  }

  // at: (row) => point on the canvas or null; mirrored: the canvas is shown as in a mirror, so that digits must be turned
  over(context, at, unit, mirrored) {
    for (const arc of this.guide?.arcs ?? []) {
      const [from, joint, to] = arc.rows.map(at);
      if (from && joint && to) angle(context, from, joint, to, arc, unit, mirrored, this);
    }
  }
}

function pairs(flat) {
  const found = [];
  for (let i = 0; i < flat.length; i += 2) found.push([flat[i], flat[i + 1]]);
  return found;
}

function path(context, points) {
  context.beginPath();
  for (const point of points) context.lineTo(...point);
}

// Even where the part is in it, striped where it has left it.
function band(context, line, width, inside, unit, inks) {
  context.lineJoin = "round";
  context.lineCap = "round";
  path(context, line);
  context.globalAlpha = inks.fill;
  context.strokeStyle = inside ? inks.good : inks.off;
  context.lineWidth = width;
  context.stroke();
  if (!inside) {
    context.lineCap = "butt";
    context.setLineDash([10 * unit, 12 * unit]);
    context.stroke();
    context.lineCap = "round";
  }
  context.globalAlpha = 0.95;
  context.strokeStyle = inks.plain;
  context.lineWidth = 2.5 * unit;
  context.setLineDash([9 * unit, 9 * unit]);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

function trail(context, points, unit, inks) {
  for (let i = 1; i < points.length; i += 1) {
    context.globalAlpha = 0.2 + (0.8 * i) / points.length;
    context.strokeStyle = inks.trail;
    context.lineWidth = (2 + (5 * i) / points.length) * unit;
    path(context, points.slice(i - 1, i + 1));
    context.stroke();
  }
  context.globalAlpha = 1;
}

function ring(context, [x, y], radius, unit, inks) {
  for (const [colour, width] of [[OUTLINE, 8], [inks.plain, 4.5]]) {
    context.strokeStyle = colour;
    context.lineWidth = width * unit;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.stroke();
  }
}

function disc(context, [x, y], radius, inks) {
  context.fillStyle = inks.good;
  context.strokeStyle = OUTLINE;
  context.lineWidth = radius / 3;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}

// A cross beside the part that has left the band.
function sign(context, [x, y], unit, inks) {
  const far = 11 * unit;
  for (const [colour, width] of [[OUTLINE, 9], [inks.off, 5]]) {
    context.strokeStyle = colour;
    context.lineWidth = width * unit;
    path(context, [[x - far, y - far], [x + far, y + far]]);
    context.stroke();
    path(context, [[x - far, y + far], [x + far, y - far]]);
    context.stroke();
  }
}

function angle(context, from, joint, to, arc, unit, mirrored, { inks, digits }) {
  const way = (point) => Math.atan2(point[1] - joint[1], point[0] - joint[0]);
  const [begin, end] = [way(from), way(to)];
  const turn = ((end - begin + 3 * Math.PI) % (2 * Math.PI)) - Math.PI;
  const radius = 26 * unit;
  const colour = arc.inside === null ? inks.plain : arc.inside ? inks.good : inks.off;
  for (const [ink, width] of [[OUTLINE, 7], [colour, 4]]) {
    context.strokeStyle = ink;
    context.lineWidth = width * unit;
    context.beginPath();
    context.arc(...joint, radius, begin, begin + turn, turn < 0);
    context.stroke();
  }
  const middle = begin + turn / 2;
  const text = `${arc.deg}°${arc.inside === false ? "!" : ""}`;
  const far = radius + 0.95 * digits * unit;
  const place = [joint[0] + far * Math.cos(middle), joint[1] + far * Math.sin(middle)];
  write(context, text, place, colour, digits * unit, mirrored);
}

function write(context, text, [x, y], colour, high, mirrored) {
  context.save();
  context.translate(x, y);
  if (mirrored) context.scale(-1, 1);
  context.font = `700 ${Math.round(high)}px "Source Sans", system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = high / 5;
  context.strokeStyle = OUTLINE;
  context.strokeText(text, 0, 0);
  context.fillStyle = colour;
  context.fillText(text, 0, 0);
  context.restore();
}
