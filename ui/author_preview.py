"""When the sentences of an exercise would have come in its own demonstrations."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from patterns.template import Template
from scoring.cue_preview import Fired, fired
from sessions.exercises import Lesson
from ui.language import tr
from ui.names import amount, words
from ui.tables import clock


def draw(template: Template, lessons: Sequence[Lesson]) -> None:
    """A row a fault that is found in the demonstrations, with the sentence for it and when."""
    st.caption(
        tr(
            "What would have been found in the repetitions shown. They are good ones: what comes here often is judged "
            "too strictly."
        )
    )
    rows = [_row(lesson, found) for lesson in lessons for found in fired(template, lesson.side, lesson.poses)]
    if rows:
        st.table(rows)
    else:
        st.success(tr("No sentence would have come in the repetitions shown."))


def _row(lesson: Lesson, found: Fired) -> dict[str, str]:
    return {
        tr("Recording"): lesson.name,
        tr("No."): str(found.rep),
        tr("Found"): words(found.fault),
        tr("When"): f"{clock(found.from_s)} – {clock(found.to_s)}",
        tr("Measured"): amount(found.value, found.unit),
        tr("Limit"): amount(found.limit, found.unit),
        tr("Sentence"): tr(found.text),
        tr("Said"): tr("yes") if found.said else tr("no, another one comes first"),
    }
