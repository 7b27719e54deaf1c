"""Score a video: upload it, see its repetitions, curves and annotated video, take the files away."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from base.errors import DiagonalError, MissingFactError
from base.message import Verbatim
from i18n.names import words
from i18n.tables import SIDES, about_limits, fault_rows, not_measured_rows, rep_rows
from i18n.translation import spoken, tr
from patterns.templates.library import template_ids
from patterns.templates.template import Side, Template
from scoring.coach.set_summary import in_words
from sessions.intake.opening import LANDMARK_FILES, FileFacts
from sessions.people.people import PersonGoneError
from sessions.people.repository import NOBODY
from sessions.store.store import Store
from ui.charts.curves import feature_names, figure
from ui.charts.plot import plot
from ui.live.app_state import open_backend
from ui.page.current_user import records
from ui.page.streamlit_settings import MAX_UPLOAD_MB
from ui.practise.exercise_picker import choose_exercise, offer
from ui.records.file_facts import file_facts, remember, save_by_hand, show_saved_maps
from ui.records.storing import may_be_stored, recorded_day
from ui.records.uploading import cancellable, show_cancelled, show_limits
from ui.widgets.escapes import formatted
from ui.widgets.file_field import file_field
from ui.widgets.text_only import st

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from ui.records.upload_job import ScoredVideo

_KEY = "score"
_RESULT = "scored-video"
_KEPT = "kept-video"
_FILE = "scored-file"
_BROKEN_OFF = "scoring-of"
_OWNER = "scored-for"
"""Whose the result is: number and display name of the person who was shown when scoring began."""


def show() -> None:
    """The form, and the result of the last video scored in this window."""
    st.title(tr("Score a video"))
    _offer_again()
    template, side = choose_exercise(_KEY)
    st.caption(f"{tr(template.setup)} {tr('The video stays on this computer and is removed after scoring.')}")
    upload = file_field(
        tr("Video of your repetitions (at most {size} MB)", size=MAX_UPLOAD_MB),
        help=tr(
            "Or motion capture: TRC, C3D, a landmark recording (NPZ), or a session that was exported (JSON, zip, CSV)"
        ),
        max_upload_size=MAX_UPLOAD_MB,
    )
    show_limits()
    facts = _facts(upload)
    broken_off = st.session_state.pop(_BROKEN_OFF, None)
    if st.button(tr("Score this video"), type="primary", disabled=upload is None) and upload is not None:
        _score(upload, template, side, facts)
    elif broken_off is not None:
        _say_broken_off(broken_off)
    show_cancelled(_KEY)
    if records().viewer.role != "patient":
        show_saved_maps()
    result: ScoredVideo | None = st.session_state.get(_RESULT)
    if result is None:
        return
    other_file = upload is not None and st.session_state.get(_FILE) != upload.file_id
    if other_file or (result.template.id, result.side) != (template.id, side):
        del st.session_state[_RESULT]
    else:
        _result(result)


def _offer_again() -> None:
    """Choose the exercise of the shown result when the page is opened again."""
    result: ScoredVideo | None = st.session_state.get(_RESULT)
    if result is None or f"{_KEY}-pattern" in st.session_state or result.template.id not in template_ids():
        return
    offer(_KEY, result.template.id, result.side, None, None)


def _facts(upload: UploadedFile | None) -> FileFacts:
    """Return what the person added about the file, in fields shown where it lacks something."""
    if upload is None:
        return FileFacts()
    file_of, result = st.session_state.get(_FILE), st.session_state.get(_RESULT)
    imported = result.imported if result is not None and file_of == upload.file_id else None
    video = Path(upload.name).suffix.lower() not in LANDMARK_FILES
    return file_facts(upload.file_id, imported, video=video)


def _score(upload: UploadedFile, template: Template, side: Side, facts: FileFacts) -> None:
    """Score the file into the session's state; ask for what it lacks."""
    from ui.records.upload_job import plain_words, score_upload

    st.session_state.pop(_RESULT, None)
    st.session_state[_OWNER] = _shown(records(), make=True)
    st.session_state[_BROKEN_OFF] = upload.name
    with cancellable(_KEY) as progress:
        try:
            st.session_state[_RESULT] = score_upload(
                upload.getvalue(),
                upload.name,
                template,
                side,
                open_backend=open_backend,
                progress=progress,
                language=spoken(),
                facts=facts,
            )
            st.session_state[_FILE] = upload.file_id
            save_by_hand(facts)
            st.rerun()  # so that the fields above show what was read from the file
        except MissingFactError as missing:
            remember(upload.file_id, missing)
            st.session_state.pop(_BROKEN_OFF, None)
            st.rerun()
        except DiagonalError as error:
            st.error(plain_words(error, upload.name, records().viewer.role))
    st.session_state.pop(_BROKEN_OFF, None)


