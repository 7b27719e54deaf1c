// A feature along the way of a movement: knots joined by lines, each moved up and down.
const TICKS = 5;
const LEAST_STEPS = 20;
const PAD = 0.15;
const LARGE = 5;
const NEAR_TOP = 0.2;

export default function (component) {
  return mount(component, Curve);
}

class Curve {
  constructor(section) {
    this.find = (selector) => section.querySelector(selector);
    this.section = section;
    this.shown = null;
    this.values = [];
    this.knots = [];
    this.find(".again").addEventListener("click", () => this.again());
  }

  told(data) {
    const other = this.shown?.id !== data.id;
    this.shown = data;
    if (other) {
      this.values = [...data.values];
      this.find(".said").textContent = "";
      this.find(".number").hidden = true;
      this.rebuild();
    }
    this.label();
    this.draw();
  }

  rebuild() {
    this.find(".knots").replaceChildren();
    this.knots = this.values.map((_, k) => {
      const knot = element("div", "knot", this.find(".knots"));
      let off = 0;
      slides(knot, {
        begin: (event) => {
          off = this.values[k] - this.valueAt(event);
        },
        drag: (event) => this.move(k, within(this.valueAt(event) + off, this.low, this.high)),
        step: (direction, large) => {
          this.move(k, this.values[k] + direction * this.shown.step * (large ? LARGE : 1));
          if (this.values[k] < this.low || this.values[k] > this.high) this.fit();
        },
        end: () => this.giveBack(),
      });
      knot.addEventListener("focus", () => this.tell(k));
      knot.addEventListener("blur", () => (this.find(".number").hidden = true));
      return knot;
    });
    this.fit();
  }

  get band() {
    return this.shown.tolerance ?? 0;
  }

  // From the lowest to the highest that there is to be seen, with room to drag.
  fit() {
    const seen = [...this.values.flatMap((v) => [v - this.band, v + this.band]), ...this.shown.lines.flat().filter((v) => v !== null)];
    const [low, high] = [Math.min(...seen), Math.max(...seen)];
    const extra = Math.max(PAD * (high - low), (LEAST_STEPS * this.shown.step - (high - low)) / 2);
    this.low = Math.max(low - extra, Math.min(low, this.shown.least));
    this.high = Math.min(high + extra, Math.max(high, this.shown.greatest));
    this.scale();
    this.draw();
  }

  up(value) {
    return (1000 * (this.high - value)) / (this.high - this.low);
  }

  valueAt(event) {
    const box = this.find(".area").getBoundingClientRect();
    return this.high - ((event.clientY - box.top) / box.height) * (this.high - this.low);
  }

  scale() {
    const step = roundStep((this.high - this.low) / TICKS);
    const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    const labels = this.find(".scale");
    labels.replaceChildren();
    const marks = ticks(this.low, this.high, step);
    const texts = marks.map((value) => `${written(value, digits, this.shown.language)}${this.shown.sign}`);
    element("i", "", labels).textContent = texts.reduce((one, other) => (other.length > one.length ? other : one), "");
    marks.forEach((value, k) => {
      const label = element("span", "", labels);
      label.textContent = texts[k];
      label.style.top = `${this.up(value) / 10}%`;
    });
    const across = marks.map((value) => `M0 ${this.up(value)}L1000 ${this.up(value)}`);
    this.find(".grid").setAttribute("d", across.join(""));
  }

  move(k, value) {
    const rounded = Math.round(value / this.shown.step) * this.shown.step;
    this.values[k] = within(Number(rounded.toFixed(6)), this.shown.least, this.shown.greatest);
    this.draw();
    this.tell(k);
  }

  // The number at the knot that has the focus.
  tell(k) {
    const number = this.find(".number");
    number.textContent = `${this.told_value(k)}${this.shown.unit_short}`;
    number.hidden = false;
    number.style.left = `${100 * this.shown.phase[k]}%`;
    number.style.top = `${this.up(this.values[k]) / 10}%`;
    number.classList.toggle("below", this.up(this.values[k]) < 1000 * NEAR_TOP);
    number.classList.toggle("first", this.shown.phase[k] < 0.1);
    number.classList.toggle("last", this.shown.phase[k] > 0.9);
  }

  told_value(k) {
    return written(this.values[k], this.shown.digits, this.shown.language);
  }

  draw() {
    const { phase, lines, words } = this.shown;
    const at = (values) => values.map((value, k) => [1000 * phase[k], this.up(value)]);
    this.find(".way").setAttribute("d", path(at(this.values)));
    const [above, below] = [1, -1].map((sign) => at(this.values.map((value) => value + sign * this.band)));
    this.find(".band").setAttribute("d", this.band ? `${path([...above, ...below.reverse()])}Z` : "");
    const along = (values) => values.map((v, k) => (v === null ? null : [(1000 * k) / (values.length - 1 || 1), this.up(v)]));
    this.find(".lines").setAttribute("d", lines.map((values) => path(along(values))).join(""));
    this.knots.forEach((knot, k) => {
      const percent = Math.round(100 * phase[k]);
      knot.style.left = `${100 * phase[k]}%`;
      knot.style.top = `${this.up(this.values[k]) / 10}%`;
      knot.setAttribute("aria-orientation", "vertical");
      knot.setAttribute("aria-valuemin", this.shown.least);
      knot.setAttribute("aria-valuemax", this.shown.greatest);
      knot.setAttribute("aria-valuenow", this.values[k]);
      const told = { percent, value: this.told_value(k), unit: this.shown.unit };
      knot.setAttribute("aria-valuetext", filled(words.value, told));
      knot.setAttribute("aria-label", this.shown.title);
    });
  }

  label() {
    const { words, title } = this.shown;
    this.section.setAttribute("aria-label", title);
    this.find(".title").textContent = title;
    this.find(".again").textContent = words.again;
    const axis = this.find(".axis");
    axis.replaceChildren();
    for (const percent of [0, 25, 50, 75, 100]) {
      const tick = element("span", "", axis);
      tick.textContent = `${percent} %`;
      tick.style.left = `${percent}%`;
    }
    element("b", "", axis).textContent = words.along;
    const legend = this.find(".legend");
    legend.replaceChildren();
    element("li", "way", legend).textContent = words.way;
    if (this.shown.lines.length) element("li", "lines", legend).textContent = words.lines;
    if (this.band) element("li", "band", legend).textContent = words.band;
    this.scale();
  }

  again() {
    this.values = [...this.shown.given];
    this.fit();
    this.find(".said").textContent = this.shown.words.put_back;
    this.giveBack();
  }

  giveBack() {
    this.fit();
    const focused = this.knots.indexOf(this.find(".knot:focus"));
    if (focused >= 0) this.tell(focused);
    this.component.setStateValue("edited", { id: this.shown.id, values: [...this.values] });
  }

  close() {}
}
