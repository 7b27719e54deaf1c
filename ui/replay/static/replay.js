// A repetition played again: the person from the front, from the side and from above, beside the template's figure.
const ROWS = 33;
const UNSEEN = -32768;
const COLOURS = { working: "#d55e00", resting: "#0072b2", trunk: "#1d2b36", figure: "rgba(80, 150, 110, 0.55)", floor: "#c3ccd4" };
const MARGIN = 0.08;
const NEAR = 0.01;
const players = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  let player = players.get(root);
  if (!player) {
    player = new Player(root.querySelector(".replay"));
    players.set(root, player);
  }
  player.told(component.data);
  return () => {
    window.setTimeout(() => {
      if ((root.host ?? root).isConnected) return;
      players.delete(root);
      player.close();
    }, 0);
  };
}

// Left, up, forward in millimetres to right and up on the paper, and towards the viewer.
const VIEWS = {
  front: () => (x, y, z) => [x, y, z],
  side: (side) => (side === "left" ? (x, y, z) => [-z, y, x] : (x, y, z) => [z, y, -x]),
  above: () => (x, y, z) => [x, -z, y],
};

class Player {
  constructor(element) {
    this.element = element;
    this.find = (selector) => element.querySelector(selector);
    this.request = null;
    this.at = 0;
    this.shown = null;
    this.still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.views = Object.keys(VIEWS).map((name) => this.view(name));
    this.find(".play").addEventListener("click", () => (this.request === null ? this.play() : this.pause()));
    this.find(".time").addEventListener("input", (event) => {
      this.pause();
      this.go(Number(event.target.value));
    });
    this.find(".beside input").addEventListener("change", () => this.draw());
    this.sized = new ResizeObserver(() => this.draw());
    this.sized.observe(this.find(".views"));
  }

  view(name) {
    const figure = document.createElement("figure");
    const canvas = document.createElement("canvas");
    const caption = document.createElement("figcaption");
    canvas.setAttribute("role", "img");
    figure.append(canvas, caption);
    this.find(".views").append(figure);
    return { name, figure, canvas, caption };
  }

  told(data) {
    const first = this.shown === null;
    if (!first && this.shown.id === data.id) return;
    this.pause();
    this.shown = data;
    this.points = whole(data.points);
    this.figure = data.figure ? whole(data.figure) : null;
    this.extent = this.measured();
    this.label(data.words);
    const time = this.find(".time");
    time.max = data.t_ms.at(-1);
    this.go(first || this.still ? data.peak_ms : 0);
    if (!first && !this.still) this.play();
  }

  label(words) {
    for (const { name, caption, canvas, figure } of this.views) {
      caption.textContent = words[name];
      canvas.setAttribute("aria-label", `${words[name]}. ${words.picture}`);
      figure.hidden = !this.shown.depth && name !== "front";
    }
    this.find(".time").setAttribute("aria-label", words.time);
    this.find(".pace span").textContent = words.pace;
    this.find(".beside span").textContent = words.beside;
    this.find(".beside").hidden = this.figure === null;
    const select = this.find(".pace select");
    if (!select.options.length) {
      for (const pace of this.shown.paces) select.add(new Option(`${pace.told} ×`, pace.value, pace.value === 1, pace.value === 1));
    }
    this.find(".play").textContent = words.play;
  }

  play() {
    const last = this.shown.t_ms.at(-1);
    if (this.at >= last) this.at = 0;
    this.find(".play").textContent = this.shown.words.pause;
    let before = performance.now();
    const step = (now) => {
      this.at += (now - before) * Number(this.find(".pace select").value);
      before = now;
      if (this.at >= last) {
        this.at = last;
        this.pause();
      } else {
        this.request = window.requestAnimationFrame(step);
      }
      this.go(this.at);
    };
    this.request = window.requestAnimationFrame(step);
  }

  pause() {
    if (this.request !== null) window.cancelAnimationFrame(this.request);
    this.request = null;
    if (this.shown) this.find(".play").textContent = this.shown.words.play;
  }

  go(ms) {
    this.at = ms;
    const time = this.find(".time");
    time.value = ms;
    const told = `${(ms / 1000).toFixed(1)} / ${(this.shown.t_ms.at(-1) / 1000).toFixed(1)} s`;
    this.find(".clock").textContent = told;
    time.setAttribute("aria-valuetext", told);
    this.draw();
  }

