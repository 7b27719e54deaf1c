// The checks before the first repetition: one line each with a picture, a word for its state and a sentence.
import { sign } from "./sign.js";

const MARKS = { ok: "✓", warn: "!", bad: "→", wait: "…" };

export class SetUpList {
  constructor(list) {
    this.list = list;
    this.rows = new Map();
  }

  // checks: [{id, state, text}]
  show(checks, words) {
    for (const check of checks) {
      const row = this.rows.get(check.id) ?? this.add(check.id);
      if (row.state !== check.state) {
        row.state = check.state;
        row.item.dataset.state = check.state;
        row.mark.textContent = MARKS[check.state];
        row.spoken.textContent = check.text ? `${words.say(`check.${check.state}`)}: ` : "";
      }
      const text = check.text || words.say(`check.${check.state}`);
      if (row.text.textContent !== text) row.text.textContent = text;
    }
  }

  clear() {
    this.list.replaceChildren();
    this.rows.clear();
  }

  add(id) {
    const item = document.createElement("li");
    const row = { item, mark: document.createElement("b"), spoken: document.createElement("span") };
    row.text = document.createElement("span");
    row.mark.setAttribute("aria-hidden", "true");
    row.spoken.className = "unseen";
    item.append(sign(id), row.mark, row.spoken, row.text);
    this.list.append(item);
    this.rows.set(id, row);
    return row;
  }
}
