"""What the page asks about an uploaded file, and what it does with the answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from base.errors import MissingFactError
from patterns.templates.library import load_template
from sessions.intake.opening import FileFacts, MarkerFacts
from sessions.intake.saved_maps import load_maps, save_map
from tests.sessions.intake.test_opening import write_c3d
from tests.sessions.intake.test_subjects import STANDS, two
from tests.support.lab_files import WHOLE, trc, written
from tests.support.live_fakes import BrightnessBackend
from tests.vision.video.test_videos_people_have import raw_stream
from ui.records.upload_job import ScoredVideo, score_upload
from vision.video.times import VideoFacts


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path / "data"))


def scored(content: bytes, facts: FileFacts) -> ScoredVideo:
    return score_upload(
        content,
        "anything",
        load_template("squat"),
        "both",
        progress=lambda what, share: None,
        open_backend=BrightnessBackend,
        facts=facts,
    )


def asking() -> None:
    import streamlit as st

    from ui.records.file_facts import file_facts, remember, save_by_hand
    from ui.widgets.answers import show_answers

    for missing in st.session_state.get("missing", ()):
        remember("file", missing)
    facts = file_facts("file", st.session_state.get("imported"), video=st.session_state.get("video", False))
    st.session_state["facts"] = facts
    if st.session_state.get("save"):
        save_by_hand(facts)
    show_answers()


def page(*missing: MissingFactError, **state: object) -> AppTest:
    shown = AppTest.from_function(asking, default_timeout=30)
    shown.session_state["missing"] = missing
    for key, value in state.items():
        shown.session_state[key] = value
    shown.run()
    assert not shown.exception
    return shown


def test_nothing_is_asked_of_a_file_that_lacks_nothing() -> None:
    shown = page()
    assert not shown.selectbox and not shown.number_input and not shown.info
    assert shown.session_state["facts"] == FileFacts()


def test_the_subject_of_a_file_with_two_is_chosen_on_the_page(tmp_path: Path) -> None:
    write_c3d(tmp_path / "two.c3d", two(STANDS, WHOLE, ("Therapist:", "Patient:")))
    content = (tmp_path / "two.c3d").read_bytes()
    with pytest.raises(MissingFactError) as asked:
        scored(content, FileFacts())
    shown = page(asked.value)
    assert shown.info[0].value == "This file holds several people. Choose whose movement is scored."
    assert shown.selectbox[0].options == ["Therapist", "Patient"]
    assert shown.session_state["facts"] == FileFacts(), "nobody is taken before a person chooses"
    shown.selectbox[0].select("Patient").run()
    got = scored(content, shown.session_state["facts"])
    assert [rep.kind for rep in got.reps] == ["repetition"] * 3
    assert got.notes == ("This is Patient; the markers of Therapist are left out.",)


def test_unit_and_rate_are_asked_for(tmp_path: Path) -> None:
    unit = MissingFactError("a.trc: ...", "unit", ("m", "cm", "mm"))
    shown = page(unit, MissingFactError("a.h264: ...", "fps"))
    assert shown.session_state["facts"] == FileFacts()
    shown.selectbox[0].select("mm").run()
    shown.number_input[0].set_value(50.0).run()
    assert shown.session_state["facts"] == FileFacts(MarkerFacts(unit="mm"), VideoFacts(fps=50.0))


def test_a_raw_stream_is_scored_at_the_rate_that_was_entered(tmp_path: Path) -> None:
    content = raw_stream(tmp_path / "raw.h264").read_bytes()
    with pytest.raises(MissingFactError) as asked:
        scored(content, FileFacts())
    assert asked.value.fact == "fps"
    got = scored(content, FileFacts(video=VideoFacts(fps=10.0)))
    assert got.document["source"]["duration_s"] == pytest.approx(1.9)


def test_slow_motion_can_be_entered_for_a_video() -> None:
    shown = page(video=True)
    shown.number_input[0].set_value(4.0).run()
    assert shown.session_state["facts"].video == VideoFacts(slow_motion=4.0)


def test_matched_markers_are_shown_and_the_rest_is_mapped_and_saved(tmp_path: Path) -> None:
    text = trc(WHOLE).replace("HJC", "_top")
    content = written(tmp_path / "a.trc", text).read_bytes()
    with pytest.raises(MissingFactError) as asked:
        scored(content, FileFacts())
    shown = page(asked.value)
    fields = {field.label: field for field in shown.selectbox}
    assert "L_top" in fields["hip, left"].options
    fields["hip, left"].select("L_top").run()
    {field.label: field for field in shown.selectbox}["hip, right"].select("R_top").run()
    facts = shown.session_state["facts"]
    assert facts.markers.by_hand == {"left_hip": "L_top", "right_hip": "R_top"}
    got = scored(content, facts)
    assert [rep.kind for rep in got.reps] == ["repetition"] * 3
    shown.session_state["save"] = True
    shown.run()
    assert "saved for the next file with these names" in shown.toast[0].value
    assert load_maps() == ({"left_hip": "L_top", "right_hip": "R_top"},)
    again = page(imported=got.imported)
    assert "hip, left: L_top" in [field.label for field in again.selectbox]
    assert not again.info
    assert again.session_state["facts"].markers.saved == load_maps()


def test_what_was_recognised_is_shown_and_one_marker_for_two_joints_reported(tmp_path: Path) -> None:
    known = {"left_shoulder": ("LSHO",), "left_wrist": ("LWRA", "LWRB")}
    names = ("LSHO", "LWRA", "LWRB", "L_top", "R_top")
    shown = page(MissingFactError("a.trc: ...", "markers", names, known))
    labels = [field.label for field in shown.selectbox]
    assert labels[-2:] == ["shoulder, left: LSHO", "wrist, left: LWRA + LWRB"]
    assert [field.value for field in shown.selectbox][-2:] == ["LSHO", "LWRA + LWRB"]
    assert not shown.error and shown.session_state["facts"] == FileFacts()
    shown.selectbox[labels.index("hip, left")].select("LSHO").run()
    assert shown.error[0].value == (
        "LSHO stands for two joints: hip, left; shoulder, left. Choose a marker of its own for each."
    )
    shown.selectbox[labels.index("hip, left")].select("L_top").run()
    assert not shown.error
    assert shown.session_state["facts"].markers.by_hand == {"left_hip": "L_top"}


def saved_maps() -> None:
    from ui.records.file_facts import show_saved_maps

    show_saved_maps()


def test_saved_maps_are_shown_and_forgotten_on_the_page() -> None:
    save_map({"left_hip": "L_top", "right_hip": "R_top"})
    save_map({"left_knee": "L_mid"})
    shown = AppTest.from_function(saved_maps, default_timeout=30).run()
    assert [text.value for text in shown.markdown] == [
        "hip, left: L_top; hip, right: R_top",
        "knee, left: L_mid",
    ]
    shown.button[0].click().run()
    assert load_maps() == ({"left_knee": "L_mid"},)
    assert len(shown.button) == 1
    shown.button[0].click().run()
    assert load_maps() == () and not shown.button
