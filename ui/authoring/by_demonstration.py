"""An exercise from demonstrations: recordings are chosen, their repetitions looked at, and a template made of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from base.errors import DiagonalError
from i18n.tables import exercise_of, when
from i18n.translation import ntr, tr
from patterns.learning.demonstration import demonstration
from patterns.learning.learn import LEAST_REPETITIONS, learn_template
from patterns.learning.track_jumps import check_one_person
from patterns.templates.template import Side
from sessions.store.exercises import check_id
from sessions.store.store import Store
from ui.authoring import recorder as author_recorder
from ui.authoring.timeline_editor import edit_repetitions
from ui.authoring.workbench import Bench, Take, begun, id_of, moving_side
from ui.live.app_state import open_backend
from ui.page.streamlit_settings import MAX_UPLOAD_MB
from ui.records.uploading import Progress, cancellable, show_cancelled, show_limits
from ui.widgets.damage import failure_words
from ui.widgets.escapes import formatted
from ui.widgets.file_field import files_field
from ui.widgets.text_only import st

if TYPE_CHECKING:
    pass

SIDES: Final[dict[Side, str]] = {"left": "Left", "right": "Right", "both": "Both, or the whole body"}
_CAMERA: Final = "Camera"
_KEY: Final = "author-reading"
_ASKED: Final = "author-side-asked"
_LEAST_TITLE, _MOST_TITLE = 3, 60


def draw(store: Store, bench: Bench, then: Callable[[], None]) -> None:
    """The steps up to a proposed template; then: what to do with it."""
    st.subheader(tr("1. What is it called, and which side moves?"))
    name, side = st.columns([3, 2])
    bench.title = name.text_input(
        tr("Name of the exercise"), max_chars=_MOST_TITLE, key=begun("author-title", bench.title)
    ).strip()
    with side:
        _side(bench)
    st.subheader(tr("2. Show three to five good repetitions"))
    st.caption(
        tr(
            "Begin in the start posture, do the whole movement there and back, rest shortly between two. "
            "The whole of what moves is in the picture."
        )
    )
    _sources(store, bench)
    if bench.takes:
        st.subheader(tr("3. Are these the repetitions?"))
        for take in list(bench.takes):
            _take(bench, take)
        _make(bench, then)


def _side(bench: Bench) -> None:
    if st.session_state.pop(_ASKED, False) or "author-side" not in st.session_state:
        st.session_state["author-side"] = bench.side
    bench.side = st.radio(
        tr("Which side moves (the person's own)"),
        list(SIDES),
        format_func=lambda side: tr(SIDES[side]),
        horizontal=True,
        key="author-side",
    )


def _sources(store: Store, bench: Bench) -> None:
    camera, files, kept = st.tabs([tr(_CAMERA), tr("Files"), tr("Stored sessions")])
    with camera:
        video = author_recorder.record("author-camera")
        if video is not None:
            number = sum(take.name.startswith(tr(_CAMERA)) for take in bench.takes) + 1
            with cancellable(_KEY) as progress:
                _read(store, bench, video, f"{tr(_CAMERA)} {number}", progress)
    with files:
        uploads = files_field(
            tr("Videos or recordings of landmarks (at most {size} MB each)", size=MAX_UPLOAD_MB),
            max_upload_size=MAX_UPLOAD_MB,
            key="author-files",
        )
        show_limits()
        if st.button(tr("Read them"), disabled=not uploads, key="author-read"):
            with cancellable(_KEY) as progress:
                for upload in uploads:
                    _read(store, bench, upload.getvalue(), upload.name, progress)
    with kept:
        _stored(store, bench)
    show_cancelled(_KEY)


def _stored(store: Store, bench: Bench) -> None:
    sessions = [one for one in store.all_sessions() if one.repetitions]
    if not sessions:
        st.info(tr("No session with repetitions is kept yet."))
        return
    people = {person.id: person.alias for person in store.people.all()}
    by_id = {one.id: one for one in sessions}

    def named(number: int) -> str:
        one = by_id[number]
        return f"{people.get(one.person_id or 0, '')} · {exercise_of(one.start)} · {when(one)}"

    chosen = by_id[st.selectbox(tr("Session"), list(by_id), format_func=named, key="author-session")]
    if st.button(tr("Take this session"), key="author-take-session"):
        from vision.pose import PoseSequence

        frames = list(store.frames(chosen.id))
        if len(frames) < 2:
            st.error(tr("No landmarks are kept of this session: scores and faults only."))
            return
        name = tr("Session {number}", number=chosen.id)
        _add(bench, Take(f"session-{chosen.id}", name, PoseSequence.from_frames(frames), chosen.person_id))


def _read(store: Store, bench: Bench, content: bytes, name: str, progress: Progress) -> None:
    """Find the person in a video and put it on the bench."""
    from ui.records.upload_job import plain_words, poses_of_upload

    try:
        poses = poses_of_upload(content, name, progress=progress, open_backend=open_backend)
        check_one_person(poses, name)
        _add(bench, Take(hashlib.sha256(content).hexdigest()[:16], name, poses))
    except DiagonalError as error:
        st.error(plain_words(error, name, store.viewer.role))


def _add(bench: Bench, take: Take) -> None:
    """Put a recording on the bench, once; the first one tells which side moves."""
    if any(one.about == take.about for one in bench.takes):
        st.info(tr("{name} is here already.", name=take.name))
        return
    if not bench.takes:
        bench.side = moving_side(take.poses)
        st.session_state[_ASKED] = True
    bench.takes.append(take)
    st.rerun()


def _take(bench: Bench, take: Take) -> None:
    """One recording with its repetitions on a time line."""
    try:
        seen = take.seen(bench.side)
    except DiagonalError as error:
        st.error(f"{take.name}: {tr(failure_words(error))}")
        _put_away(bench, take)
        return
    t_s, progress = take.curve(bench.side)
    title, turn, away = st.columns([4, 2, 1], vertical_alignment="bottom")
    with title:
        st.markdown(formatted("**{}**", take.name))
        for note in take.poses.notes:
            st.warning(tr(note))
    with turn:
        st.button(
            tr("Swap start and far end"),
            on_click=take.turn_round,
            help=tr(
                "Where the recording rests at the far end: an exercise that begins with the arm up, for instance."
            ),
            key=f"author-turn-{take.about}",
            width="stretch",
        )
    with away:
        _put_away(bench, take)
    if len(t_s) < 2:
        st.warning(tr("Nobody was seen for long enough in this recording."))
        return
    if not seen.reps:
        st.warning(tr("No repetition was found here. Does the other side move?"))
    key = f"author-line-{take.about}-{bench.side}-{take.turned}"
    take.marked[bench.side] = edit_repetitions(key, key, t_s, progress, take.marked[bench.side])


def _put_away(bench: Bench, take: Take) -> None:
    if st.button(tr("Leave out"), key=f"author-away-{take.about}", width="stretch"):
        bench.takes.remove(take)
        st.rerun()


def _make(bench: Bench, then: Callable[[], None]) -> None:
    lessons = [take.lesson(bench.side) for take in bench.takes]
    used = sum(len(lesson.reps) for lesson in lessons)
    st.markdown(ntr("{count} repetition is used.", "{count} repetitions are used.", used))
    if used < LEAST_REPETITIONS:
        st.info(tr("At least {count} are needed.", count=LEAST_REPETITIONS))
    named = len(bench.title) >= _LEAST_TITLE and bool(id_of(bench.title))
    if not named:
        st.info(tr("Give the exercise a name above."))
    ready = used >= LEAST_REPETITIONS and named
    if st.button(tr("Make the exercise"), type="primary", disabled=not ready, key="author-make"):
        lessons = [lesson for lesson in lessons if lesson.reps]
        try:
            check_id(id_of(bench.title))
            shown = [demonstration(one.poses, bench.side, one.reps) for one in lessons]
            template = learn_template(shown, id_of(bench.title), bench.title, bench.side)
        except DiagonalError as error:
            st.error(tr(failure_words(error)))
            return
        bench.propose(template, lessons)
        then()
