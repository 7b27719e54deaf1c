"""The Python side of the pages: what they list and say, without a browser."""

from __future__ import annotations

import ast
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import app
from base.errors import RequestError
from i18n import names, tables
from patterns.templates.library import load_template, template_ids
from patterns.templates.template import Side
from scoring.records.records import Cue, Fault, MetricValue, RepScore
from scoring.results.curves import Curve
from scoring.results.session_json import SessionDocument
from sessions.store.records import SessionStart
from sessions.store.store import Store
from tests.sessions.intake.test_opening import PLUG_IN, lab, write_c3d, z_up
from tests.support.clips import damaged_clip
from tests.support.live_fakes import BrightnessBackend
from ui import server
from ui import startup as first_start
from ui.charts import curves as charts
from ui.live.app_state import open_backend, workplace
from ui.live.messages import bone_roles
from ui.page import streamlit_settings as settings
from ui.page.language_picker import LABEL
from ui.practise import live_component
from ui.records.upload_job import plain_words, score_upload
from vision.pose import INDEX
from vision.video.sources import open_video

CUE = Cue("trunk_lean", "Keep your trunk still.", "trunk_lean", 14.0, 6.0, "deg")
LEAN = Fault("trunk_lean", "trunk_lean", 14.2, 6.0, "deg", (0.25, 0.5), 0.4)
MEASURED = MetricValue("trunk_lean", 14.2, "deg", 2.0, 40.0, 0.98)
REPS = (
    RepScore(
        1, "repetition", None, "right", 2.0, 3.5, 5.25, 81.6, 90.0, 73.2, 0.98, (MEASURED,), (LEAN,), CUE
    ),
    RepScore(2, "attempt", "turned back too early", "right", 65.0, 66.0, 67.0, None, None, None, 0.9),
    RepScore(3, "repetition", None, "right", 70.0, 71.0, 72.0, None, None, None, 0.41),
)


# Of the rendered person in the demo clip: the frames between which the hand rests at the top, from the renderer's
# truth, 30 a second, moved by the 75 pictures put in; the middle of each rest.
PEAKS_S = [
    ((103 + 119) / 2 + 75) / 30,
    ((252 + 272) / 2 + 75) / 30,
    ((418 + 435) / 2 + 75) / 30,
    ((570 + 588) / 2 + 75) / 30,
]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path))
    workplace.cache_clear()
    yield workplace().store
    workplace().store.close()
    workplace.cache_clear()


def practise() -> None:
    from ui.practise import page as practise_page

    practise_page.show()


def sessions() -> None:
    from ui.records import sessions_page

    sessions_page.show()


def whole_app() -> AppTest:
    return AppTest.from_file(str(server.PAGES), default_timeout=30)


def filled(store: Store) -> int:
    template = load_template("ue-d2-flexion")
    start = SessionStart(
        template.id,
        template.version,
        template.sha256,
        "right",
        "front",
        "live",
        "onnx",
        "full",
        "0" * 64,
        2.0,
    )
    number = store.begin(start)
    for rep in REPS:
        store.add_rep(number, rep, None)
    store.finish(number)
    return number


def test_the_first_page_is_practise_and_says_what_this_is(store: Store) -> None:
    page = whole_app().run()
    assert not page.exception
    choices = {box.label: box.value for box in page.selectbox}
    assert {"Kind of exercise", "Exercise", "Pace", LABEL} <= choices.keys()
    assert choices["Exercise"] == "ue-d2-flexion"
    assert "not a medical device" in page.caption[-1].value
    assert page.radio(key="practise-side").options == ["Left", "Right"]


def test_the_side_is_asked_only_where_there_is_a_choice(store: Store) -> None:
    page = AppTest.from_function(practise, default_timeout=30).run()
    page.selectbox(key="practise-family").select("legs").run()
    page.selectbox(key="practise-pattern").select("squat").run()
    assert not page.exception
    assert "practise-side" not in {radio.key for radio in page.radio}
    assert "Side: Both" in [text.value for text in page.markdown]


def test_without_sessions_the_page_says_how_to_get_one(store: Store) -> None:
    page = AppTest.from_function(sessions, default_timeout=30).run()
    assert not page.exception
    assert "Practise once" in page.info[0].value