  // The frame that was there at this time.
  frame() {
    const times = this.shown.t_ms;
    let [low, high] = [0, times.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (times[middle] <= this.at) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  draw() {
    if (!this.shown) return;
    const k = this.frame();
    const phase = this.shown.phase[k];
    const person = posture(this.points, k);
    const figure = this.figure && phase !== null && this.find(".beside input").checked ? this.between(phase) : null;
    for (const view of this.views) if (!view.figure.hidden) this.paint(view, person, figure);
    const found = this.shown.faults.filter((fault) => phase !== null && phase >= fault.from - NEAR && phase <= fault.to + NEAR);
    const said = found.map((fault) => `! ${fault.name}`).join("   ");
    const line = this.find(".found");
    if (line.textContent !== said) line.textContent = said;
  }

  // The figure's posture at a phase, between the two that are nearest.
  between(phase) {
    const last = this.figure.length / (3 * ROWS) - 1;
    const before = Math.min(Math.floor(phase * last), last - 1);
    const share = phase * last - before;
    const [one, next] = [posture(this.figure, before), posture(this.figure, before + 1)];
    return one.map((value, i) => value + share * (next[i] - value));
  }

  // Lowest and highest of left, up, forward over all that is shown.
  measured() {
    const low = [Infinity, Infinity, Infinity];
    const high = [-Infinity, -Infinity, -Infinity];
    for (const list of [this.points, this.figure ?? []]) {
      for (let i = 0; i < list.length; i++) {
        if (list[i] === UNSEEN) continue;
        low[i % 3] = Math.min(low[i % 3], list[i]);
        high[i % 3] = Math.max(high[i % 3], list[i]);
      }
    }
    if (!this.shown.depth) [low[2], high[2]] = [0, 0];
    return [low, high];
  }

  paint({ name, canvas }, person, figure) {
    const scale = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(canvas.clientWidth * scale), Math.round(canvas.clientHeight * scale)];
    if (!width || !height) return;
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, width, height);
    const onPaper = VIEWS[name](this.shown.side);
    const corners = this.extent.map((corner) => onPaper(...corner));
    const [low, high] = [0, 1].map((end) => [0, 1].map((axis) => Math[end ? "max" : "min"](...corners.map((c) => c[axis]))));
    // One scale for all views, so that a length is as long in each.
    const [wide, tall, deep] = this.extent[0].map((least, axis) => Math.max(this.extent[1][axis] - least, 1));
    const unit = (1 - 2 * MARGIN) * Math.min(width / Math.max(wide, deep), height / Math.max(tall, deep));
    const middle = [0, 1].map((axis) => (low[axis] + high[axis]) / 2);
    const place = (point) => [width / 2 + (point[0] - middle[0]) * unit, height / 2 - (point[1] - middle[1]) * unit];
    if (this.shown.on_floor && name !== "above") line(context, [0, place([0, 0])[1]], [width, place([0, 0])[1]], COLOURS.floor, 2 * scale);
    const thick = Math.max(2.5 * scale, 32 * unit);
    if (figure) this.bones(context, figure, onPaper, place, () => COLOURS.figure, 1.7 * thick);
    this.bones(context, person, onPaper, place, (role) => COLOURS[role], thick);
  }

  bones(context, points, onPaper, place, colour, thick) {
    const seen = (row) => points[3 * row] !== UNSEEN && points[3 * row + 1] !== UNSEEN;
    const depth = this.shown.depth ? (row) => points[3 * row + 2] : () => 0;
    const at = (row) => onPaper(points[3 * row], points[3 * row + 1], depth(row));
    const lines = this.shown.bones
      .filter(([a, b]) => seen(a) && seen(b))
      .map(([a, b, role]) => ({ from: at(a), to: at(b), role }));
    lines.sort((one, other) => one.from[2] + one.to[2] - other.from[2] - other.to[2]);
    context.lineCap = "round";
    for (const { from, to, role } of lines) line(context, place(from), place(to), colour(role), thick);
    if (seen(0)) {
      context.beginPath();
      context.arc(...place(at(0)), 1.9 * thick, 0, 2 * Math.PI);
      context.fillStyle = colour("trunk");
      context.fill();
    }
  }

  close() {
    this.pause();
    this.sized.disconnect();
  }
}

function posture(list, k) {
  return Array.from(list.subarray(3 * ROWS * k, 3 * ROWS * (k + 1)));
}

function whole(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return new Int16Array(bytes.buffer);
}

function line(context, from, to, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
}
