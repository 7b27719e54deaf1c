"""Recordings of laboratories: files that other programs wrote, read as what a camera in front would have seen."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import c3d
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from base.errors import RequestError
from patterns.features.table import feature_table
from patterns.templates.library import load_template
from scoring.coach.recording import judge
from sessions.exchange.steady import steady
from sessions.exchange.table import write_session
from sessions.intake.markers import MarkerSet, match, own_sets
from sessions.intake.opening import (
    LANDMARK_FILES,
    MarkerFacts,
    ending_of,
    open_movement,
    read_landmarks,
)
from sessions.intake.points import IntakeError, Points
from tests.sessions.exchange.test_exchange import dossier, world_of
from tests.support.movements import Rep, squat_posture
from tests.support.stick_figure import Posture, Vector, body, rotation
from tests.vision.test_recording import bits
from vision.pose import INDEX, LANDMARKS, PoseSequence
from vision.recording import write_recording

SQUAT = load_template("squat")
REPS = [Rep(1.0), Rep(6.5), Rep(12.0)]
PLUG_IN = {
    "SHO": "shoulder", "ELB": "elbow", "WRA": "wrist", "WRB": "wrist", "FIN": "index", "HJC": "hip", "KNE": "knee",
    "ANK": "ankle", "HEE": "heel", "TOE": "foot_index",
}  # fmt: skip
VIDEO = {
    "Shoulder": "shoulder", "Elbow": "elbow", "Wrist": "wrist", "Hip": "hip", "Knee": "knee", "Ankle": "ankle",
    "Heel": "heel", "BigToe": "foot_index",
}  # fmt: skip


@dataclass(frozen=True)
class Lab:
    """The analytic person squatting, as a laboratory has it: names, times, metres (T, M, 3) in its own axes."""

    names: list[str]
    t_s: Vector
    points: Vector


def posture_at(t_s: float) -> Posture:
    return squat_posture(next((rep.progress(t_s) for rep in REPS if rep.start_s <= t_s < rep.end_s), 0.0))


def bodies(rate_hz: float) -> tuple[Vector, Vector]:
    """Times, and landmarks standing on the floor in body axes."""
    t_s = np.arange(0.0, REPS[-1].end_s + 1.0, 1.0 / rate_hz)
    found = []
    for at in t_s:
        points = body(posture_at(float(at)))
        ankles = (points[INDEX["left_ankle"]] + points[INDEX["right_ankle"]]) / 2
        found.append(points - ankles + [0.0, 0.08, 0.0])
    return t_s, np.array(found)


def lab(named: dict[str, str], axes: Vector, rate_hz: float = 120.0, prefix: str = "") -> Lab:
    """axes: rows are the laboratory's axes in those of the body; the person stands at (1, 2, 3) m of the room."""
    t_s, points = bodies(rate_hz)
    names, rows = [], []
    for mark, part in named.items():
        for side in ("left", "right"):
            names.append(f"{prefix}{side[0].upper()}{mark}")
            rows.append(points[:, INDEX[f"{side}_{part}"]])
    return Lab(names, t_s, np.stack(rows, axis=1) @ axes.T + [1.0, 2.0, 3.0])


def z_up(turned: float) -> Vector:
    """A laboratory whose z points up, and in which the person faces some other way."""
    return np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]) @ rotation(1, turned)


def write_c3d(path: Path, one: Lab, missing: Vector | None = None) -> None:
    """By the `c3d` package, in millimetres."""
    rate_hz = 1.0 / float(np.median(np.diff(one.t_s)))
    writer = c3d.Writer(point_rate=rate_hz)
    writer.set_point_labels(one.names)
    for i, points in enumerate(one.points):
        rows = np.zeros((len(points), 5))
        rows[:, :3] = 1000.0 * points
        if missing is not None:
            rows[missing[i], :3] = 0.0
            rows[missing[i], 3] = -1.0
        writer.add_frames([(rows, np.empty((0, 0)))])
    with path.open("wb") as file:
        writer.write(file)


def squats(poses: PoseSequence) -> list[tuple[float, str]]:
    judged = judge((poses.frame(i) for i in range(len(poses))), SQUAT, "both")
    return [(rep.peak_s, rep.kind) for rep in judged.reps]


def knee_truth(t_s: Vector) -> Vector:
    """Knee flexion of the analytic person, from the posture itself."""
    return np.array([posture_at(float(at)).legs["left"][1] for at in t_s])


