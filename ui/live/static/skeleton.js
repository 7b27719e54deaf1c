// The skeleton on the canvas. Colours after Okabe and Ito; the working side also differs by thickness.
import { fit } from "./picture.js";

const COLOURS = { working: "#e69f00", resting: "#56b4e9", trunk: "#f0f0f0" };
const WIDTHS = { working: 7, resting: 3.5, trunk: 3.5 };
const OUTLINE = "#141414";

// landmarks: 66 pixels of the sent picture or null; bones: [row, row, role]; turned: the coach turned the picture round,
// which is then not shown as in a mirror; guide: a GuideView, drawn under and over the bones
export function draw(canvas, video, update, bones, turned = false, guide = null) {
  const width = video.videoWidth;
  const height = video.videoHeight;
  if (!width) return;
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, width, height);
  const toCanvas = onCanvas(width, height, update.size_wh, turned);
  const at = (row) => {
    const x = update.landmarks[2 * row];
    return x === null ? null : toCanvas(x, update.landmarks[2 * row + 1]);
  };
  const unit = Math.min(width, height) / 480;
  guide?.under(context, toCanvas, unit);
  context.lineCap = "round";
  const lines = [];
  for (const [a, b, role] of bones) {
    const [from, to] = [at(a), at(b)];
    if (from && to) lines.push([from, to, role]);
  }
  for (const [from, to, role] of lines) stroke(context, from, to, OUTLINE, unit * (WIDTHS[role] + 3));
  lines.sort((one, other) => (one[2] === "working") - (other[2] === "working"));
  for (const [from, to, role] of lines) stroke(context, from, to, COLOURS[role], unit * WIDTHS[role]);
  for (const [from, to, role] of lines) {
    for (const point of [from, to]) dot(context, point, COLOURS[role], unit * (WIDTHS[role] * 0.5 + 2));
  }
  guide?.over(context, at, unit, !turned);
}

// From pixels of the picture that was judged to pixels of the canvas over the video.
export function onCanvas(width, height, sizeWh, turned) {
  const place = fit(width, height, sizeWh);
  return (x, y) => [((turned ? sizeWh[0] - 1 - x : x) - place.x) / place.scale, (y - place.y) / place.scale];
}

export function clear(canvas) {
  canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
}

function stroke(context, from, to, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
}

function dot(context, [x, y], colour, radius) {
  context.fillStyle = colour;
  context.strokeStyle = OUTLINE;
  context.lineWidth = 1.5;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}
