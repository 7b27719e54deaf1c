// The page's sentences in the person's language, as the server handed them over (ui/live_words.py).
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

  // What came of a set; first why it ended, where that was not the person's wish.
  finished(summary) {
    const saved = this.saved(summary);
    return summary.reason ? `${summary.reason} ${saved}` : saved;
  }

  saved(summary) {
    if (summary.problem) return summary.problem;
    if (summary.session === null) return this.say("nothing-saved");
    const { repetitions, mean_total: score } = summary;
    const many = this.say(repetitions === 1 ? "saved.one" : "saved.many", { repetitions });
    return score === null || score === undefined ? many : `${many} ${this.say("saved.score", { score })}`;
  }

  notCounted(rep) {
    return this.say("not-counted", { reason: rep.reason ?? this.say("too-short") });
  }

  state(update) {
    if (update.message) return update.message;
    return this.say(`state.${update.state}`);
  }
}
