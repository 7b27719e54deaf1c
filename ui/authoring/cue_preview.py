"""When the sentences of an exercise would have come in its own demonstrations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from i18n.names import amount, words
from i18n.tables import UNKNOWN, clock
from i18n.translation import tr
from patterns.templates.template import Template
from scoring.trials.cue_preview import Fired, fired
from scoring.trials.validation import Shown, planted
from sessions.store.exercises import Lesson
from ui.widgets.escapes import formatted
from ui.widgets.text_only import st

_SHOWN: Final = "In the repetitions shown"
_PUT_IN: Final = "With faults put into them"


def draw(template: Template, lessons: Sequence[Lesson]) -> None:
    """A row a fault that is found in the demonstrations, with the sentence for it and when."""
    st.markdown(formatted("**{}**", tr("When they would come")))
    where = st.segmented_control(
        tr("When they would come"),
        [_SHOWN, _PUT_IN],
        default=_SHOWN,
        required=True,
        format_func=tr,
        label_visibility="collapsed",
        key="author-preview",
    )
    if where == _PUT_IN:
        _put_in(template, lessons[:1])
        return
    st.caption(tr("They are good ones: what comes here often is judged too strictly."))
    rows = [
        _row(lesson.name, found)
        for lesson in lessons
        for found in fired(template, lesson.side, lesson.poses, lesson.reps)
    ]
    if rows:
        st.table(rows)
    else:
        st.success(tr("No sentence would have come in the repetitions shown."))


def _put_in(template: Template, lessons: Sequence[Lesson]) -> None:
    """What is found where each fault was put into the second repetition of the first recording."""
    st.caption(tr("Each fault is put into the second repetition, as clearly as a therapist would call it."))
    rows = []
    for lesson in lessons:
        for fault, poses in planted(template, lesson.side, Shown(lesson.poses, lesson.reps)):
            name = tr("With {fault}", fault=words(fault))
            found = fired(template, lesson.side, poses)
            rows += [_row(name, one) for one in found or (None,)]
    st.table(rows)


def _row(recording: str, found: Fired | None) -> dict[str, str]:
    """One fault; None: nothing is found in that recording."""
    told = ("", UNKNOWN, "", "", "", "", "")
    if found is not None:
        told = (
            str(found.rep),
            words(found.fault),
            f"{clock(found.from_s)} – {clock(found.to_s)}",
            amount(found.value, found.unit),
            amount(found.limit, found.unit),
            tr(found.text),
            tr("yes") if found.said else tr("no, another one comes first"),
        )
    heads = ("No.", "Found", "When", "Measured", "Limit", "Sentence", "Said")
    return {tr("Recording"): recording} | {tr(head): one for head, one in zip(heads, told, strict=True)}
