"""On the page of progress: a report as PDF, made when asked for."""

from __future__ import annotations

from base.errors import DiagonalError
from i18n.report_sentences import TITLES, report_in
from i18n.translation import LANGUAGES, spoken, tr
from sessions.database.file import DamagedError
from sessions.store.store import Store
from ui.widgets.plain_errors import reported
from ui.widgets.text_only import st


def draw(store: Store, person_id: int, pattern: str) -> None:
    """The sheet for everybody about themselves; the chart besides for therapists and at home."""
    kinds = [kind for kind in TITLES if kind == "sheet" or store.viewer.role != "patient"]
    with st.expander(tr("Report as PDF")):
        kind = st.radio(tr("Which report"), kinds, format_func=lambda one: tr(TITLES[one]), key="report-kind")
        codes = list(LANGUAGES)
        language = st.selectbox(
            tr("Language of the report"),
            codes,
            codes.index(spoken()),
            format_func=LANGUAGES.__getitem__,
            key="report-language",
        )
        if not st.button(tr("Make the report"), key="report"):
            return
        try:
            made = report_in(language, store, kind, person_id or None, pattern)
        except DamagedError:
            raise  # reported for the page as a whole
        except DiagonalError as error:
            st.error(tr(reported(error)))
            return
        st.download_button(
            tr("Save the file"),
            made,
            f"{kind}-{pattern}.pdf",
            "application/pdf",
            key="reported",
            on_click="ignore",
        )
