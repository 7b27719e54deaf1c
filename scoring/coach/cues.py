"""One cue at a time: by priority, not the same again within two repetitions, praise when all was right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from patterns.templates.template import CueRule, Template
from scoring.records.records import Cue, Fault, RepScore

COOL_DOWN: Final = 2
"""Repetitions that must pass before the same cue is given again."""

PRAISE: Final = "praise"
PRAISED_FROM: Final = 90.0
"""Total and control from which a repetition without a fault is praised; what is in doubt is neither."""


@dataclass
class CueChooser:
    """Remembers what was said when; ask once for each closed movement."""

    template: Template
    _said: dict[str, int] = field(default_factory=dict)

    def choose(self, rep: RepScore) -> Cue | None:
        """The cue for this movement; None where there is no score, no fault and no praise, or it was just given."""
        if rep.total is None or rep.control is None:
            return None
        if not rep.faults and rep.kind == "repetition" and min(rep.total, rep.control) >= PRAISED_FROM:
            return Cue(PRAISE, self.template.praise, "total", rep.total, None, "")
        return self.pick(rep.faults, rep.index)

    def pick(self, faults: Sequence[Fault], index: int) -> Cue | None:
        """The cue for the most important of these faults that was not told within COOL_DOWN before index."""
        by_fault = {fault.id: fault for fault in faults}
        rules = sorted((r for r in self.template.cue if r.fault in by_fault), key=lambda rule: rule.priority)
        for rule in rules:
            last = self._said.get(rule.fault)
            if last is None or index - last > COOL_DOWN:
                self._said[rule.fault] = index
                return worded(rule, by_fault[rule.fault])
        return None


def worded(rule: CueRule, fault: Fault) -> Cue:
    """What a rule says of a fault, its numbers filled in."""
    text = rule.text.replace("{value}", f"{fault.value:.0f}").replace("{limit}", f"{fault.limit:.0f}")
    return Cue(rule.fault, text, fault.feature, fault.value, fault.limit, fault.unit)
