"""Marker names as laboratories write them, what import shows of them, and maps by hand that are saved."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from base.errors import MissingFactError, RequestError
from commands import import_recording as importing
from commands.options import out
from commands.source_options import AxisName, UnitName
from sessions.intake.markers import Axis, own_sets
from sessions.intake.names import NameTable, plain, subject_of, vocabulary
from sessions.intake.opening import MarkerFacts, read_file, read_landmarks
from sessions.intake.points import METRES
from sessions.intake.saved_maps import FOLDER, load_maps, save_map
from tests.commands.test_cli import Runner
from tests.sessions.intake.test_opening import Lab, squats
from tests.support.lab_files import SHORT, WHOLE, read_same, trc, written
from vision.pose import INDEX
from vision.recording import read_recording

KNOWN = vocabulary({name for one in own_sets() for name in one.names})
PARTS = {
    "SHO": "shoulder", "ELB": "elbow", "WRI": "wrist", "HJC": "hip", "KNE": "knee", "ANK": "ankle", "HEE": "heel",
    "TOE": "foot_index",
}  # fmt: skip


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(folder))
    return folder


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Runner:
    monkeypatch.setattr(out, "width", 400)
    monkeypatch.setattr(importing, "import_file", read_file)  # the process apart has tests of its own
    return Runner(monkeypatch, capsys)


SPELLED = ["LKNE", "lkne", "L_KNE", "L.KNE", "l-kne", "L|KNE", "KNE_L", "KNE.L", "kneL"]


@pytest.mark.parametrize("name", [*SPELLED, "L KNE", "left kne", "Left_KNE", "KNE_left", "LtKNE"])
def test_case_separators_and_the_end_at_which_the_side_stands_do_not_count(name: str) -> None:
    assert NameTable([name]).find("{S}KNE", "left") == 0
    assert NameTable([name]).find("{S}KNE", "right") is None


def test_a_last_letter_that_belongs_to_the_word_is_no_side() -> None:
    """HEEL is not the left HEE; KNEL is the left knee where KNER is there too."""
    assert NameTable(["HEEL"]).find("{S}HEE", "left") is None
    assert NameTable(["KNEL"]).find("{S}KNE", "left") is None
    assert NameTable(["KNER", "KNEL"]).find("{S}KNE", "left") == 1
    assert NameTable(["EPICl", "EPICm"]).find("{S}EPIC", "left") is None, "lateral and medial"


def test_a_side_in_the_middle_is_read_there() -> None:
    table = NameTable(["WaistLFront", "WaistRFront", "pLeftASI"])
    assert (table.find("Waist{S}Front", "left"), table.find("Waist{S}Front", "right")) == (0, 1)
    assert table.find("p{side}ASI", "left") == 2


@pytest.mark.parametrize(
    ("name", "subject", "own"),
    [
        ("Anna:LKNE", "Anna", "LKNE"), ("Lab 3:Anna:LKNE", "Lab 3:Anna", "LKNE"), ("Anna_LKNE", "Anna", "LKNE"),
        ("Anna_L_Shoulder", "Anna", "L_Shoulder"), ("Anna B - LKNE", "Anna B", "LKNE"),
        ("L_Shoulder", "", "L_Shoulder"),
        ("L_elbow_lat", "", "L_elbow_lat"), ("Anna_unknown", "", "Anna_unknown"), ("LKNE", "", "LKNE"),
    ],
)  # fmt: skip
def test_a_subject_stands_in_front_of_a_known_name(name: str, subject: str, own: str) -> None:
    assert subject_of(name, KNOWN) == (subject, own)


def test_no_two_landmarks_of_a_set_have_the_same_marker_first() -> None:
    for one in own_sets():
        firsts = [plain(ways[0]) for ways in one.landmarks.values()]
        assert len(set(firsts)) == len(firsts), one.id


LABORATORIES = {
    "opencap": ("{S}_{part}", {"SHO": "Shoulder", "ELB": "elbow_lat", "WRI": "wrist_radius", "HJC": "HJC",
                               "KNE": "knee", "ANK": "ankle", "HEE": "calc", "TOE": "toe"}),
    "isb": ("{S}_{part}", {"SHO": "SAE", "ELB": "HLE", "WRI": "RSP", "HJC": "HJC", "KNE": "FLE", "ANK": "FAL",
                           "HEE": "FCC", "TOE": "FM2"}),
    "rajagopal": ("{S}{part}", {"SHO": "ACR", "ELB": "LEL", "WRI": "FAradius", "HJC": "HJC", "KNE": "LFC",
                                "ANK": "LMAL", "HEE": "CAL", "TOE": "TOE"}),
    "video, side last": ("{part}_{S}", {"SHO": "Shoulder", "ELB": "Elbow", "WRI": "Wrist", "HJC": "Hip", "KNE": "Knee",
                                        "ANK": "Ankle", "HEE": "Heel", "TOE": "BigToe"}),
    "words": ("{side} {part}", {"SHO": "acromion", "ELB": "elbow", "WRI": "wrist", "HJC": "hip joint center",
                                "KNE": "knee", "ANK": "ankle", "HEE": "heel", "TOE": "toe tip"}),
    "plug-in, mixed case": ("{s}{part}", {key: key.title() for key in PARTS}),
}  # fmt: skip


@pytest.mark.parametrize("laboratory", LABORATORIES)
def test_every_landmark_is_found_by_a_laboratorys_names(tmp_path: Path, laboratory: str) -> None:
    """Each at its own place, with a subject in front; a middle of two markers, of which one is there, is left out."""
    pattern, parts = LABORATORIES[laboratory]
    names, columns, expected = [], [], {}
    for i, name in enumerate(SHORT.names):
        part = name[1:].replace("WRA", "WRI")
        if part in parts:
            side = {"L": "left", "R": "right"}[name[0]]
            own = pattern.format(S=name[0], s=name[0].lower(), side=side, part=parts[part])
            names.append(f"Subject 4:{own}")
            columns.append(i)
            expected[f"{side}_{PARTS[part]}"] = (own,)
    one = Lab(names, SHORT.t_s, SHORT.points[:, columns])
    found = read_file(written(tmp_path / "a.trc", trc(one)))
    halves = {f"{side}_{part}" for side in ("left", "right") for part in ("elbow", "wrist")}
    assert found.markers.items() <= expected.items()
    assert expected.keys() - found.markers.keys() <= (halves if laboratory == "opencap" else set())
    whole = read_landmarks(written(tmp_path / "whole.trc", trc(SHORT)))
    shown = [INDEX[name] for name in found.markers if "wrist" not in name]
    np.testing.assert_allclose(found.poses.xy_px[:, shown], whole.xy_px[:, shown], atol=0.5)


def test_axes_of_our_own_export_are_not_those_of_everybody_with_the_same_names(tmp_path: Path) -> None:
    """FreeMoCap names its markers as BlazePose does, and its Z points up."""
    names = [
        f"{'left' if name[0] == 'L' else 'right'}_{PARTS[name[1:]]}"
        for name in WHOLE.names
        if name[1:] in PARTS
    ]
    kept = [i for i, name in enumerate(WHOLE.names) if name[1:] in PARTS]
    points = WHOLE.points[:, kept][..., [2, 0, 1]]
    one = Lab(names, WHOLE.t_s, points)
    assert len(squats(read_landmarks(written(tmp_path / "a.trc", trc(one))))) == 3


def test_import_shows_what_was_matched_and_what_was_not(run: Runner, tmp_path: Path) -> None:
    extra = Lab(
        [*SHORT.names, "STRN"], SHORT.t_s, np.concatenate([SHORT.points, SHORT.points[:, :1]], axis=1)
    )
    path = written(tmp_path / "lab.trc", trc(extra, frames=99))
    status, told, notes = run("import", path, "--out", tmp_path / "x.npz")
    assert status == 0, notes
    assert re.search(r"left_shoulder +LSHO\n", told)
    assert re.search(r"left_wrist +LWRA \+ LWRB\n", told)
    assert "markers not used: STRN" in told
    assert "says 99 frames, 30 are there" in notes
    assert str(path) in notes


STRANGE = Lab(
    [name.replace("HJC", "_top").replace("KNE", "_mid") for name in SHORT.names], SHORT.t_s, SHORT.points
)


def test_the_rest_is_mapped_by_hand_and_known_next_time(
    run: Runner, tmp_path: Path, own_data_folder: Path
) -> None:
    path = written(tmp_path / "lab.trc", trc(STRANGE))
    status, _, complaint = run("import", path, "--out", tmp_path / "x.npz")
    assert status == 2
    assert f"{path}: no marker for left_hip" in complaint and "--map left_hip=NAME" in complaint
    assert len(complaint.strip().splitlines()) == 1
    by_hand = ("left_hip=L_top", "right_hip=R_top", "left_knee=l_MID", "right_knee=R_mid")
    options = [part for entry in by_hand for part in ("--map", entry)]
    status, told, complaint = run("import", path, "--out", tmp_path / "x.npz", *options)
    assert status == 0, complaint
    assert re.search(r"left_knee +L_mid\n", told)
    assert "map saved for next time" in told
    assert len(list((own_data_folder / FOLDER).iterdir())) == 1
    status, _, complaint = run("import", path, "--out", tmp_path / "again.npz")
    assert status == 0, complaint
    first, again = (read_recording(tmp_path / f"{name}.npz") for name in ("x", "again"))
    np.testing.assert_array_equal(first.xy_px, again.xy_px)
    whole = read_landmarks(written(tmp_path / "whole.trc", trc(SHORT)))
    read_same(path, whole, MarkerFacts(saved=load_maps()))


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("left_hip", "expected LANDMARK=MARKER"),
        ("left_hop=L_top", "'left_hop' is no landmark"),
        ("left_hip=L_nothing", "there is no marker 'L_nothing'"),
    ],
)
def test_a_wrong_map_is_one_line(
    run: Runner, tmp_path: Path, entry: str, said: str, own_data_folder: Path
) -> None:
    path = written(tmp_path / "lab.trc", trc(STRANGE))
    status, _, complaint = run("import", path, "--out", tmp_path / "x.npz", "--map", entry)
    assert status == 2 and said in complaint
    assert len(complaint.strip().splitlines()) == 1
    assert not (own_data_folder / FOLDER).exists()


def test_a_name_that_cannot_be_written_is_refused_by_the_option_that_gave_it(
    run: Runner, tmp_path: Path
) -> None:
    path = written(tmp_path / "lab.trc", trc(SHORT))
    status, _, complaint = run("import", path, "--out", tmp_path / "x.csv")
    assert status == 2
    assert complaint == f"error: --out {tmp_path / 'x.csv'}: the name of this file must end in .npz\n"


def test_a_saved_map_is_left_out_where_its_markers_are_not_all_there(
    tmp_path: Path, own_data_folder: Path
) -> None:
    save_map({"left_hip": "LSHO", "right_hip": "nowhere"})
    (own_data_folder / FOLDER / "broken.json").write_text("{")
    (own_data_folder / FOLDER / "other.json").write_text('["left_hip"]')
    assert load_maps() == ({"left_hip": "LSHO", "right_hip": "nowhere"},)
    found = read_file(written(tmp_path / "a.trc", trc(SHORT)), MarkerFacts(saved=load_maps()))
    assert found.markers["left_hip"] == ("LHJC",)


def test_the_middle_of_two_markers_can_be_mapped(tmp_path: Path) -> None:
    path = written(tmp_path / "a.trc", trc(SHORT))
    found = read_file(path, MarkerFacts(by_hand={"left_hip": "LHJC+LKNE"}))
    assert found.markers["left_hip"] == ("LHJC", "LKNE")


def test_what_names_there_are_is_asked_with_the_question(tmp_path: Path) -> None:
    with pytest.raises(MissingFactError) as asked:
        read_landmarks(written(tmp_path / "a.trc", trc(STRANGE)))
    assert (asked.value.fact, asked.value.choices) == ("markers", tuple(STRANGE.names))
    assert isinstance(asked.value, RequestError)


def test_the_command_line_offers_every_axis_and_unit() -> None:
    assert {one.value for one in AxisName} == set(get_args(Axis))
    assert {one.value for one in UnitName} == METRES.keys()