@pytest.mark.parametrize("turned", [0.0, 40.0, -130.0])
def test_a_c3d_by_another_writer_is_judged_as_the_movement_it_is(tmp_path: Path, turned: float) -> None:
    path = tmp_path / "lab.c3d"
    write_c3d(path, lab(PLUG_IN, z_up(turned), prefix="Subject 1:"))
    poses = read_landmarks(path)
    assert poses.measured
    assert float(np.median(np.diff(poses.t_s))) == pytest.approx(1 / 30)
    knee = feature_table(poses, ["knee_flexion_left"]).values[:, 0]
    np.testing.assert_allclose(knee[5:-5], knee_truth(poses.t_s)[5:-5], atol=1.0)
    found = squats(poses)
    assert [kind for _, kind in found] == ["repetition"] * 3
    for (peak_s, _), rep in zip(found, REPS, strict=True):
        assert rep.peak_s - 0.1 <= peak_s <= rep.peak_s + rep.hold_s + 0.1
    assert np.isnan(poses.xy_px[:, INDEX["left_eye"]]).all()
    assert poses.xy_px[0, INDEX["left_hip"], 0] > poses.xy_px[0, INDEX["right_hip"], 0], (
        "left is the person's"
    )
    np.testing.assert_allclose(np.nanmean(poses.xy_px[:, :, 0]), 320, atol=8)


def test_a_trc_by_opensim_is_judged_as_the_movement_it_is(tmp_path: Path) -> None:
    opensim = pytest.importorskip("opensim", reason="no wheel for this computer")
    one = lab(VIDEO, rotation(1, 70.0), rate_hz=50.0)
    table = opensim.TimeSeriesTableVec3()
    table.setColumnLabels(one.names)
    for at, points in zip(one.t_s, one.points, strict=True):
        table.appendRow(float(at), opensim.RowVectorVec3([opensim.Vec3(*map(float, p)) for p in points]))
    table.addTableMetaDataString("DataRate", "50")
    table.addTableMetaDataString("Units", "m")
    opensim.TRCFileAdapter.write(table, str(tmp_path / "lab.trc"))
    poses = read_landmarks(tmp_path / "lab.trc")
    np.testing.assert_allclose(poses.t_s, one.t_s, atol=1e-6)
    knee = feature_table(poses, ["knee_flexion_left"]).values[:, 0]
    np.testing.assert_allclose(knee[5:-5], knee_truth(poses.t_s)[5:-5], atol=1.0)
    assert [kind for _, kind in squats(poses)] == ["repetition"] * 3


def test_a_marker_that_was_not_seen_is_a_landmark_that_was_not_seen(tmp_path: Path) -> None:
    one = lab(PLUG_IN, z_up(0.0), rate_hz=50.0)
    missing = np.zeros(one.points.shape[:2], bool)
    missing[20:30, one.names.index("LKNE")] = True
    write_c3d(tmp_path / "lab.c3d", one, missing)
    poses = read_landmarks(tmp_path / "lab.c3d")
    gone = np.isnan(poses.xy_px[:, INDEX["left_knee"], 0])
    assert gone.nonzero()[0].tolist() == list(range(20, 30))
    assert (poses.visibility[20:30, INDEX["left_knee"]] == 0).all()
    assert np.isfinite(poses.xy_px[:, INDEX["right_knee"]]).all()


