"""On the page of reviews: that a session was a timed test, its result, and to keep it among the person's results."""

from __future__ import annotations

from base.errors import DiagonalError
from base.message import Verbatim
from i18n.names import amount
from i18n.translation import tr
from sessions.history.timed_results import TimedResultsKept, fitting_tests, outcome_of
from sessions.store.store import Store, UnknownSessionError
from ui.review.form import gone
from ui.review.loaded_set import OpenedSet
from ui.widgets.escapes import formatted
from ui.widgets.plain_errors import reported
from ui.widgets.text_only import st


def draw(store: Store, chosen: OpenedSet) -> None:
    """The tests that the session may have been; nothing where there is none."""
    tests = {test.id: test for test in fitting_tests(chosen.dossier.session.start)}
    if not tests or not chosen.has_landmarks:
        return
    with st.expander(tr("This was a timed test")):
        name = st.selectbox(
            tr("Test"), list(tests), format_func=lambda one: tr(tests[one].title), key=f"timed-{chosen.id}"
        )
        try:
            outcome = outcome_of(chosen.dossier, tests[name])
        except DiagonalError as error:
            st.error(tr(reported(error)))
            return
        told = tr("no result") if outcome.value is None else amount(outcome.value, outcome.unit)
        st.markdown(formatted("**{}: {}**", tr(tests[name].title), told))
        for line in (*([outcome.reason] if outcome.reason else []), *outcome.notes, tests[name].differs):
            st.caption(tr(line))
        whose = Verbatim(chosen.dossier.person.alias)
        label = tr("Save this result for {name}", name=whose)
        if st.button(label, disabled=outcome.value is None, key=f"keep-timed-{chosen.id}"):
            try:
                TimedResultsKept(store).keep(chosen.id, tests[name])
            except UnknownSessionError:
                st.error(gone(whose))
                return
            st.success(tr("Saved for {name}: it is under Progress.", name=whose))
