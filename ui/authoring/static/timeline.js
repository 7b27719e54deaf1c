// Repetitions along the time of a recording: where each starts, is at its far end and ends, and which are learned from.
const PARTS = ["start", "peak", "leave", "end"];
const LEAST_S = 0.05;
const STEP_S = 0.05;
const LARGE_S = 0.5;
const SHORTEST_S = 0.4;
const USUAL_S = 3;
const REP_PX = 104;
const WIDEST_PX = 20000;
const TICK_PX = 70;
const MOST_TICKS = 400;
const EDGE = 200;
const LAST = 0.97;

export default function (component) {
  return mount(component, Timeline);
}

class Timeline {
  constructor(section) {
    this.find = (selector) => section.querySelector(selector);
    this.section = section;
    this.shown = null;
    this.reps = [];
    this.rows = [];
    this.markedS = null;
    this.field = this.find(".field");
    this.add = element("button", "add", this.find(".choices"));
    this.add.type = "button";
    this.add.addEventListener("click", () => this.added());
    this.field.addEventListener("click", (event) => this.clicked(event));
    this.sized = new ResizeObserver(() => this.axis());
    this.sized.observe(this.find(".scroll"));
  }

  told(data) {
    const other = this.shown?.id !== data.id;
    const language = this.shown?.language;
    this.shown = data;
    if (other) {
      this.reps = data.reps.map(([start, peak, leave, end, kept]) => ({ start, peak, leave, end, kept }));
      this.markedS = null;
      this.find(".at").textContent = "";
      this.find(".said").textContent = "";
      this.curve();
      this.rebuild();
    } else if (language !== data.language) {
      this.label();
    }
  }

  get words() {
    return this.shown.words;
  }

  // As fine as a step by keys.
  seconds(value) {
    const tenths = Math.abs(value * 10 - Math.round(value * 10)) < 0.05;
    return written(value, tenths ? 1 : 2, this.shown.language);
  }

  share(seconds) {
    return (seconds - this.shown.from_s) / (this.shown.to_s - this.shown.from_s);
  }

  percent(seconds) {
    return `${100 * this.share(seconds)}%`;
  }

  secondsAt(event) {
    const box = this.field.getBoundingClientRect();
    const share = within((event.clientX - box.left) / box.width, 0, 1);
    return this.shown.from_s + share * (this.shown.to_s - this.shown.from_s);
  }

  curve() {
    const seen = this.shown.progress.filter((value) => value !== null);
    const [low, high] = [Math.min(...seen), Math.max(...seen)];
    const up = (value) => 1000 - EDGE - ((1000 - 2 * EDGE) * (value - low)) / (high - low || 1);
    const points = this.shown.t_s.map((t, k) => {
      const value = this.shown.progress[k];
      return value === null ? null : [1000 * this.share(t), up(value)];
    });
    this.find(".way").setAttribute("d", path(points));
  }

  // As wide as the shortest repetition needs for its handles; what is wider than the page is scrolled.
  axis() {
    if (!this.shown) return;
    const length = this.shown.to_s - this.shown.from_s;
    const shortest = Math.min(...this.reps.map((rep) => rep.end - rep.start), USUAL_S);
    const wanted = Math.min((REP_PX * length) / Math.max(shortest, SHORTEST_S), WIDEST_PX);
    const width = Math.max(wanted, this.find(".scroll").clientWidth);
    this.find(".inner").style.width = wanted > this.find(".scroll").clientWidth ? `${wanted}px` : "auto";
    const step = Math.max(roundStep((TICK_PX * length) / Math.max(width, 1)), 0.5, length / MOST_TICKS);
    const axis = this.find(".axis");
    axis.replaceChildren();
    for (const at of ticks(this.shown.from_s, this.shown.to_s, step)) {
      const tick = element("span", this.share(at) > LAST ? "last" : "", axis);
      tick.textContent = `${written(at, step < 1 ? 1 : 0, this.shown.language)} s`;
      tick.style.left = this.percent(at);
    }
  }

  rebuild() {
    this.find(".reps").replaceChildren();
    for (const row of this.rows) row.choice.remove();
    this.rows = this.reps.map((rep, index) => this.row(rep, index));
    this.axis();
    this.label();
  }

  row(rep, index) {
    const group = element("div", "rep", this.find(".reps"));
    group.setAttribute("role", "group");
    const band = element("div", "band", group);
    band.setAttribute("aria-hidden", "true");
    const name = element("span", "", band);
    const far = element("div", "far", group);
    const handles = {};
    for (const part of PARTS) {
      const handle = element("div", `handle ${part}`, group);
      handles[part] = handle;
      let off = 0;
      slides(handle, {
        begin: (event) => {
          off = rep[part] - this.secondsAt(event);
          this.tell(index, part);
        },
        drag: (event) => this.move(index, part, this.secondsAt(event) + off),
        step: (direction, large) => {
          this.move(index, part, rep[part] + direction * (large ? LARGE_S : STEP_S));
          handle.scrollIntoView({ block: "nearest", inline: "nearest" });
        },
        end: () => this.giveBack(),
      });
      handle.addEventListener("focus", () => this.tell(index, part));
    }
    const choice = element("button", "choice", this.find(".choices"));
    choice.type = "button";
    choice.addEventListener("click", () => {
      rep.kept = !rep.kept;
      this.label();
      this.giveBack();
    });
    this.add.before(choice);
    return { group, band, name, far, handles, choice };
  }

