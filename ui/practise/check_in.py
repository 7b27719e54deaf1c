"""The short questions before and after practising, and what their answers mean; pain, effort, signs, reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from i18n.translation import tr
from patterns.programs.safety_rules import safety_rules
from scoring.safety.stop_rules import Advice, CheckIn, NextDay
from sessions.history.practice_clearance import standing_now
from sessions.store.store import Store
from ui.widgets.answers import answer
from ui.widgets.escapes import formatted
from ui.widgets.text_only import st

_NEXT_DAY: Final[dict[NextDay, str]] = {
    "less": "Less than before it",
    "same": "The same",
    "more": "More than before it",
}
_NONE: Final = "none"
_SOME: Final = "some"
_TIME: Final = "%H:%M"
_TOLD: Final = "check-in-told"
_LARGE: Final = """<style>
[data-testid="stDialog"] label p { font-size: 1.05rem; }
[data-testid="stDialog"] .stRadio > [data-testid="stWidgetLabel"] p { font-size: 1.1rem; font-weight: 600; }
[data-testid="stDialog"] [data-testid="stRadioCaption"] :is(p, div) { font-size: 1.05rem; opacity: 1; }
[data-testid="stDialog"] [role="radiogroup"] > label { padding: 0.35rem 0.3rem 0.35rem 0; }
[data-testid="stDialog"] [data-testid="stVerticalBlock"] { gap: 0.7rem; }
</style>"""


def ask_before(store: Store, *, next_day: bool, then: Callable[[], None]) -> None:
    """Ask, over the page, what is asked before practising; answers are kept, what follows from them is told, then
    `then` is called, where practising may begin."""
    st.session_state.pop(_TOLD, None)
    st.dialog(tr("Before you start"), width="medium", on_dismiss="rerun")(_before)(store, next_day, then)


def ask_after(store: Store, *, reached: bool) -> None:
    """Ask, over the page, how a set was; answers are kept, what follows from them is told.

    reached: the set ended with its last repetition, so nobody need say why it ended.
    """
    st.session_state.pop(_TOLD, None)
    st.dialog(tr("How was it?"), width="medium", on_dismiss="rerun")(_after)(store, reached)


def _before(store: Store, next_day: bool, then: Callable[[], None]) -> None:
    st.html(_LARGE)
    if _TOLD in st.session_state:
        _tell(store, then)
        return
    followed = _next_day() if next_day else None
    pain = _rating(tr("Pain now: 0 is none, 10 the worst you can think of"), "before-pain")
    effort = _rating(tr("How tired are you now: 0 not at all, 10 completely"), "before-effort")
    signs = _signs()
    open_ones = [pain, effort, signs, followed if next_day else ()]
    pressed = _done(tr("Done, let me practise"), answered=None not in open_ones)
    if pressed and pain is not None and effort is not None and signs is not None:
        _keep(store, CheckIn(datetime.now(UTC), "before", pain, effort, tuple(signs), followed), then)


def _after(store: Store, reached: bool) -> None:
    st.html(_LARGE)
    if _TOLD in st.session_state:
        _tell(store, lambda: None)
        return
    reasons = {reason.id: reason.text for reason in safety_rules().reason}
    reason: str | None = "done"
    if not reached:
        reason = st.radio(
            tr("Why did you stop?"),
            list(reasons),
            index=None,
            format_func=lambda name: tr(reasons[name]),
            horizontal=True,
            key="after-reason",
        )
    signs: Sequence[str] | None = _signs() if reason == "unwell" else ()
    pain = _rating(tr("Pain now: 0 is none, 10 the worst you can think of"), "after-pain")
    effort = _rating(tr("How hard was it: 0 not at all, 10 as hard as can be"), "after-effort")
    pressed = _done(tr("Keep my answers"), answered=None not in (reason, signs, pain, effort))
    if pressed and signs is not None and pain is not None and effort is not None:
        _keep(
            store, CheckIn(datetime.now(UTC), "after", pain, effort, tuple(signs), None, reason), lambda: None
        )


def _done(label: str, *, answered: bool) -> bool:
    pressed = st.button(label, type="primary", disabled=not answered)
    if not answered:
        st.caption(tr("Answer each question, then go on."))
    return pressed


def told(advice: Advice) -> None:
    """Show what follows from answers: a stop with what to do, or advice."""
    sentences = " ".join(tr(sentence) for sentence in advice.sentences)
    if advice.until is None:
        if sentences:
            st.info(sentences, icon=":material/info:")
        return
    title = tr("Stop now") if advice.urgent else tr("Stop for now")
    again = advice.until.astimezone()
    today = again.date() == datetime.now().astimezone().date()
    until = (
        tr("You can answer the questions again today at {time}.", time=again.strftime(_TIME))
        if today
        else tr("You can answer the questions again tomorrow at {time}.", time=again.strftime(_TIME))
    )
    with st.container(key="stopped"):
        st.error(formatted("**{}.** {}\n\n{}", title, sentences, until), icon=":material/front_hand:")


def _keep(store: Store, check_in: CheckIn, then: Callable[[], None]) -> None:
    """Keep answers. What follows from them is told in the same place: the page below may be scrolled out of sight."""
    store.add_check_in(check_in)
    answer(tr("Your answers are saved."))
    for key in list(st.session_state):
        if str(key).startswith(("before-", "after-", "signs-")):
            del st.session_state[key]
    if standing_now(store).advice.sentences:
        st.session_state[_TOLD] = True
        st.rerun(scope="fragment")
    then()
    st.rerun()


def _tell(store: Store, then: Callable[[], None]) -> None:
    now = standing_now(store)
    told(now.advice)
    if st.button(tr("I have read this"), type="primary", key="check-in-read"):
        del st.session_state[_TOLD]
        if now.state == "go":
            then()
        st.rerun()


def _next_day() -> NextDay | None:
    return st.radio(
        tr("Pain the day after your last practice"),
        list(_NEXT_DAY),
        index=None,
        format_func=lambda name: tr(_NEXT_DAY[name]),
        horizontal=True,
        key="before-next-day",
    )


def _rating(question: str, key: str) -> int | None:
    return st.radio(question, range(11), index=None, horizontal=True, key=key)


def _signs() -> Sequence[str] | None:
    """Ids of signs, none where there is none, None while it is not answered."""
    signs = {sign.id: sign.text for sign in safety_rules().sign}
    listed = " · ".join(tr(text) for text in signs.values())
    noticed = st.radio(
        tr("Do you notice any of these now?"),
        [_NONE, _SOME],
        index=None,
        captions=None if st.session_state.get("signs-any") == _SOME else [listed, ""],
        format_func=lambda name: tr("None of these") if name == _NONE else tr("Yes, one or more"),
        key="signs-any",
    )
    if noticed != _SOME:
        return None if noticed is None else ()
    chosen = [name for name, text in signs.items() if st.checkbox(tr(text), key=f"signs-{name}")]
    return chosen or None