def _say_broken_off(name: str) -> None:
    """Report, in the run after it, that scoring a file of that name was cancelled, or ended by a change on the page."""
    if show_cancelled("score"):
        return
    st.warning(
        tr(
            "Scoring {name} ended because something on this page was changed. Nothing was saved: score it again.",
            name=Verbatim(name),
        )
    )


def _result(result: ScoredVideo) -> None:
    owner = st.session_state.get(_OWNER) or (NOBODY, "")
    parts = [tr(result.template.title), tr(SIDES[result.side].lower()), owner[1]]
    st.header(" · ".join(part for part in parts if part))
    for note in result.notes:
        st.warning(tr(note))
    summary = result.document["summary"]
    counted, attempts, mean = st.columns(3)
    counted.metric(tr("Repetitions"), summary["repetitions"])
    attempts.metric(tr("Not counted"), summary["attempts"])
    score = summary["mean_total"]
    mean.metric(tr("Mean score of 100"), "–" if score is None else f"{score:.0f}")
    if result.reps:
        st.table(rep_rows(result.reps))
    else:
        st.info(tr("No repetition was found. Are exercise and side the ones in the video?"))
    faults = fault_rows(result.reps)
    if faults:
        st.subheader(tr("What was found"))
        st.table(faults)
        st.caption(about_limits())
    for line in in_words(result.reps):
        st.markdown(tr(line))
    _curves(result)
    picture, files = st.columns([3, 1])
    with picture:
        if result.overlay_mp4 is not None:
            st.subheader(tr("Annotated video"))
            st.video(result.overlay_mp4, format="video/mp4")
        elif result.overlay_too_large:
            st.info(
                tr(
                    "The annotated video is larger than {size} MB and cannot be shown here.",
                    size=MAX_UPLOAD_MB,
                )
            )
    with files:
        _downloads(result)
        _keep(result)
    if result.not_measured:
        with st.expander(tr("What this video cannot show")):
            st.table(not_measured_rows(result.not_measured))


def _curves(result: ScoredVideo) -> None:
    by_rep = {rep.index: curves for rep, curves in zip(result.reps, result.curves, strict=True) if curves}
    if not by_rep:
        return
    st.subheader(tr("Curves"))
    first, second = st.columns([1, 2])
    with first:
        number = st.selectbox(
            tr("Repetition"),
            list(by_rep),
            format_func=lambda n: tr("No. {number}", number=n),
            key="curve-rep",
        )
    with second:
        names = feature_names(by_rep[number])
        feature = st.selectbox(tr("What to show"), names, format_func=words, key="curve-feature")
    plot(figure(next(curve for curve in by_rep[number] if curve.feature == feature)))


def _shown(store: Store, *, make: bool = False) -> tuple[int, str] | None:
    """Number and display name of the person whom the page shows; None where a therapist has chosen nobody."""
    if store.viewer.person_id is None and store.viewer.role != "home":
        return None
    person = store.people.own(make=make)
    return None if person is None else (person.id, person.alias)


def _keep(result: ScoredVideo) -> None:
    """The landmarks and scores, not the video, among the sessions of the person who was shown when scoring began."""
    store = records()
    shown = _shown(store)
    owner = st.session_state.get(_OWNER) or shown
    if owner is None:
        st.info(tr("Choose above whom it is about, then you can save it."))
        return
    number, name = owner[0], Verbatim(owner[1])
    if _KEPT in st.session_state and st.session_state[_KEPT][0] is result:
        st.success(tr("Saved for {name}, as session {number}.", name=name, number=st.session_state[_KEPT][1]))
        return
    if shown is not None and shown[0] != number:
        other = Verbatim(shown[1])
        st.warning(
            tr(
                "This was scored for {name}, who was chosen then. To save it for {other}, score it again.",
                name=name,
                other=other,
            )
        )
    day, allowed = recorded_day(result), may_be_stored(result, store)
    ready = day is not None and allowed
    if st.button(tr("Save for {name}", name=name), disabled=not ready, key="keep", width="stretch"):
        try:
            kept = result.keep(store, number, day)
        except PersonGoneError:
            st.error(
                tr(
                    "The records of {name} were deleted in the meantime, so this cannot be saved for them. "
                    "Choose somebody above and score it again.",
                    name=name,
                )
            )
            return
        st.session_state[_OWNER], st.session_state[_KEPT] = owner, (result, kept)
        st.rerun()


def _downloads(result: ScoredVideo) -> None:
    stem = Path(result.name).stem
    st.markdown(formatted("**{}**", tr("Take with you")))
    for label, data, name, kind in (
        (tr("Scores (JSON)"), result.document_json, f"{stem}.json", "application/json"),
        (tr("Landmarks (NPZ)"), result.landmarks_npz, f"{stem}.npz", "application/octet-stream"),
        (tr("Annotated video"), result.overlay_mp4, f"{stem}-scored.mp4", "video/mp4"),
    ):
        if data is not None:
            st.download_button(label, data, name, kind, width="stretch", on_click="ignore")
