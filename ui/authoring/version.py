"""One version of an exercise of an author: its trials, what was decided, its file, and how it differs from others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from base.errors import DiagonalError
from i18n.names import words
from i18n.tables import title_of
from i18n.translation import moment, ntr, tr
from patterns.templates.template import Side, Template
from patterns.templates.template_file import write_template
from scoring.trials.synthetic import performed
from scoring.trials.validation import Finding, Proof, Shown, prove, shown
from sessions.store.exercises import LONGEST_NOTE, Lesson, OwnExercise, State
from sessions.store.store import Store
from sessions.store.trials import trials_of
from ui.authoring import add_to_program as author_program
from ui.authoring.version_diff import differences_from
from ui.live.app_state import workplace
from ui.widgets.answers import answer
from ui.widgets.damage import failure_words
from ui.widgets.escapes import formatted
from ui.widgets.text_only import st

STATES: Final[dict[State, str]] = {"draft": "Draft", "approved": "Approved", "withdrawn": "Withdrawn"}
SHOWN: Final = "author-shown"
"""Where a page's session has the version to be shown next, in its words of then."""
TRIALS: Final = {
    "own": "Its own repetitions",
    "mirror": "In a mirror",
    "still": "Standing still",
    "walk": "Walking up",
    "fault": "Fault put in",
    "other": "Another exercise",
}


def draw(store: Store, one: OwnExercise, versions: Sequence[OwnExercise]) -> None:
    """Everything about a version; versions: all of the same exercise."""
    st.caption(
        tr(
            "Version {version}, made by {who} on {when}",
            version=one.template.version,
            who=one.made_by,
            when=moment(one.made_at),
        )
    )
    for decision in one.decisions:
        note = f": {decision.note}" if decision.note else ""
        st.markdown(f"{tr(STATES[decision.state])} · {decision.by} · {moment(decision.at)}{note}")
    trials, decide, use, compare = st.tabs(
        [tr("Trials"), tr("Approve or withdraw"), tr("Use it"), tr("What changed")]
    )
    with trials:
        _trials(store, one)
    with decide:
        _decide(store, one)
    with use:
        _file(one.template)
        author_program.draw(store, one)
    with compare:
        differences_from(one, versions)


def _trials(store: Store, one: OwnExercise) -> None:
    st.write(
        tr(
            "Before it is used the exercise is tried: on the repetitions that it was made from, on faults put into "
            "them, on somebody who stands or walks up, in a mirror, and on all other exercises."
        )
    )
    if st.button(tr("Try it"), type="secondary" if one.trials else "primary", key=f"try-{one.id}"):
        bar = st.progress(0.0, text=tr("Trying"))

        def told(done: int, of: int) -> None:
            bar.progress(done / of, text=tr("Trial {done} of {of}", done=done, of=of))

        try:
            lessons = lessons_for(one.template, store.exercises.lessons(one.id))
            made_from = [Shown(lesson.poses, lesson.reps) for lesson in lessons]
            proof = prove(one.template, lessons[0].side, made_from, told, _alike(one))
            store.exercises.tried(one.id, proof)
            answer(tr("The checks are done."))
        except DiagonalError as error:
            st.error(tr(failure_words(error)))
            return
        st.rerun()
    if one.trials is not None:
        _found(store, one, trials_of(one.trials))


def lessons_for(template: Template, lessons: Sequence[Lesson]) -> tuple[Lesson, ...]:
    """What a template was made from; where nothing of it is kept, its own figure doing it."""
    if lessons:
        return tuple(lessons)
    side: Side = "both" if template.side == "both" else "right"
    made = shown(performed(template, side), side)
    return (Lesson(tr("Figure"), side, made.poses, made.reps),)


def _alike(one: OwnExercise) -> tuple[str, ...]:
    return () if one.trials is None else trials_of(one.trials).alike


def _found(store: Store, one: OwnExercise, proof: Proof) -> None:
    failed = [finding for finding in proof.failed if finding.trial != "other"]
    confused = [finding for finding in proof.failed if finding.trial == "other"]
    if failed:
        said = ntr(
            "{count} trial failed. It says what to change.",
            "{count} trials failed. They say what to change.",
            len(failed),
        )
        st.error(said, icon=":material/close:")
        st.table([_row(finding) for finding in failed])
    if confused:
        said = ntr(
            "It counts {count} other exercise. Say below whether it is of the same kind.",
            "It counts {count} other exercises. Say below which are of the same kind.",
            len(confused),
        )
        st.warning(said, icon=":material/alt_route:")
    if proof.stands:
        st.success(tr("It stands every trial."), icon=":material/check:")
    _kind(store, one, proof)
    with st.expander(tr("All trials")):
        st.table([_row(finding, proof.alike) for finding in proof.findings if finding.trial != "other"])
        others = [finding for finding in proof.findings if finding.trial == "other"]
        st.markdown(formatted("**{}**", tr("Which other exercises it would count")))
        st.table([_row(finding, proof.alike) for finding in sorted(others, key=lambda one: one.ok)])