def test_a_session_is_listed_with_its_repetitions_and_reasons(store: Store) -> None:
    filled(store)
    page = AppTest.from_function(sessions, default_timeout=30).run()
    assert not page.exception
    listed, reps, faults = (table.value for table in page.table)
    assert listed["Exercise"].tolist() == ["PNF arm diagonal 2, flexion, elbow straight"]
    assert listed[["Repetitions", "Not counted", "Mean score"]].to_numpy().tolist() == [["2", "1", "82"]]
    assert reps["What"].tolist() == ["Repetition", "Not counted", "Repetition"]
    assert reps["Why no score"].tolist() == ["", "turned back too early", "Too little was seen"]
    assert reps["Score"].tolist() == ["82", "–", "–"]
    assert reps["From"].tolist() == ["0:02.0", "1:05.0", "1:10.0"]
    assert faults["Found"].tolist() == ["trunk lean"]
    assert faults[["Measured", "Limit"]].to_numpy().tolist() == [["14° ± 2°", "6°"]]
    assert faults["Where"].tolist() == ["25 to 50 % of the way"]


def test_an_exercise_that_is_gone_from_the_library_keeps_its_id() -> None:
    assert tables.title_of("no-such-pattern") == "no-such-pattern"


@pytest.mark.parametrize("template_id", template_ids())
def test_the_page_is_told_all_about_every_exercise(template_id: str) -> None:
    template = load_template(template_id)
    for side in template.sides:
        about = live_component.about(template, side)
        assert all(about.values()), about
        roles = {role for _, _, role in bone_roles(template, side)}
        assert "trunk" in roles
        assert "working" in roles


def test_the_limb_that_works_is_the_persons_own() -> None:
    template = load_template("ue-d2-flexion")
    sides: tuple[tuple[Side, Side], ...] = (("left", "right"), ("right", "left"))
    for side, other in sides:
        roles = {(a, b): role for a, b, role in bone_roles(template, side)}
        assert roles[INDEX[f"{side}_elbow"], INDEX[f"{side}_wrist"]] == "working"
        assert roles[INDEX[f"{other}_elbow"], INDEX[f"{other}_wrist"]] == "resting"
        assert roles[INDEX[f"{side}_hip"], INDEX[f"{side}_knee"]] == "resting"


def test_the_band_of_a_curve_is_target_plus_and_minus_tolerance() -> None:
    t_s, target = np.array([5.0, 5.5, 6.0]), np.array([10.0, 20.0, 30.0])
    value, tolerance = np.array([11.0, np.nan, 29.0]), np.array([2.0, 2.0, 4.0])
    curve = Curve("knee_flexion_left", "deg", t_s, np.zeros(3), value, target, tolerance, 3.0)
    traces = charts.figure(curve).data
    drawn = {trace.name: trace for trace in traces}
    assert list(traces[0].y) == [8.0, 18.0, 26.0]
    assert list(drawn["asked for"].y) == [12.0, 22.0, 34.0]
    assert list(drawn["measured"].x) == [0.0, 0.5, 1.0]
    assert np.isnan(drawn["measured"].y[1])


def test_names_of_curves_are_words() -> None:
    assert names.words("hand_y_left") == "hand height, left"
    assert names.words("shoulder_elevation_right") == "shoulder elevation, right"
    assert names.words("trunk_lean") == "trunk lean"


@pytest.mark.slow
@pytest.mark.weights
def test_an_uploaded_video_is_scored_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    clip = (Path(server.FOLDER) / "demo" / "arm-diagonal.mp4").read_bytes()
    told: list[tuple[str, float]] = []
    template = load_template("ue-d2-flexion")
    got = score_upload(
        clip,
        "my arm.mp4",
        template,
        "right",
        progress=lambda what, share: told.append((what, share)),
        open_backend=open_backend,
    )
    assert list(tmp_path.iterdir()) == []
    assert [rep.kind for rep in got.reps] == ["repetition"] * 4
    assert all(rep.total is not None and rep.total > 85 for rep in got.reps)
    assert [rep.peak_s for rep in got.reps] == pytest.approx(PEAKS_S, abs=0.5)
    assert SessionDocument.model_validate(json.loads(got.document_json)).source.path == "my arm.mp4"
    assert all(curves for curves in got.curves)
    assert min(share for _, share in told) == 0.0
    assert max(share for _, share in told) == 1.0
    with np.load(io.BytesIO(got.landmarks_npz)) as landmarks:
        assert landmarks["t_s"].shape == (779,)  # 704 rendered pictures and 75 of holding the start
    overlay = tmp_path / "overlay.mp4"
    assert got.overlay_mp4 is not None
    overlay.write_bytes(got.overlay_mp4)
    assert open_video(overlay).duration_s == pytest.approx(779 / 30, abs=0.1)


