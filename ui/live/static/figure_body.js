// A solid, friendly person from 33 landmarks: rounded limbs in the order of depth, the working ones in another colour.
const COLOURS = { working: "#e69f00", sleeve: "#7fc4ea", trousers: "#3f79a8", shirt: "#7fc4ea", skin: "#f1d3b3", hair: "#5a4636", shoe: "#2f3a45" };
const LINE = "#1d2b36";
const ROW = { nose: 0, eye: 2, ear: 7, mouth: 9, shoulder: 11, elbow: 13, wrist: 15, index: 19, hip: 23, knee: 25, ankle: 27, heel: 29, toe: 31 };
// From, to, half widths in metres, colour, and by how many centimetres it is drawn nearer than it is.
const LIMBS = [
  ["shoulder", "elbow", 0.056, 0.046, "sleeve", 7],
  ["elbow", "wrist", 0.046, 0.034, "sleeve", 8],
  ["wrist", "index", 0.038, 0.03, "skin", 9],
  ["hip", "knee", 0.076, 0.06, "trousers", 0],
  ["knee", "ankle", 0.06, 0.042, "trousers", 0],
  ["heel", "toe", 0.036, 0.034, "shoe", 1],
];
const LIFTED_CM = 12;
const SHOULDER_M = 0.05;
const HIP_M = 0.072;

// posture: points (66 numbers) and depth (33 centimetres to the viewer); working: rows of the limbs that work.
export function drawBody(context, { points, depth }, working, { metre, away }) {
  const at = (row) => [points[2 * row], points[2 * row + 1]];
  const near = (row) => (metre * away) / (away - depth[row]);
  const parts = [];
  const trunkRows = [ROW.shoulder, ROW.shoulder + 1, ROW.hip + 1, ROW.hip];
  const trunkDepth = mean(trunkRows.map((row) => depth[row]));
  for (const side of [0, 1]) {
    for (const [from, to, wide, narrow, colour, nearer] of LIMBS) {
      const [a, b] = [ROW[from] + side, ROW[to] + side];
      const fill = COLOURS[working.has(b) && colour !== "skin" && colour !== "shoe" ? "working" : colour];
      const draw = () => capsule(context, at(a), at(b), wide * near(a), narrow * near(b), fill, metre);
      let order = (depth[a] + depth[b]) / 2 + nearer;
      if (to === "knee") order = depth[b] - depth[a] > LIFTED_CM ? Math.max(order, trunkDepth + 1) : Math.min(order, trunkDepth - 1);
      parts.push({ depth: order, draw });
    }
  }
  parts.push({ depth: trunkDepth, draw: () => torso(context, trunkRows.map(at), metre) });
  const headDepth = Math.max(mean([depth[ROW.ear], depth[ROW.ear + 1]]), trunkDepth) + 0.5;
  parts.push({ depth: headDepth, draw: () => head(context, at, depth, metre) });
  parts.sort((one, other) => one.depth - other.depth);
  for (const part of parts) part.draw();
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function capsule(context, a, b, wide, narrow, colour, metre) {
  outline(context, a, b, wide, narrow);
  paint(context, colour, metre);
}

// Two circles and their common tangents.
function outline(context, [ax, ay], [bx, by], wide, narrow) {
  const angle = Math.atan2(by - ay, bx - ax);
  const far = Math.hypot(bx - ax, by - ay);
  context.beginPath();
  if (far <= Math.abs(wide - narrow)) {
    const [x, y] = wide > narrow ? [ax, ay] : [bx, by];
    context.arc(x, y, Math.max(wide, narrow), 0, 2 * Math.PI);
  } else {
    const lean = Math.acos((wide - narrow) / far);
    context.arc(ax, ay, wide, angle + lean, angle - lean + 2 * Math.PI);
    context.arc(bx, by, narrow, angle - lean, angle + lean);
  }
  context.closePath();
}

// The shirt: one shape of two rounded flanks and what is between them, outlined as a whole.
function torso(context, [ls, rs, rh, lh], metre) {
  const middle = new Path2D();
  [ls, rs, rh, lh].forEach((corner, i) => (i ? middle.lineTo(...corner) : middle.moveTo(...corner)));
  middle.closePath();
  context.lineJoin = "round";
  for (const [colour, more] of [[LINE, 0.009], [COLOURS.shirt, 0]]) {
    context.strokeStyle = context.fillStyle = colour;
    for (const [shoulder, hip] of [[ls, lh], [rs, rh]]) {
      outline(context, shoulder, hip, (SHOULDER_M + more) * metre, (HIP_M + more) * metre);
      context.fill();
    }
    context.lineWidth = 2 * (SHOULDER_M + more) * metre;
    context.stroke(middle);
    context.fill(middle);
  }
}

function head(context, at, depth, metre) {
  const [left, right, nose] = [at(ROW.ear), at(ROW.ear + 1), at(ROW.nose)];
  const [ls, rs] = [at(ROW.shoulder), at(ROW.shoulder + 1)];
  const [x, y] = [(left[0] + right[0]) / 2, (left[1] + right[1]) / 2];
  const neck = [(ls[0] + rs[0]) / 2, (ls[1] + rs[1]) / 2];
  capsule(context, neck, [x, y + 0.05 * metre], 0.045 * metre, 0.045 * metre, COLOURS.skin, metre);
  const aside = nose[0] - x;
  const skull = new Path2D();
  skull.ellipse(x, y - 0.01 * metre, 0.085 * metre, 0.112 * metre, 0, 0, 2 * Math.PI);
  context.lineWidth = 0.016 * metre;
  context.strokeStyle = LINE;
  context.stroke(skull);
  context.fillStyle = COLOURS.skin;
  context.fill(skull);
  context.save();
  context.clip(skull);
  context.fillStyle = COLOURS.hair;
  context.beginPath();
  context.ellipse(x - 0.5 * aside, y - 0.1 * metre, 0.11 * metre, 0.06 * metre, 0, 0, 2 * Math.PI);
  context.ellipse(x - 1.25 * aside, y - 0.03 * metre, 0.06 * metre * Math.min(1, Math.abs(aside) / (0.04 * metre)), 0.09 * metre, 0, 0, 2 * Math.PI);
  context.fill();
  context.restore();
  face(context, at, depth, metre, nose);
}

function face(context, at, depth, metre, nose) {
  const ears = mean([depth[ROW.ear], depth[ROW.ear + 1]]);
  if (depth[ROW.nose] < ears - 2) return;
  context.fillStyle = context.strokeStyle = LINE;
  for (const row of [ROW.eye, ROW.eye + 3]) {
    if (depth[row] < ears) continue;
    context.beginPath();
    context.arc(...at(row), 0.011 * metre, 0, 2 * Math.PI);
    context.fill();
  }
  context.lineWidth = 0.01 * metre;
  const [a, b] = [at(ROW.mouth), at(ROW.mouth + 1)];
  context.beginPath();
  context.moveTo(...a);
  context.quadraticCurveTo((a[0] + b[0]) / 2, (a[1] + b[1]) / 2 + 0.018 * metre, ...b);
  context.stroke();
  context.beginPath();
  context.arc(...nose, 0.009 * metre, 0, 2 * Math.PI);
  context.fill();
}

function paint(context, colour, metre) {
  context.lineWidth = 0.016 * metre;
  context.strokeStyle = LINE;
  context.stroke();
  context.fillStyle = colour;
  context.fill();
}
