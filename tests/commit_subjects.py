"""The subjects of commits: `python -m tests.commit_subjects` checks the latest, with a file the message in that file.

A subject has at most 72 characters, no full stop, and begins with an imperative, after a scope and a colon if there is
one. A small rule over the first word finds most of what is no imperative. Commits before SINCE are history.
"""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.architecture import ROOT

LONGEST: Final = 72
LATEST: Final = 50
"""How many commits are looked at, at most."""

SINCE: Final = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)
"""The rules hold for commits that were written from this day on."""

_SCOPE: Final = re.compile(r"^[\w./+-][\w./+ -]{0,28}: ")
_WORD: Final = re.compile(r"[A-Za-z]+")
_BY_GIT: Final = ("Merge ", 'Revert "', "fixup! ", "squash! ", "amend! ")
_NO_VERB: Final = re.compile(
    "an?|the|th(is|at|ese|ose|ey|ere)|its?|s?he|we|you|i|wh(o|at|ich|en|ere|y)|how|if|as|of|in|on|from|for|to|by|with"
    "|without|no|not|all|each|every|some|any|more|most|one|two|both|and|or|but|now|also"
)
_VERB: Final = re.compile(
    "[bw]?ring|string|[ps]ing|swing|need|[fs]eed|embed|speed|(ex|pro|suc)ceed|shed|focus|bias|alias|canvas"
)
"""Imperatives that end as other forms of a verb do."""


def faults(subject: str) -> list[str]:
    """Return what is wrong with a subject, one sentence each."""
    if subject.startswith(_BY_GIT):
        return []
    found = []
    if len(subject) > LONGEST:
        found.append(f"It has {len(subject)} characters; write at most {LONGEST}.")
    if subject.endswith("."):
        found.append("Leave out the full stop.")
    first = _WORD.match(_SCOPE.sub("", subject))
    if first is None:
        found.append("Begin with a verb.")
    elif not _imperative(first[0].lower()):
        found.append(f'Begin with an imperative ("add", "report"), not with "{first[0]}".')
    return found


def _imperative(word: str) -> bool:
    """Return whether a word may be an imperative: no article or the like, no -ed, -ing or -s."""
    other_form = re.search(r"(ed|ing|[^s]s)$", word) is not None
    return _VERB.fullmatch(word) is not None or not (_NO_VERB.fullmatch(word) or other_form)


def subject_of(message: str) -> str:
    """Return the first line of a message that is neither empty nor a comment."""
    lines = (line.rstrip() for line in message.splitlines())
    return next((line for line in lines if line and not line.startswith("#")), "")


def latest(folder: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Yield number and subject of the latest commits since SINCE; none where git has no history."""
    command = ("git", "log", f"--max-count={LATEST}", "--no-merges", "--format=%h %at %s")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines() if done.returncode == 0 else ():
        number, seconds, subject = line.split(" ", 2)
        if int(seconds) >= SINCE.timestamp():
            yield number, subject


def main(arguments: Sequence[str], folder: Path = ROOT) -> int:
    """Check the message in a file, or the latest commits; return 1 if one has a fault."""
    if arguments:
        subject = subject_of(Path(arguments[0]).read_text("utf-8"))
        checked = [("this commit", subject)]
    else:
        checked = list(latest(folder))
    wrong = [(name, subject, fault) for name, subject in checked for fault in faults(subject)]
    sys.stderr.writelines(f"{name}: {subject}\n  {fault}\n" for name, subject, fault in wrong)
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
