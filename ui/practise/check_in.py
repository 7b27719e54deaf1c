"""The short questions before and after practising, and what their answers mean; pain, effort, signs, reason.

Questions that were asked stay open, on whichever page the person goes to, until they are answered or skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from base.errors import DiagonalError
from base.message import Verbatim
from i18n.translation import tr
from patterns.programs.safety_rules import safety_rules
from scoring.safety.stop_rules import Advice, CheckIn, Moment, NextDay, advice_of
from sessions.history.practice_clearance import last_answers, open_questions, pain_limit, standing_now
from sessions.people.people import PersonGoneError
from sessions.store.store import Store
from ui.page.current_user import first_named
from ui.widgets.answers import answer
from ui.widgets.escapes import formatted
from ui.widgets.plain_errors import reported
from ui.widgets.text_only import st

_NEXT_DAY: Final[dict[NextDay, str]] = {
    "less": "Less than before it",
    "same": "The same",
    "more": "More than before it",
}
_NONE: Final = "none"
_SOME: Final = "some"
_TIME: Final = "%H:%M"
_OPEN: Final = "questions-open"
_LARGE: Final = """<style>
[data-testid="stDialog"] label p { font-size: 1.05rem; }
[data-testid="stDialog"] .stRadio > [data-testid="stWidgetLabel"] p { font-size: 1.1rem; font-weight: 600; }
[data-testid="stDialog"] [data-testid="stCaptionContainer"] p { font-size: 1.05rem; opacity: 1; }
[data-testid="stDialog"] [role="radiogroup"] > label { padding: 0.35rem 0.3rem 0.35rem 0; }
[data-testid="stDialog"] [data-testid="stVerticalBlock"] { gap: 0.7rem; }
</style>"""


@dataclass(frozen=True)
class _Asked:
    """Questions that are open on this page.

    person: the number of the one who is asked, None where nobody is stored yet; name: their display name. limit: pain
    above which to stop. reached, next_day: see ask_after and ask_before. corrects: they put the last answers right.
    advice: what follows from the answers, once they were given. problem: why they could not be saved.
    """

    moment: Moment
    person: int | None
    name: str
    limit: int
    reached: bool = False
    next_day: bool = False
    corrects: bool = False
    advice: Advice | None = None
    problem: str = ""
    gone: bool = False

    @property
    def title(self) -> str:
        """The title of their window."""
        if self.corrects:
            return tr("{name}: your last answers again", name=Verbatim(self.name))
        if self.moment == "before":
            return tr("{name}: before you start", name=Verbatim(self.name))
        return tr("{name}: how was it?", name=Verbatim(self.name))


def ask_before(store: Store, *, next_day: bool) -> None:
    """Ask what is asked before practising; next_day: also how the day after the last practice was."""
    _ask(store, "before", next_day=next_day)


def ask_after(store: Store, *, reached: bool, name: str = "") -> None:
    """Ask how a set was.

    reached: the set ended with its last repetition, so nobody need say why it ended. name: of the person, who may have
    been deleted since.
    """
    _ask(store, "after", name, reached=reached)


def ask_again(store: Store) -> None:
    """Ask for the last answers again, which were wrong."""
    last = last_answers(store)
    if last is not None:
        _ask(store, last.moment, next_day=last.next_day is not None, corrects=True)


def _ask(
    store: Store,
    moment: Moment,
    name: str = "",
    *,
    reached: bool = False,
    next_day: bool = False,
    corrects: bool = False,
) -> None:
    _forget_answers()
    whose = store.viewer.person_id
    if whose is None:
        first = store.people.own(make=True)
        whose = None if first is None else first.id
    st.session_state[_OPEN] = _Asked(
        moment, whose, name or name_of(store), pain_limit(store), reached, next_day, corrects
    )


def name_of(store: Store) -> str:
    """Return the display name of the person a store is about; empty where they were deleted."""
    number = store.viewer.person_id
    if number is not None and not store.people.is_kept(number):
        return ""
    return first_named(store.people.own())


def show_open(store: Store, then: Callable[[], None] = lambda: None) -> None:
    """Show the questions that are open, over the page; call it once in each run of a page on which one practises.

    Only an answer closes them. then: called once the answers before practising are saved and practising may begin.
    """
    asked: _Asked | None = st.session_state.get(_OPEN)
    if asked is not None:
        st.dialog(asked.title, width="medium", dismissible=False)(_questions)(_of(store, asked), then)


def remind(store: Store) -> None:
    """Show that the questions after the last set wait for an answer, where they do and are not in sight."""
    if _OPEN in st.session_state or not open_questions(store):
        return
    said, button = st.columns([5, 2], vertical_alignment="center")
    name = Verbatim(name_of(store))
    said.warning(tr("{name}: the questions after your last set wait for your answers.", name=name))
    button.button(
        tr("Answer them now"), key="answer-now", on_click=ask_after, args=(store,), kwargs={"reached": False}
    )


def _of(store: Store, asked: _Asked) -> Store:
    """The store as the person who is asked sees it: somebody else may have been chosen since."""
    if store.viewer.role == "patient" or asked.person is None:
        return store
    return store.seen_by(replace(store.viewer, person_id=asked.person))


def _questions(store: Store, then: Callable[[], None]) -> None:
    st.html(_LARGE)
    asked: _Asked | None = st.session_state.get(_OPEN)
    if asked is None:
        return
    if asked.advice is not None and (asked.gone or not asked.problem):
        _tell(store, asked, then)
        return
    given = _before(asked) if asked.moment == "before" else _after(asked)
    label = tr("Done, let me practise") if asked.moment == "before" else tr("Save my answers")
    pressed = st.button(label, type="primary", disabled=given is None)
    if given is None:
        st.caption(tr("Answer each question, then go on."))
    if st.button(_leaving(asked), key="skip-questions"):
        _leave(store, asked)
    if asked.problem:
        st.error(asked.problem)
        told(asked.advice or Advice(), asked.name)
    if pressed and given is not None:
        _save(store, asked, given, then)


def _before(asked: _Asked) -> CheckIn | None:
    """The answers before practising; None while one is missing."""
    followed = _next_day() if asked.next_day else None
    pain = _rating(tr("Pain now: 0 is none, 10 the worst you can think of"), "before-pain")
    effort = _rating(tr("How tired are you now: 0 not at all, 10 completely"), "before-effort")
    signs = _signs()
    if pain is None or effort is None or signs is None or (asked.next_day and followed is None):
        return None
    return CheckIn(datetime.now(UTC), "before", pain, effort, tuple(signs), followed)


def _after(asked: _Asked) -> CheckIn | None:
    """The answers after a set; None while one is missing."""
    reasons = {reason.id: reason.text for reason in safety_rules().reason}
    reason: str | None = "done"
    if not asked.reached:
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
    if reason is None or signs is None or pain is None or effort is None:
        return None
    return CheckIn(datetime.now(UTC), "after", pain, effort, tuple(signs), None, reason)


def _leaving(asked: _Asked) -> str:
    """The label of the button that leaves the questions without an answer."""
    if asked.corrects:
        return tr("Leave my answers as they are")
    return tr("Not now") if asked.moment == "before" else tr("Skip these questions")


def _leave(store: Store, asked: _Asked) -> None:
    """Close the questions. That those after a set were skipped is stored."""
    if asked.moment == "after" and not asked.corrects:
        try:
            store.skip_questions()
            answer(tr("{name} skipped the questions.", name=Verbatim(asked.name)))
        except DiagonalError as error:
            st.session_state[_OPEN] = replace(asked, problem=tr(reported(error)), gone=True, advice=Advice())
            st.rerun()
    _close()
    st.rerun()


def _close() -> None:
    st.session_state.pop(_OPEN, None)
    _forget_answers()


def _forget_answers() -> None:
    for key in list(st.session_state):
        if str(key).startswith(("before-", "after-", "signs-")):
            del st.session_state[key]


def told(advice: Advice, name: str, key: str = "stopped-now") -> None:
    """Show what follows from a person's answers: a stop with what to do, or advice. key: of the container of a stop."""
    sentences = " ".join(tr(sentence) for sentence in advice.sentences)
    if advice.until is None:
        if sentences:
            st.info(f"{name}: {sentences}", icon=":material/info:")
        return
    title = tr("Stop now") if advice.urgent else tr("Stop for now")
    again = advice.until.astimezone()
    today = again.date() == datetime.now().astimezone().date()
    until = (
        tr("You can answer the questions again today at {time}.", time=again.strftime(_TIME))
        if today
        else tr("You can answer the questions again tomorrow at {time}.", time=again.strftime(_TIME))
    )
    with st.container(key=key):
        stop = formatted("**{}: {}.** {}\n\n{}", name, title, sentences, until)
        st.error(stop, icon=":material/front_hand:")


