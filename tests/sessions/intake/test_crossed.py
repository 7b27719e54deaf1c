"""Markers mapped to the wrong side, or one marker to two joints: refused or reported, never scored in silence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from base.errors import MissingFactError
from commands import import_recording as importing
from commands.options import out
from sessions.intake.opening import MarkerFacts, import_file, read_file
from sessions.intake.points import IntakeError
from sessions.intake.saved_maps import load_maps, save_map
from tests.commands.test_cli import Runner
from tests.sessions.intake.test_names import STRANGE
from tests.support.lab_files import SHORT, WHOLE, trc, written
from tests.support.stick_figure import rotation

KNOWN = {"shoulder": "SHO", "elbow": "ELB", "knee": "KNE", "ankle": "ANK", "heel": "HEE", "foot_index": "TOE"}


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Runner:
    monkeypatch.setattr(out, "width", 400)
    monkeypatch.setattr(importing, "import_file", read_file)  # the process apart has tests of its own
    return Runner(monkeypatch, capsys)


def swapped(*joints: str) -> MarkerFacts:
    pairs = [(f"left_{joint}", f"R{KNOWN[joint]}") for joint in joints]
    pairs += [(f"right_{joint}", f"L{KNOWN[joint]}") for joint in joints]
    return MarkerFacts(by_hand=dict(pairs))


def notes(tmp_path: Path, facts: MarkerFacts, text: str = trc(SHORT)) -> tuple[str, ...]:
    return read_file(written(tmp_path / "a.trc", text), facts).poses.notes


@pytest.mark.parametrize(
    ("joints", "reported"),
    [
        (("elbow",), "elbow"),
        (("knee",), "knee"),
        (("foot_index",), "toes"),
        (("ankle", "heel", "foot_index"), "ankle, heel and toes"),
        (("shoulder", "elbow"), "shoulder and elbow"),
    ],
)
def test_joints_mapped_to_the_wrong_side_are_reported(
    tmp_path: Path, joints: tuple[str, ...], reported: str
) -> None:
    assert notes(tmp_path, swapped(*joints)) == (
        f"Left and right look swapped: {reported}. Check which marker stands for which side.",
    )


def test_a_whole_body_of_the_wrong_side_is_reported(tmp_path: Path) -> None:
    names = [{"L": "R", "R": "L"}[name[0]] + name[1:] for name in SHORT.names]
    text = trc(type(SHORT)(names, SHORT.t_s, SHORT.points))
    (said,) = notes(tmp_path, MarkerFacts(), text)
    assert said.startswith("Left and right look swapped in the whole body: the feet point backward.")


@pytest.mark.parametrize("turned", [0.0, 90.0, 200.0])
def test_nothing_is_reported_of_a_right_body_however_it_is_turned(tmp_path: Path, turned: float) -> None:
    points = WHOLE.points @ rotation(1, turned).T
    assert notes(tmp_path, MarkerFacts(), trc(type(SHORT)(WHOLE.names, WHOLE.t_s, points))) == ()


def test_feet_that_cross_for_a_moment_are_not_reported(tmp_path: Path) -> None:
    points = SHORT.points.copy()
    left, right = (SHORT.names.index(f"{side}ANK") for side in "LR")
    points[:10, [left, right]] = points[:10, [right, left]]
    assert notes(tmp_path, MarkerFacts(), trc(type(SHORT)(SHORT.names, SHORT.t_s, points))) == ()


@pytest.mark.parametrize(
    "by_hand",
    [
        {"left_knee": "LKNE", "right_knee": "LKNE"},
        {"left_knee": "lkne", "right_knee": "LKNE"},
        {"left_knee": "LKNE+LANK", "right_knee": "LANK+LKNE"},
        {"left_knee": "RKNE"},  # RKNE is the right knee by its name
        {"left_elbow": "RTOE"},
    ],
)
def test_one_marker_for_two_joints_is_refused(tmp_path: Path, by_hand: dict[str, str]) -> None:
    path = written(tmp_path / "a.trc", trc(SHORT))
    with pytest.raises(IntakeError, match=r"a\.trc: marker .* stands for .* and for .*; map each"):
        read_file(path, MarkerFacts(by_hand=by_hand))


def test_one_joint_mapped_twice_is_refused(run: Runner, tmp_path: Path) -> None:
    path = written(tmp_path / "a.trc", trc(SHORT))
    options = ("--map", "left_knee=LKNE", "--map", "left_knee=LANK")
    status, _, complaint = run("import", path, "--out", tmp_path / "x.npz", *options)
    assert status == 2 and "left_knee is mapped to LKNE already" in complaint
    assert load_maps() == ()


def test_a_saved_map_that_is_used_is_reported_until_it_is_forgotten(run: Runner, tmp_path: Path) -> None:
    path = written(tmp_path / "a.trc", trc(SHORT))
    save_map({"left_knee": "RKNE", "right_knee": "LKNE"})
    save_map({"left_knee": "elsewhere"})
    status, _, said = run("import", path, "--out", tmp_path / "x.npz")
    assert status == 0 and "A saved marker map is used: left_knee = RKNE, right_knee = LKNE." in said
    assert "Left and right look swapped: knee." in said
    status, told, _ = run("maps", "list")
    assert status == 0 and told.splitlines() == [
        "   1  left_knee = RKNE, right_knee = LKNE",
        "   2  left_knee = elsewhere",
    ]
    assert run("maps", "forget")[0] == run("maps", "forget", "3")[0] == 2
    status, told, _ = run("maps", "forget", "1")
    assert (status, told.strip()) == (0, "1 map forgotten.")
    assert load_maps() == ({"left_knee": "elsewhere"},)
    _, _, said = run("import", path, "--out", tmp_path / "y.npz")
    assert "map" not in said and "swapped" not in said
    assert run("maps", "forget", "--all")[0] == 0 and load_maps() == ()


def test_what_was_recognised_is_with_the_question_through_the_process_apart(tmp_path: Path) -> None:
    with pytest.raises(MissingFactError) as asked:
        import_file(written(tmp_path / "a.trc", trc(STRANGE)))
    assert asked.value.known["left_shoulder"] == ("LSHO",)
    assert asked.value.known["left_wrist"] == ("LWRA", "LWRB")
    assert "left_hip" not in asked.value.known


def test_shoulders_that_cancel_the_hips_are_named_as_the_cause(tmp_path: Path) -> None:
    points = SHORT.points.copy()
    at = {name: i for i, name in enumerate(SHORT.names)}
    for side in "LR":  # shoulders as wide as the hips
        points[:, at[f"{side}SHO"], [0, 2]] = points[:, at[f"{side}HJC"]][:, [0, 2]]
    text = trc(type(SHORT)(SHORT.names, SHORT.t_s, points))
    with pytest.raises(IntakeError, match="Left and right look swapped: shoulder"):
        notes(tmp_path, swapped("shoulder"), text)
    assert np.isfinite(points).all()
