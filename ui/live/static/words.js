// The page's sentences in the person's language, as the server handed them over (i18n/live_sentences.py).
export class Words {
  constructor(table) {
    this.table = table;
  }

  say(key, values = {}) {
    const sentence = this.table[key] ?? key;
    return sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }

  has(key) {
    return key in this.table;
  }

  // What came of a set of the camera or of the demo, and whose it was, by name; first why it ended, where that was not
  // the person's wish.
  finished(summary, source, person) {
    const saved = this.saved(summary, source, person);
    return summary.reason ? `${summary.reason} ${saved}` : saved;
  }

  saved(summary, source, person) {
    if (summary.problem) return summary.problem;
    if (summary.session === null) return this.say("nothing-saved");
    const { repetitions, mean_total: score } = summary;
    if (source === "demo") return this.say(repetitions === 1 ? "demo-over.one" : "demo-over.many", { repetitions });
    const many = this.say(repetitions === 1 ? "saved.one" : "saved.many", { repetitions });
    const whole = score === null || score === undefined ? many : `${many} ${this.say("saved.score", { score })}`;
    return person ? `${whole} ${this.say("saved.person", { person })}` : whole;
  }

  // What is said of a set that is still open: whose it is, where somebody else is shown now.
  open(whose, shown) {
    return whose.id === shown.id ? this.say("kept") : this.say("kept.other", { person: whose.name });
  }

  // What is said of the demo while it plays; where another exercise is chosen, also that it is not that one.
  demo(demo, chosen) {
    const note = this.say("demo-note", { exercise: demo.shown });
    return this.otherDemo(demo, chosen) ? `${note} ${this.say("demo-not-chosen")}` : note;
  }

  otherDemo({ shown, pattern, side }, chosen) {
    const same = pattern === chosen.pattern && side === chosen.side;
    return same ? "" : this.say("demo-other", { exercise: shown });
  }

  notCounted(rep) {
    return this.say("not-counted", { reason: rep.reason ?? this.say("too-short") });
  }
}
