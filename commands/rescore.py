"""Re-score a stored session: `cli.py rescore`."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.options import out
from commands.people_and_records import store_open
from i18n.rescoring_sentences import difference_lines
from patterns.templates.library import find_template
from sessions.rescoring.rep_diff import differences
from sessions.rescoring.repository import RescoringsKept


def rescore(
    session: Annotated[int, typer.Argument(help="The number of a kept session.")],
    pattern: Annotated[
        str, typer.Option(help="By which exercise (see: patterns list), or its file (.toml).")
    ],
) -> None:
    """Re-score a stored session with another version of its exercise; the first result stays beside it."""
    template = find_template(pattern)
    with store_open() as store:
        before = store.session(session)
        made = RescoringsKept(store).rescore(session, template)
    found = differences(before.reps, made.reps)
    was = before.start
    out.print(
        f"Session {session}: {was.pattern_id} version {was.pattern_version}, {len(before.reps)} movements; "
        f"now {made.template_id} version {made.template_version}, {len(made.reps)} movements.",
        highlight=False,
        soft_wrap=True,
    )
    lines = list(difference_lines(found))
    for line in lines or ["Nothing changed."]:
        out.print(line, highlight=False, soft_wrap=True)
