// A solid, friendly person from 33 landmarks: rounded limbs in the order of depth, the working ones in another colour.
export const BODY = { working: "#e69f00", resting: "#56b4e9", trunk: "#7fc4ea", skin: "#f1d3b3", shoe: "#3d4a57", line: "#1d2b36" };
const HALF_M = { shoulder: 0.062, elbow: 0.047, wrist: 0.034, hand: 0.04, hip: 0.088, knee: 0.062, ankle: 0.042, foot: 0.036 };
const SIDES = { left: 0, right: 1 };
const ROW = { nose: 0, eye: 2, ear: 7, shoulder: 11, elbow: 13, wrist: 15, index: 19, hip: 23, knee: 25, ankle: 27, heel: 29, toe: 31 };
const LIMBS = [
  ["shoulder", "elbow", HALF_M.shoulder, HALF_M.elbow],
  ["elbow", "wrist", HALF_M.elbow, HALF_M.wrist],
  ["wrist", "index", HALF_M.hand, HALF_M.hand * 0.8],
  ["hip", "knee", HALF_M.hip, HALF_M.knee],
  ["knee", "ankle", HALF_M.knee, HALF_M.ankle],
  ["heel", "toe", HALF_M.foot, HALF_M.foot],
];

export function drawBody(context, { points, depth }, working, metre) {
  const at = (row) => [points[2 * row], points[2 * row + 1]];
  const deep = (row) => depth[row];
  const parts = [];
  for (const side of [SIDES.left, SIDES.right]) {
    for (const [from, to, wide, narrow] of LIMBS) {
      const [a, b] = [limbRow(from, side), limbRow(to, side)];
      const colour = colourOf(to, working.has(b));
      const draw = () => capsule(context, at(a), at(b), wide * metre, narrow * metre, colour, metre);
      parts.push({ depth: (deep(a) + deep(b)) / 2 + (to === "index" ? 1 : 0), draw });
    }
  }
  const trunk = [ROW.shoulder, ROW.shoulder + 1, ROW.hip + 1, ROW.hip];
  parts.push({ depth: mean(trunk.map(deep)), draw: () => torso(context, trunk.map(at), metre) });
  const ears = [ROW.ear, ROW.ear + 1];
  parts.push({ depth: mean(ears.map(deep)) + 2, draw: () => head(context, at, deep, metre) });
  parts.sort((one, other) => one.depth - other.depth);
  for (const part of parts) part.draw();
}

function limbRow(name, side) {
  return ROW[name] + side;
}

function colourOf(end, works) {
  if (end === "toe") return BODY.shoe;
  if (end === "index") return BODY.skin;
  return works ? BODY.working : BODY.resting;
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

// Two circles and their common tangents, outlined.
function capsule(context, [ax, ay], [bx, by], wide, narrow, colour, metre) {
  const angle = Math.atan2(by - ay, bx - ax);
  const far = Math.hypot(bx - ax, by - ay);
  const lean = far > Math.abs(wide - narrow) ? Math.acos((wide - narrow) / far) : Math.PI / 2;
  context.beginPath();
  context.arc(ax, ay, wide, angle + lean, angle - lean + 2 * Math.PI);
  context.arc(bx, by, narrow, angle - lean, angle + lean);
  context.closePath();
  paint(context, colour, metre);
}

function torso(context, [ls, rs, rh, lh], metre) {
  const path = new Path2D();
  const round = 0.075 * metre;
  [ls, rs, rh, lh].forEach(([x, y], i) => (i ? path.lineTo(x, y) : path.moveTo(x, y)));
  path.closePath();
  context.lineJoin = "round";
  context.strokeStyle = BODY.line;
  context.lineWidth = 2 * round + 0.016 * metre;
  context.stroke(path);
  context.strokeStyle = context.fillStyle = BODY.trunk;
  context.lineWidth = 2 * round;
  context.stroke(path);
  context.fill(path);
}

function head(context, at, deep, metre) {
  const [left, right, nose] = [at(ROW.ear), at(ROW.ear + 1), at(ROW.nose)];
  const [ls, rs] = [at(ROW.shoulder), at(ROW.shoulder + 1)];
  const x = (left[0] + right[0]) / 2;
  const y = (left[1] + right[1]) / 2;
  capsule(context, [(ls[0] + rs[0]) / 2, (ls[1] + rs[1]) / 2], [x, y], 0.05 * metre, 0.05 * metre, BODY.skin, metre);
  context.beginPath();
  context.ellipse(x, y - 0.01 * metre, 0.088 * metre, 0.112 * metre, 0, 0, 2 * Math.PI);
  paint(context, BODY.skin, metre);
  if (deep(ROW.nose) < deep(ROW.ear) && deep(ROW.nose) < deep(ROW.ear + 1)) return;
  context.fillStyle = BODY.line;
  for (const row of [ROW.eye, ROW.eye + 3]) {
    if (deep(row) < (deep(ROW.ear) + deep(ROW.ear + 1)) / 2) continue;
    context.beginPath();
    context.arc(...at(row), 0.011 * metre, 0, 2 * Math.PI);
    context.fill();
  }
  context.strokeStyle = BODY.line;
  context.lineWidth = 0.01 * metre;
  context.beginPath();
  const [a, b] = [at(9), at(10)];
  context.moveTo(...a);
  context.quadraticCurveTo((a[0] + b[0]) / 2, (a[1] + b[1]) / 2 + 0.016 * metre, ...b);
  context.stroke();
  context.beginPath();
  context.arc(...nose, 0.008 * metre, 0, 2 * Math.PI);
  context.fill();
}

function paint(context, colour, metre) {
  context.lineWidth = 0.016 * metre;
  context.strokeStyle = BODY.line;
  context.stroke();
  context.fillStyle = colour;
  context.fill();
}
