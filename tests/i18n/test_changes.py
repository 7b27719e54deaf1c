"""The words of what changed, in German: one word for one thing, and grammar with every unit."""

from __future__ import annotations

import re
from typing import Final

import pytest

from i18n import translation as language
from i18n.changes import told_change
from i18n.names import amount
from i18n.translation import FOLDER
from sessions.history.progress import Verdict
from ui.progress import page as progress_page
from ui.progress import timed_tests

CHANGES: Final[tuple[Verdict, ...]] = ("better", "worse", "changed", "none")


def test_german_has_one_word_for_score_and_one_for_set() -> None:
    """Bewertung and Satz; Punkte is the unit."""
    said = (FOLDER / "de.po").read_text(encoding="utf-8")
    assert re.findall(r"\b(?:Punktzahl|Wertung|Serie)(?:en|n)?\b", said) == []


@pytest.mark.parametrize("unit", ["points", "s", "arm lengths"])
def test_german_amounts_stand_in_the_nominative(unit: str) -> None:
    """83 Punkte is right after a colon or comma; after a preposition it would have to be 83 Punkten."""
    with language.in_language("de"):
        told = [
            *(told_change(one, amount(83.0, unit), amount(86.0, unit), amount(5.0, unit)) for one in CHANGES),
            language.tr(progress_page._TOO_FEW, first=amount(83.0, unit), last=amount(86.0, unit)),
            language.tr(timed_tests._UNTOLD, first=amount(83.0, unit), last=amount(86.0, unit)),
        ]
    for sentence in told:
        assert "83" in sentence and "86" in sentence
        assert not re.search(r"\b(?:von|zu|auf|ab|aus|bei|nach|mit|um|über) \d", sentence, re.IGNORECASE), (
            sentence
        )