def test_motion_capture_is_scored_as_its_content_says_whatever_its_name(tmp_path: Path, store: Store) -> None:
    write_c3d(tmp_path / "lab.c3d", lab(PLUG_IN, z_up(30.0), rate_hz=50.0))
    got = score_upload(
        (tmp_path / "lab.c3d").read_bytes(),
        "trial 3.mp4",
        load_template("squat"),
        "both",
        progress=lambda what, share: None,
        open_backend=BrightnessBackend,
    )
    assert [rep.kind for rep in got.reps] == ["repetition"] * 3
    assert got.overlay_mp4 is None
    page = AppTest.from_function(uploaded, default_timeout=30)
    page.session_state["scored-video"] = got
    page.run()
    assert not page.exception
    assert not any(title.value == "Annotated video" for title in page.subheader)
    files = [button.proto.label for button in page.get("download_button")]
    assert files == ["Scores (JSON)", "Landmarks (NPZ)"]


def uploaded() -> None:
    from ui.records import score_page

    score_page.show()


def test_pictures_that_were_lost_are_told_on_the_page(tmp_path: Path, store: Store) -> None:
    got = score_upload(
        damaged_clip(tmp_path / "few.mp4", 60, [20, 40]).read_bytes(),
        "few.mp4",
        load_template("squat"),
        "both",
        progress=lambda what, share: None,
        open_backend=BrightnessBackend,
    )
    page = AppTest.from_function(uploaded, default_timeout=30)
    page.session_state["scored-video"] = got
    page.run()
    assert not page.exception
    told = "2 of 60 pictures are damaged or have no time of their own; they were left out."
    assert [box.value for box in page.warning] == [told, "I lost sight of you"], "the landmarks are one heap"


def test_a_file_that_is_no_video_is_named_as_the_person_knows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(RequestError) as refused:
        score_upload(
            b"Dear diary",
            "../../holiday.mp4",
            load_template("squat"),
            "both",
            progress=lambda what, share: None,
            open_backend=BrightnessBackend,
        )
    said = plain_words(refused.value, "holiday.mp4")
    assert said.startswith("holiday.mp4:")
    assert str(tmp_path) not in said
    assert list(tmp_path.iterdir()) == []


def test_the_server_is_set_for_this_computer_alone() -> None:
    from streamlit import config

    assert settings.SETTINGS["server.address"] == "127.0.0.1"
    assert settings.SETTINGS["browser.gatherUsageStats"] is False
    assert settings.SETTINGS["server.allowedHosts"] == ["127.0.0.1", "localhost"]
    for option in settings.SETTINGS:
        config.get_option(option)  # raises for a name that Streamlit does not know


def test_a_taken_port_is_passed_over() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert first_start.free_port(port) > port


@pytest.mark.parametrize("port", ["-5", "0"])
def test_a_port_that_does_not_exist_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], port: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["app.py", "--port", port, "--no-browser"])
    assert app.main() == 2
    assert capsys.readouterr() == ("", f"--port {port}: expected 1 to 65535\n")


def test_a_started_program_refuses_a_port_in_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "app.py", "--port", "65536", "--no-browser"]
    environment = os.environ | {"DIAGONAL_CACHE_DIR": str(tmp_path), "DIAGONAL_DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        command,
        cwd=Path(__file__).parents[2],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "--port 65536: expected 1 to 65535\n"


def test_no_page_or_script_names_another_host() -> None:
    for path in Path(settings.__file__).parent.rglob("*"):
        if path.suffix in (".py", ".js", ".css", ".html"):
            text = path.read_text("utf-8")
            for scheme in ("http://", "https://", "//cdn"):
                hosts = [part.split("/")[0] for part in text.split(scheme)[1:]]
                assert all(host.startswith(("localhost", "{", "www.w3.org")) for host in hosts), (path, hosts)
            if path.suffix == ".py":
                ast.parse(text)
