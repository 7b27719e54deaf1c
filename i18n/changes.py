"""What became of a number over sessions, as a sentence in the language of the page."""

from __future__ import annotations

from typing import Final

from i18n.translation import tr
from sessions.history.progress import Verdict

_SENTENCES: Final[dict[Verdict, str]] = {
    "better": "Better: {first}, then {last}. That is more than the error ({smallest}).",
    "worse": "Worse: {first}, then {last}. That is more than the error ({smallest}).",
    "changed": "Changed: {first}, then {last}. That is more than the error ({smallest}).",
    "none": "No change shown: {first}, then {last}; a change of {smallest} or more would be shown.",
}


def told_change(verdict: Verdict, first: str, last: str, smallest: str) -> str:
    """Return the sentence; first, last, smallest: numbers with their units. For every verdict but "unknown"."""
    return tr(_SENTENCES[verdict], first=first, last=last, smallest=smallest)
