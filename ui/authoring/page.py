"""The exercises that authors made, and the bench on which a new one is made: shown, by hand or from a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal

from base.errors import DiagonalError
from i18n.translation import moment, tr
from patterns.templates.template_file import parse_template
from patterns.templates.toml_file import LARGEST_BYTES
from sessions.store.exercises import Lesson, Origin, OwnExercise, check_id, in_use
from sessions.store.store import Store
from ui.authoring import adjust as author_adjust
from ui.authoring import by_demonstration as author_show
from ui.authoring import by_hand as author_hand
from ui.authoring import cue_preview as author_preview
from ui.authoring import sentences as author_words
from ui.authoring import version as author_version
from ui.authoring.workbench import Bench, bench, clear_bench
from ui.page.current_user import records
from ui.widgets.answers import answer, show_answers
from ui.widgets.damage import failure_words
from ui.widgets.file_field import file_field
from ui.widgets.text_only import st

Place = Literal["shelf", "show", "hand", "adjust"]
_AT: Final = "author-at"
_SECTIONS: Final[dict[str, str]] = {
    "proposal": "Found",
    "way": "Way and range",
    "limits": "Limits",
    "tempo": "Tempo",
    "words": "Sentences",
    "cues": "Cues",
    "languages": "Languages",
}


def show() -> None:
    """Where this page is: at the exercises that are kept, or at one that is made."""
    store = records()
    st.title(tr("Exercises"))
    show_answers()
    place: Place = st.session_state.setdefault(_AT, "shelf")
    if place == "shelf":
        _shelf(store)
        return
    if st.button(tr("Back to the exercises"), icon=":material/arrow_back:", key="author-back"):
        _go("shelf")
    if place == "show":
        author_show.draw(store, bench(), lambda: _go("adjust"))
    elif place == "hand":
        author_hand.draw(bench(), lambda: _go("adjust"))
    else:
        _adjust(store, bench())


def _go(place: Place) -> None:
    st.session_state[_AT] = place
    st.rerun()


def _shelf(store: Store) -> None:
    _new(store)
    versions = store.exercises.all()
    if not versions:
        st.info(tr("No exercise of your own is kept yet."))
        return
    used = in_use(versions)
    st.subheader(tr("Your exercises"))
    st.table([_line(one, used.get(one.template.id)) for one in versions])
    wanted = st.session_state.pop(author_version.SHOWN, None)
    if wanted is not None:
        st.session_state["author-version"] = wanted
    by_id = {one.id: one for one in sorted(versions, key=lambda one: one.made_at, reverse=True)}
    chosen = by_id[
        st.selectbox(
            tr("Look at one"), list(by_id), format_func=lambda one: _named(by_id[one]), key="author-version"
        )
    ]
    st.header(_named(chosen))
    same = [one for one in versions if one.template.id == chosen.template.id]
    if st.button(tr("Change it: makes a new version"), icon=":material/edit:", key="author-change"):
        made = Bench("changed", chosen.template.title, based_on=chosen)
        made.propose(
            chosen.template, author_version.lessons_for(chosen.template, store.exercises.lessons(chosen.id))
        )
        clear_bench(made)
        _go("adjust")
    author_version.draw(store, chosen, same)


def _named(one: OwnExercise) -> str:
    state = tr(author_version.STATES[one.state])
    return f"{tr(one.template.title)} · {tr('Version {version}', version=one.template.version)} · {state}"


def _line(one: OwnExercise, used: OwnExercise | None) -> dict[str, str]:
    replaced = one.state == "approved" and used is not None and used.id != one.id
    return {
        tr("Exercise"): tr(one.template.title),
        tr("Id"): one.template.id,
        tr("Version"): str(one.template.version),
        tr("State"): tr("Replaced by another version") if replaced else tr(author_version.STATES[one.state]),
        tr("Made by"): one.made_by,
        tr("Made"): moment(one.made_at),
    }


def _new(store: Store) -> None:
    st.write(tr("Make an exercise of your own: no programming, and the result is a file that can be read."))
    first, second, third = st.columns(3)
    ways: tuple[tuple[Place, Origin, str, str], ...] = (
        ("show", "shown", "From a few good repetitions", ":material/videocam:"),
        ("hand", "hand", "By hand", ":material/accessibility_new:"),
    )
    for column, (place, origin, label, icon) in zip((first, second), ways, strict=False):
        if column.button(tr(label), icon=icon, width="stretch", key=f"author-new-{place}"):
            clear_bench(Bench(origin))
            _go(place)
    with third.popover(tr("From a file"), icon=":material/file_open:", width="stretch"):
        _from_file(store)


def _from_file(store: Store) -> None:
    """Keep a template file as a draft. What is wrong with it is told in one line, and nothing is kept."""
    upload = file_field(tr("A template file (.toml)"), key="author-file", max_upload_size=1)
    if st.button(tr("Read it in"), disabled=upload is None, key="author-read-file") and upload is not None:
        try:
            template = parse_template(upload.getvalue()[: LARGEST_BYTES + 1], upload.name)
            check_id(template.id)
            kept = store.exercises.add(template, "file")
        except DiagonalError as error:
            st.error(tr(failure_words(error)))
            return
        st.session_state[author_version.SHOWN] = kept.id
        answer(tr("The draft is saved."))
        st.rerun()


def _adjust(store: Store, made: Bench) -> None:
    """What was proposed, to be looked at, changed and kept."""
    template = made.template
    st.header(tr(template.title))
    left, right = st.columns([6, 5], gap="medium")
    with left:
        section = st.segmented_control(
            tr("What to change"),
            list(_SECTIONS),
            default="proposal",
            required=True,
            format_func=lambda one: tr(_SECTIONS[one]),
            label_visibility="collapsed",
            key="author-section",
        )
        _section(made, section or "proposal")
    with right:
        try:
            author_adjust.demonstrations(made.template, made.lessons)
        except DiagonalError as error:
            st.error(tr(failure_words(error)))
    _keep(store, made)


def _section(made: Bench, section: str) -> None:
    sections: dict[str, Callable[[], None]] = {
        "proposal": lambda: author_adjust.proposal(made.template),
        "way": lambda: author_adjust.way(made, made.template),
        "limits": lambda: author_adjust.limits(made),
        "tempo": lambda: author_adjust.tempo(made),
        "words": lambda: author_words.sentences(made),
        "cues": lambda: _cues(made),
        "languages": lambda: author_words.translations(made),
    }
    sections[section]()


def _cues(made: Bench) -> None:
    author_words.cues(made)
    author_preview.draw(made.template, made.lessons)


def _keep(store: Store, made: Bench) -> None:
    st.divider()
    st.caption(
        tr(
            "A draft is offered to nobody. Once it is kept it can be tried, and approved when it stands its trials."
        )
    )
    if st.button(tr("Keep as a draft"), type="primary", key="author-keep"):
        try:
            kept = store.exercises.add(made.template, made.origin, _new_lessons(made), made.based_on)
        except DiagonalError as error:
            st.error(tr(failure_words(error)))
            return
        st.session_state[author_version.SHOWN] = kept.id
        answer(tr("The draft is saved."))
        clear_bench()
        _go("shelf")


def _new_lessons(made: Bench) -> Sequence[Lesson]:
    """The demonstrations to be kept; those of an earlier version are kept already."""
    return () if made.based_on is not None else made.lessons
