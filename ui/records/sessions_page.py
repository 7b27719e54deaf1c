"""The sessions kept on this computer: a list, and the repetitions of one."""

from __future__ import annotations

from base.errors import DiagonalError
from i18n.tables import about_limits, exercise_of, fault_rows, rep_rows, session_rows, when
from i18n.translation import tr
from patterns.templates.template import Template
from sessions.database.file import DamagedError
from sessions.exchange.table import EXPORTERS
from sessions.history.queries import dossier_of
from sessions.rescoring.repository import RescoringsKept
from sessions.rescoring.rescore import Rescoring
from sessions.store.store import Store
from ui.page.current_user import records
from ui.review import rescoring_page
from ui.widgets.answers import show_answers
from ui.widgets.plain_errors import reported
from ui.widgets.text_only import st


def show() -> None:
    """The list of sessions and the one chosen."""
    st.title(tr("Sessions"))
    show_answers()
    store = records()
    sessions = store.sessions()
    if not sessions:
        st.info(tr("No session yet. Practise once: each finished set is listed here."))
        return
    st.table(session_rows(sessions[:50]))
    if len(sessions) > 50:
        st.caption(
            tr("The latest 50 of {count} sessions. The others can be chosen below.", count=len(sessions))
        )
    chosen = st.selectbox(
        tr("Look at one session"),
        sessions,
        format_func=lambda s: f"{tr('No. {number}', number=s.id)} · {when(s)} · {exercise_of(s.start)}",
        key="session",
    )
    reps = store.reviewed(chosen.id).reps
    if reps:
        st.table(rep_rows(reps, plain=store.viewer.role == "patient"))
    else:
        st.info(tr("Nothing was counted in this session."))
    faults = fault_rows(reps)
    if faults:
        st.subheader(tr("What was found"))
        st.table(faults)
        st.caption(about_limits())
    _take_along(store, chosen.id)
    if store.viewer.role != "patient":
        with st.expander(tr("Judge this session anew")):
            _anew(store, chosen.id)


def _anew(store: Store, session_id: int) -> None:
    kept = RescoringsKept(store)

    def rescore(template: Template) -> Rescoring:
        return kept.rescore(session_id, template)

    rescoring_page.draw(store.session(session_id), kept.of(session_id), rescore)


def _take_along(store: Store, number: int) -> None:
    """The session as a file for another program, made when asked for."""
    with st.expander(tr("Take this session with you")):
        name = st.selectbox(
            tr("For"), list(EXPORTERS), format_func=lambda one: tr(EXPORTERS[one].title), key="export-format"
        )
        if not st.button(tr("Make the file"), key="export"):
            return
        try:
            content = EXPORTERS[name].made(dossier_of(store, number))
        except DamagedError:
            raise  # reported for the page as a whole
        except DiagonalError as error:
            st.error(tr(reported(error)))
            return
        file = f"session-{number}-{name}{EXPORTERS[name].suffix}"
        st.download_button(tr("Save the file"), content, file, key="exported", on_click="ignore")
