"""A report as who asks may have it, and that they took it."""

from __future__ import annotations

from datetime import date
from typing import Literal

from sessions.people.audit import note
from sessions.reports.chart import chart
from sessions.reports.facts import facts_of
from sessions.reports.sheet import sheet
from sessions.reports.wording import Wording
from sessions.store.store import Store

ReportKind = Literal["sheet", "chart"]


def report(
    store: Store,
    kind: ReportKind,
    words: Wording,
    today: date,
    person_id: int | None = None,
    pattern: str | None = None,
) -> bytes:
    """A report as PDF about an exercise of a person, by default their latest, and the viewer's own person.

    kind: the sheet for the person, or two pages for the chart, which are for therapists. today: until when weeks are
    counted. Raises ReportError where there is nothing to report of, NotAllowedError, DefinitionError.
    """
    if kind == "chart":
        store.viewer.must_treat("a report for the chart")
    facts = facts_of(store, person_id, pattern)
    made = (chart if kind == "chart" else sheet)(facts, words, today)
    if store.viewer.role != "home":
        with store.database.writing() as session:
            about = f"{kind} {facts.latest.session.start.pattern_id}"
            note(session, store.viewer, "took a report", facts.latest.person.id, about)
    return made