def _kind(store: Store, one: OwnExercise, proof: Proof) -> None:
    """Other exercises that it counts: those of its kind are said to be so."""
    counted = [finding.about for finding in proof.findings if finding.trial == "other" and not finding.ok]
    if not counted:
        return
    key = f"alike-{one.id}"
    said = st.session_state.get(key, proof.alike)
    st.session_state[key] = [name for name in counted if name in said]
    chosen = st.multiselect(
        tr("Of these exercises it is one of the kind, so it may count them"),
        counted,
        format_func=title_of,
        help=tr(
            "Whoever does one of these while yours is chosen is counted. Where that would be wrong, change the start "
            "posture or the range instead."
        ),
        key=key,
    )
    st.button(
        tr("All of them are of its kind"), on_click=_say_all, args=(key, counted), key=f"alike-all-{one.id}"
    )
    before = {name for name in proof.alike if name in counted}
    if set(chosen) != before:
        others = [name for name in proof.alike if name not in counted]
        store.exercises.tried(one.id, replace(proof, alike=(*others, *chosen)))
        answer(tr("Saved."))
        st.rerun()


def _say_all(key: str, counted: list[str]) -> None:
    st.session_state[key] = counted


def _row(finding: Finding, alike: Sequence[str] = ()) -> dict[str, str]:
    about = (
        title_of(finding.about) if finding.trial == "other" else words(finding.about) if finding.about else ""
    )
    result = "✓" if finding.ok else tr("of its kind") if finding.about in alike else f"✗ {tr('failed')}"
    return {
        tr("Trial"): tr(TRIALS[finding.trial]) + (f": {about}" if about else ""),
        tr("Result"): result,
        tr("Found"): tr(finding.found, **finding.values),
        tr("What to change"): _advice(finding) if result.startswith("✗") else "",
    }


def _advice(finding: Finding) -> str:
    values = {name: words(value) if name == "worst" else value for name, value in finding.values.items()}
    return tr(finding.advice, **values)


def _decide(store: Store, one: OwnExercise) -> None:
    proof = None if one.trials is None else trials_of(one.trials)
    if proof is None:
        st.info(tr("Try it first."))
    elif not proof.stands:
        st.info(tr("It did not stand its trials: change it, or show the movement anew."))
    why = st.text_input(tr("Why (may stay empty)"), max_chars=LONGEST_NOTE, key=f"why-{one.id}").strip()
    left, right = st.columns(2)
    ready = proof is not None and proof.stands and one.state != "approved"
    try:
        if left.button(
            tr("Approve: everybody may use it"),
            type="primary",
            disabled=not ready,
            key=f"approve-{one.id}",
            width="stretch",
        ):
            store.exercises.approve(one.id, why)
            decided(one.id, tr("Approved: everybody may use it now."))
        if right.button(
            tr("Withdraw: nobody is offered it any more"),
            disabled=one.state != "approved",
            key=f"withdraw-{one.id}",
            width="stretch",
        ):
            store.exercises.withdraw(one.id, why)
            decided(one.id, tr("Withdrawn: it is no longer offered."))
    except DiagonalError as error:
        st.error(tr(failure_words(error)))
    st.caption(
        tr(
            "Approving takes the place of the version that was in use. What was practised with any version keeps it. "
            "Programs with an exercise that was withdrawn must be given anew."
        )
    )


def decided(version_id: int, sentence: str) -> None:
    """Let this process's library see at once what was decided, answer, and show that version again."""
    workplace().decided()
    st.session_state[SHOWN] = version_id
    answer(sentence)
    st.rerun()


def _file(template: Template) -> None:
    st.write(tr("As a file: it can be read, changed and brought to another Diagonal."))
    text = write_template(template)
    st.download_button(
        tr("Save the file"),
        text,
        f"{template.id}-{template.version}.toml",
        "application/toml",
        on_click="ignore",
    )
    with st.expander(tr("Read it")):
        st.code(text, language="toml")
