"""The page on which a therapist goes through recorded repetitions: who did what, each repetition again, what to say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from base.errors import DiagonalError
from base.message import Verbatim
from i18n.tables import SIDES, exercise_of, when, whole
from i18n.translation import in_language, ntr, spoken, tr
from sessions.history.today import own
from sessions.people.repository import NOBODY
from sessions.store.records import SessionSummary
from sessions.store.store import Store
from ui.page.current_user import records
from ui.review import set_view as review_set
from ui.review.loaded_set import OpenedSet, opened
from ui.review.set_view import chosen_row
from ui.widgets.damage import failure_words
from ui.widgets.text_only import st

_LIST: Final = "review-sessions"
_LIST_PX: Final = 250


def show() -> None:
    """The sessions of everybody or of one person, and the one chosen; a demo is nobody's to review."""
    st.title(tr("Review"))
    store = records()
    people = {person.id: person.alias for person in store.people.all()}
    lines = own(store.all_sessions())
    if not lines:
        st.info(tr("No session yet. Practise once: each finished set is listed here."))
        return
    whose = _whose(store, people)
    mine = [line for line in lines if whose is None or (line.person_id or NOBODY) == whose]
    if not mine:
        st.info(tr("No session of {name} yet.", name=Verbatim(people[whose or NOBODY])))
        return
    blind = st.toggle(
        tr("Hide what the program found"),
        key="review-blind",
        help=tr("To judge independently of it: no scores, no faults, and nobody else's reviews are shown."),
    )
    line = _list(store, mine, people, blind)
    try:
        chosen = opened(store, line.id, blind=blind)
    except DiagonalError as error:
        st.error(tr(failure_words(error)))
        return
    _heading(line, people, chosen)
    review_set.draw(store, chosen, _alike(mine, line))


def _whose(store: Store, people: dict[int, str]) -> int | None:
    """The number of the person whose sessions are listed: the one that every page is about; None for everybody."""
    if len(people) < 2 or store.viewer.person_id not in people:
        return None
    everybody = st.toggle(tr("Show everybody's sessions"), key="review-everybody")
    return None if everybody else store.viewer.person_id


def _list(
    store: Store, lines: Sequence[SessionSummary], people: dict[int, str], blind: bool
) -> SessionSummary:
    """The list of sessions, the newest first; the one that is chosen."""
    with in_language(spoken()):  # asked once, not in each of a year's rows
        rows = _rows(lines, people, store.reviews.counts(), blind)
    st.caption(ntr("{count} session", "{count} sessions", len(lines)))
    height = min(_LIST_PX, 38 + 35 * len(rows))
    picked = st.dataframe(
        rows,
        height=height,
        hide_index=True,
        key=f"{_LIST}-{lines[0].id}-{len(lines)}",
        on_select="rerun",
        selection_mode="single-row-required",
        column_config={
            tr("No."): st.column_config.NumberColumn(width=50),
            tr("Mean score"): st.column_config.TextColumn(width=90),
        },
        alt=tr("Sessions, the newest first"),
    )
    return lines[min(chosen_row(picked), len(lines) - 1)]


def _rows(
    lines: Sequence[SessionSummary], people: dict[int, str], reviewed: dict[int, int], blind: bool
) -> list[dict[str, object]]:
    return [
        {
            tr("No."): line.id,
            tr("Exercise"): exercise_of(line.start),
            **({} if blind else {tr("Mean score"): whole(line.mean_total)}),
            tr("Reviewed"): tr(
                "{done} of {all}", done=reviewed.get(line.id, 0), all=line.repetitions + line.attempts
            ),
            tr("Date"): when(line),
            tr("Who"): people.get(line.person_id or NOBODY, ""),
            tr("Side"): tr(SIDES[line.start.side]),
            **({} if blind else _found(line)),
        }
        for line in lines
    ]


def _found(line: SessionSummary) -> dict[str, int]:
    return {tr("Repetitions"): line.repetitions, tr("Not counted"): line.attempts}


def _heading(line: SessionSummary, people: dict[int, str], chosen: OpenedSet) -> None:
    alias = people.get(line.person_id or NOBODY, "")
    title = [alias, exercise_of(line.start), tr(SIDES[line.start.side])]
    st.header(" · ".join(part for part in title if part))
    version = tr("version {number} of the exercise", number=line.start.pattern_version)
    parts = [tr("No. {number}", number=line.id), when(line), version]
    st.caption(" · ".join(parts))
    if not chosen.has_landmarks:
        st.info(tr("No landmarks are kept of this session: scores and faults only."))


def _alike(lines: Sequence[SessionSummary], line: SessionSummary) -> list[SessionSummary]:
    """Other sessions of the same exercise by the same person, the newest first."""
    return [
        other
        for other in lines
        if other.id != line.id
        and other.person_id == line.person_id
        and other.start.pattern_id == line.start.pattern_id
    ]
