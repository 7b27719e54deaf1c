"""The words of a report in each of the languages, for the command and for pages alike."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Final

from i18n.names import amount, course_title, words
from i18n.tables import title_of as exercise
from i18n.translation import ENGLISH, day, in_language, moment, number, tr
from sessions.reports.report import ReportKind, report
from sessions.reports.wording import Wording
from sessions.store.store import Store

TITLES: Final[dict[ReportKind, str]] = {
    "sheet": "One page in plain words, for the person",
    "chart": "Two pages for the chart, for therapists",
}
WORDING: Final = Wording(
    ENGLISH, tr, words, amount, number, day, lambda at: moment(at.astimezone()), exercise, course_title
)


def report_in(
    language: str, store: Store, kind: ReportKind, person_id: int | None = None, pattern: str | None = None
) -> bytes:
    """A report as PDF in a language; see sessions.reports.report."""
    today = dt.datetime.now().astimezone().date()
    with in_language(language):
        return report(store, kind, replace(WORDING, language=language), today, person_id, pattern)