def told_with_way_back(store: Store, advice: Advice) -> None:
    """Show what follows from the answers of a store's person; beside a stop, how to put wrong answers right."""
    told(advice, name_of(store), "stopped")
    if advice.until is not None:
        st.button(tr("I answered wrongly"), key="answered-wrongly", on_click=ask_again, args=(store,))


def _save(store: Store, asked: _Asked, check_in: CheckIn, then: Callable[[], None]) -> None:
    """Save answers. What follows from them is shown in the same place, also where they cannot be saved."""
    advice = advice_of(check_in, None, safety_rules(), asked.limit)
    try:
        store.add_check_in(check_in, corrects_last=asked.corrects)
    except DiagonalError as error:
        gone = isinstance(error, PersonGoneError)
        st.session_state[_OPEN] = replace(
            asked, advice=advice, gone=gone, problem=_unsaved(asked.name) if gone else tr(reported(error))
        )
        st.rerun()
    answer(tr("The answers of {name} are saved.", name=Verbatim(asked.name)))
    now = standing_now(store)
    if now.advice.sentences:
        st.session_state[_OPEN] = replace(asked, advice=now.advice, problem="")
        st.rerun()
    _close()
    if asked.moment == "before" and not asked.corrects:
        then()
    st.rerun()


def _unsaved(name: str) -> str:
    return tr(
        "The records of {name} were deleted in the meantime, so these answers could not be saved.",
        name=Verbatim(name),
    )


def _tell(store: Store, asked: _Asked, then: Callable[[], None]) -> None:
    if asked.problem:
        st.error(asked.problem)
    told(asked.advice or Advice(), asked.name)
    read = st.button(tr("I have read this"), type="primary", key="check-in-read")
    stopped = asked.advice is not None and asked.advice.until is not None
    if stopped and not asked.problem and st.button(tr("I answered wrongly"), key="answered-wrongly-now"):
        ask_again(store)
        st.rerun()
    if read:
        _close()
        begins = asked.moment == "before" and not asked.corrects and not asked.problem
        if begins and standing_now(store).state == "go":
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
    listed = Verbatim(" · ".join(map(tr, signs.values())))
    if st.session_state.get("signs-any") != _SOME:
        st.caption(tr("Signs to stop: {signs}", signs=listed))
    noticed = st.radio(
        tr("Do you notice any of these now?"),
        [_NONE, _SOME],
        index=None,
        format_func=lambda name: tr("None of these") if name == _NONE else tr("Yes, one or more"),
        key="signs-any",
    )
    if noticed != _SOME:
        return None if noticed is None else ()
    chosen = [name for name, text in signs.items() if st.checkbox(tr(text), key=f"signs-{name}")]
    return chosen or None