  // How far a part of a repetition may go: order within it, and no other one is touched.
  bounds(index, part) {
    const rep = this.reps[index];
    const before = this.reps[index - 1]?.end ?? this.shown.from_s;
    const after = this.reps[index + 1]?.start ?? this.shown.to_s;
    return {
      start: [before, rep.peak - LEAST_S],
      peak: [rep.start + LEAST_S, rep.leave],
      leave: [rep.peak, rep.end - LEAST_S],
      end: [rep.leave + LEAST_S, after],
    }[part];
  }

  move(index, part, seconds) {
    const [least, most] = this.bounds(index, part);
    if (least > most) return;
    this.reps[index][part] = within(Math.round(1000 * seconds) / 1000, least, most);
    this.place(index);
    this.tell(index, part);
  }

  // What a handle says, below the curve, for who sees.
  tell(index, part) {
    this.find(".at").textContent = this.valueText(index, part);
  }

  valueText(index, part) {
    return filled(this.words[part], { number: index + 1, seconds: this.seconds(this.reps[index][part]) });
  }

  place(index) {
    const rep = this.reps[index];
    const { band, far, handles } = this.rows[index];
    band.style.left = this.percent(rep.start);
    band.style.width = `${100 * (this.share(rep.end) - this.share(rep.start))}%`;
    far.style.left = this.percent(rep.peak);
    far.style.width = `${100 * (this.share(rep.leave) - this.share(rep.peak))}%`;
    for (const part of PARTS) {
      const handle = handles[part];
      const [least, most] = this.bounds(index, part);
      handle.style.left = this.percent(rep[part]);
      handle.setAttribute("aria-valuemin", least);
      handle.setAttribute("aria-valuemax", most);
      handle.setAttribute("aria-valuenow", rep[part]);
      handle.setAttribute("aria-valuetext", this.valueText(index, part));
      handle.setAttribute("aria-label", this.words.handles[part]);
    }
  }

  label() {
    this.section.setAttribute("aria-label", this.words.all);
    this.find(".hint").textContent = this.words.hint;
    this.rows.forEach(({ group, name, choice }, index) => {
      const { kept } = this.reps[index];
      group.classList.toggle("dropped", !kept);
      group.setAttribute("aria-label", filled(this.words.rep, { number: index + 1 }));
      name.textContent = kept ? `${index + 1}` : `${index + 1} ${this.words.dropped}`;
      choice.setAttribute("aria-pressed", kept);
      choice.textContent = filled(kept ? this.words.choice_kept : this.words.choice_dropped, { number: index + 1 });
      this.place(index);
    });
    this.mark(this.markedS);
    this.axis();
  }

  clicked(event) {
    const seconds = Math.round(10 * this.secondsAt(event)) / 10;
    const inside = this.reps.some((rep) => rep.start < seconds && seconds < rep.end);
    this.mark(inside ? null : seconds);
  }

  // Where the next repetition is added: a place that was clicked, or none.
  mark(seconds) {
    this.markedS = seconds;
    const mark = this.find(".mark");
    mark.hidden = seconds === null;
    if (seconds !== null) mark.style.left = this.percent(seconds);
    this.add.textContent = seconds === null ? this.words.add : filled(this.words.add_at, { seconds: this.seconds(seconds) });
  }

  // The room between repetitions, each [from, to].
  gaps() {
    const ends = [this.shown.from_s, ...this.reps.map((rep) => rep.end)];
    const starts = [...this.reps.map((rep) => rep.start), this.shown.to_s];
    return ends.map((end, k) => [end, starts[k]]);
  }

  added() {
    const at = this.markedS;
    const gaps = this.gaps();
    const largest = gaps.reduce((best, gap) => (gap[1] - gap[0] > best[1] - best[0] ? gap : best));
    const gap = at === null ? largest : gaps.find(([from, to]) => from <= at && at <= to) ?? largest;
    const lengths = this.reps.map((rep) => rep.end - rep.start).sort((one, other) => one - other);
    const length = Math.min(lengths[lengths.length >> 1] ?? USUAL_S, gap[1] - gap[0]);
    if (length < SHORTEST_S || this.reps.length >= this.shown.most) {
      this.find(".said").textContent = this.words.full;
      return;
    }
    const start = Math.max(gap[0], Math.min((at ?? (gap[0] + gap[1]) / 2) - length / 2, gap[1] - length));
    const rep = { start, peak: start + 0.4 * length, leave: start + 0.6 * length, end: start + length, kept: true };
    rep.end = Math.min(rep.end, gap[1]); // not a rounding error more
    const index = gaps.indexOf(gap);
    this.reps.splice(index, 0, rep);
    this.markedS = null;
    this.rebuild();
    this.find(".said").textContent = filled(this.words.added, { number: index + 1, seconds: this.seconds(start) });
    this.rows[index].handles.start.focus();
    this.giveBack();
  }

  giveBack() {
    this.reps.forEach((_, index) => this.place(index)); // the bounds of neighbours
    const values = this.reps.map(({ start, peak, leave, end, kept }) => [start, peak, leave, end, kept]);
    this.component.setStateValue("edited", { id: this.shown.id, values });
  }

  close() {
    this.sized.disconnect();
  }
}