@pytest.mark.parametrize(("name", "within"), [("csv", 0.0), ("json", 0.0), ("trc", 2e-6), ("c3d", 2e-6)])
def test_what_this_program_exports_comes_back(tmp_path: Path, name: str, within: float) -> None:
    kept = dossier()
    path = tmp_path / f"set.{'zip' if name == 'csv' else name}"
    write_session(kept, name, path)
    poses, before = read_landmarks(path), kept.poses
    assert before is not None
    if not within:
        assert bits(poses.xy_px) == bits(before.xy_px)
        assert bits(world_of(kept)) == bits(np.asarray(poses.world_m))
        assert poses.t_s.tolist() == before.t_s.tolist()
        assert (poses.size_wh, poses.measured) == (before.size_wh, before.measured)
        return
    drawn = steady(before.t_s, world_of(kept))
    assert poses.world_m is not None
    np.testing.assert_allclose(poses.t_s - poses.t_s[0], drawn.t_s - drawn.t_s[0], atol=2e-6)
    assert (np.isnan(poses.world_m) == np.isnan(drawn.values)).all()
    np.testing.assert_allclose(poses.world_m, drawn.values, atol=within)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_tables_and_records_give_back_every_number_bit_for_bit(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever was seen: any sizes, gaps, with and without places in the room, their error and marks."""
    count = data.draw(st.integers(1, 4))
    seed, error, measured = (
        data.draw(st.integers(0, 2**32 - 1)),
        data.draw(st.booleans()),
        data.draw(st.booleans()),
    )
    rng = np.random.default_rng(seed)
    drawn = rng.normal(0, 10.0 ** data.draw(st.integers(-100, 100)), (count, len(LANDMARKS), 6))
    drawn[rng.random(drawn.shape) < data.draw(st.floats(0, 1))] = np.nan
    world = None if data.draw(st.booleans()) or np.isnan(drawn[..., 2:5]).all() else drawn[..., 2:5]
    poses = PoseSequence(
        np.cumsum(rng.uniform(1e-6, 1.0, count)),
        (data.draw(st.integers(1, 65_536)), 480),
        drawn[..., :2],
        world,
        rng.random((count, len(LANDMARKS))),
        drawn[..., 5] if error and not np.isnan(drawn[..., 5]).all() else None,
        measured,
    )
    kept = replace(dossier(), poses=poses)
    for name, ending in (("csv", ".zip"), ("json", ".json")):
        path = tmp_path_factory.mktemp("exported") / f"set{ending}"
        write_session(kept, name, path)
        again = read_landmarks(path)
        for field in ("t_s", "xy_px", "world_m", "visibility", "world_error_m"):
            before, after = getattr(poses, field), getattr(again, field)
            assert (before is None) == (after is None), field
            if before is not None:
                np.testing.assert_array_equal(before, after)
        assert (again.size_wh, again.measured) == (poses.size_wh, poses.measured)


def test_hip_centres_are_those_of_bells_regression() -> None:
    """By hand: spines 240 mm apart, sacrum 160 mm behind, both level; 19 % back, 30 % down, 36 % aside of 240 mm."""
    names = ("LSHO", "RSHO", "LASI", "RASI", "LPSI", "RPSI")
    row = [[-150, 0, 500], [150, 0, 500], [-120, 0, 0], [120, 0, 0], [-40, -160, 0], [40, -160, 0]]
    points = Points(names, np.array([0.0]), np.array([row], float), "mm")
    found = match(points, own_sets(), "hand").values
    np.testing.assert_allclose(found[0, INDEX["left_hip"]], [-86.4, -45.6, -72.0], atol=1e-9)
    np.testing.assert_allclose(found[0, INDEX["right_hip"]], [86.4, -45.6, -72.0], atol=1e-9)


@pytest.mark.parametrize("one", own_sets(), ids=lambda one: one.id)
def test_each_set_finds_every_landmark_it_tells_of_from_the_first_of_its_ways(one: MarkerSet) -> None:
    """Each marker of the first ways lies where a number of its own says; the landmark is their middle."""
    marks: dict[str, list[float]] = {}
    wanted: dict[str, list[list[float]]] = {}
    for key, ways in one.landmarks.items():
        for side in ("left", "right"):
            named = {"{side}": side, "{S}": side[0].upper(), "{s}": side[0]}
            name, way = key, ways[0]
            for mark, word in named.items():
                name, way = name.replace(mark, word), way.replace(mark, word)
            spots = [marks.setdefault(part, [len(marks) + 1.0, 0.5, 2.0]) for part in way.split("+")]
            wanted[name] = spots
    points = Points(tuple(marks), np.array([0.0]), np.array([list(marks.values())]), "m")
    matched = match(points, [one], "hand")
    assert matched.chosen is one
    found = matched.values
    for name, spots in wanted.items():
        np.testing.assert_allclose(found[0, INDEX[name]], np.mean(spots, axis=0), atol=1e-12)
    assert np.isfinite(found[0, :, 0]).sum() == len(wanted)


def test_own_names_axes_and_unit_can_be_told(tmp_path: Path) -> None:
    one = lab({"_shoulder": "shoulder", "_pelvis": "hip", "_k": "knee", "_a": "ankle"}, z_up(20.0), 50.0)
    write_c3d(tmp_path / "lab.c3d", one)
    with pytest.raises(RequestError, match=r"no marker for left_hip .*--markers FILE"):
        read_landmarks(tmp_path / "lab.c3d")
    (tmp_path / "ours.toml").write_text(
        '[[set]]\nid = "ours"\ntitle = "Ours"\n[set.landmarks]\n"{side}_shoulder" = ["{S}_shoulder"]\n'
        '"{side}_hip" = ["{S}_pelvis"]\n"{side}_knee" = ["{S}_k"]\n"{side}_ankle" = ["{S}_a"]\n'
    )
    facts = MarkerFacts(str(tmp_path / "ours.toml"), up="z", camera="x", unit="mm")
    told = read_landmarks(tmp_path / "lab.c3d", facts)
    knee = feature_table(told, ["knee_flexion_left"]).values[:, 0]
    np.testing.assert_allclose(knee[5:-5], knee_truth(told.t_s)[5:-5], atol=1.0)
    plain = read_landmarks(tmp_path / "lab.c3d", MarkerFacts(str(tmp_path / "ours.toml")))
    assert abs(math.degrees(_yaw(told))) == pytest.approx(20.0, abs=0.5)
    assert math.degrees(_yaw(plain)) == pytest.approx(0.0, abs=0.5)


def _yaw(poses: PoseSequence) -> float:
    assert poses.world_m is not None
    across = poses.world_m[0, INDEX["left_hip"]] - poses.world_m[0, INDEX["right_hip"]]
    return math.atan2(across[2], across[0])


def test_the_axis_that_points_up_is_not_guessed_of_somebody_who_lies_aslant(tmp_path: Path) -> None:
    write_c3d(tmp_path / "lab.c3d", lab(PLUG_IN, rotation(0, 45.0), 50.0))
    with pytest.raises(
        RequestError, match="which axis points up cannot be told from the trunk; say it with --up"
    ):
        read_landmarks(tmp_path / "lab.c3d")
    poses = read_landmarks(tmp_path / "lab.c3d", MarkerFacts(up="y"))
    assert len(poses) > 100
    with pytest.raises(RequestError, match="the same axis"):
        read_landmarks(tmp_path / "lab.c3d", MarkerFacts(up="y", camera="-y"))
    with pytest.raises(RequestError, match=r"in m the trunk is 480 m long; .* --unit"):
        read_landmarks(tmp_path / "lab.c3d", MarkerFacts(up="y", unit="m"))


def test_content_says_what_a_file_is(tmp_path: Path) -> None:
    kept = dossier()
    assert kept.poses is not None
    for name, ending in (("csv", ".zip"), ("json", ".json"), ("trc", ".trc"), ("c3d", ".c3d")):
        write_session(kept, name, tmp_path / "unnamed")
        assert ending_of(tmp_path / "unnamed") == ending
    write_recording(tmp_path / "a.npz", kept.poses)
    assert ending_of(tmp_path / "a.npz") == ".zip", "a zip too: which of both is told when it is read"
    (tmp_path / "a.npz").rename(tmp_path / "a.zip")
    assert bits(read_landmarks(tmp_path / "a.zip").xy_px) == bits(kept.poses.xy_px)
    (tmp_path / "film").write_bytes(b"\x00\x00\x00\x20ftypisom" + bytes(100))
    assert ending_of(tmp_path / "film") == ""


def test_a_landmark_recording_is_opened_as_it_was_and_any_other_kind_is_a_source_too(tmp_path: Path) -> None:
    kept = dossier()
    assert kept.poses is not None
    write_recording(tmp_path / "a.npz", kept.poses)
    for stranger in (False, True):
        read = open_movement(tmp_path / "a.npz", stranger=stranger)
        assert isinstance(read, PoseSequence)
        assert bits(read.xy_px) == bits(kept.poses.xy_px)
    for name in ("trc", "c3d"):
        path = tmp_path / f"a.{name}"
        write_session(kept, name, path)
        apart, here = open_movement(path), read_landmarks(path)
        assert isinstance(apart, PoseSequence)
        assert bits(apart.xy_px) == bits(here.xy_px)
    assert {".npz", ".trc", ".c3d", ".json", ".zip", ".csv"} == LANDMARK_FILES.keys()
    with pytest.raises(IntakeError, match="expected one of"):
        read_landmarks(tmp_path / "a.mot")
