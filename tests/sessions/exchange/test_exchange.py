"""Sessions in other programs' formats, read back by those programs' own readers, with the same numbers."""

from __future__ import annotations

import csv
import io
import json
import math
import stat
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import c3d
import numpy as np
import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.features.table import feature_table
from patterns.templates.library import load_template
from scoring.coach.recording import judge
from scoring.records.records import Kind, RepScore
from scoring.results.session_json import SessionDocument
from scoring.safety.stop_rules import CheckIn
from sessions.exchange.csv_cells import csv_rows
from sessions.exchange.errors import ExportError
from sessions.exchange.fhir import ERROR, LOINC, PAIN, UCUM, bundle
from sessions.exchange.record import RecordDocument, record_document
from sessions.exchange.steady import LONGEST_GAP_S, steady
from sessions.exchange.table import EXPORTERS, write_session
from sessions.history.session_bundle import Dossier
from sessions.people.people import Person
from sessions.store.records import SessionStart, StoredSession
from sessions.store.reviews import Review
from tests.support.movements import Rep, arm_posture, frames
from vision.pose import INDEX, LANDMARKS, PoseSequence

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
KINDS: Final[tuple[Kind, ...]] = ("repetition", "attempt")
D2 = load_template("ue-d2-flexion")


@cache
def dossier() -> Dossier:
    """Two repetitions of the analytic person at uneven times, twelve pictures without the right wrist, two reviews."""
    rng = np.random.default_rng(1)
    posed = list(frames([Rep(1.5), Rep(6.7)], lambda at: arm_posture("ue-d2-flexion", "right", at)))
    posed = [replace(pose, t_s=float(pose.t_s + rng.uniform(0, 0.008))) for pose in posed]
    for i in range(100, 112):
        xy, world = posed[i].xy_px.copy(), posed[i].world_m
        assert world is not None
        world = world.copy()
        xy[INDEX["right_wrist"]] = world[INDEX["right_wrist"]] = np.nan
        posed[i] = replace(posed[i], xy_px=xy, world_m=world)
    judged = judge(posed, D2, "right")
    start = SessionStart(
        D2.id,
        D2.version,
        D2.sha256,
        "right",
        D2.view,
        "recording",
        "onnx",
        "full",
        "b" * 64,
        0.0,
        started_at=NOON,
    )
    reviews = (
        Review(7, 1, "T. Herapist", "accepted", "repetition", 90.0, at=NOON),
        Review(
            7,
            2,
            'A "quoted", name',
            "changed",
            "attempt",
            None,
            ("elbow_bend", "jerky"),
            "bent; a;b",
            at=NOON,
        ),
    )
    return Dossier(
        Person(3, "Anna", "Annegret Beispiel", 1951, "female", NOON),
        StoredSession(7, start, NOON, judged.reps),
        D2,
        poses=judged.poses,
        before=CheckIn(NOON, "before", 2, 3),
        after=CheckIn(NOON, "after", 4, 5, ("chest",), None, "tired"),
        reviews=reviews,
    )


@pytest.fixture(scope="module")
def kept() -> Dossier:
    return dossier()


def world_of(kept: Dossier) -> np.ndarray:
    assert kept.poses is not None
    assert kept.poses.world_m is not None
    return kept.poses.world_m


@pytest.mark.parametrize("name", EXPORTERS)
def test_each_format_is_written_whole_the_owners_alone_the_same_twice_and_without_the_real_name(
    kept: Dossier, name: str, tmp_path: Path
) -> None:
    path = tmp_path / f"set{EXPORTERS[name].suffix}"
    write_session(kept, name, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"Annegret" not in path.read_bytes()
    assert EXPORTERS[name].made(kept) == path.read_bytes()


@pytest.mark.parametrize("name", ["trc", "mot", "c3d"])
def test_without_landmarks_there_is_no_movement_to_write(kept: Dossier, name: str, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="session 7: no landmarks are kept"):
        write_session(replace(kept, poses=None), name, tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def unzipped(raw: bytes) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {
            n: list(csv.DictReader(io.StringIO(archive.read(n).decode(), newline="")))
            for n in archive.namelist()
        }


def test_tables_hold_every_number_of_the_session(kept: Dossier) -> None:
    files = unzipped(EXPORTERS["csv"].made(kept))
    reps = kept.session.reps
    rows = files["repetitions.csv"]
    assert len(rows) == sum(3 + len(rep.metrics) for rep in reps)
    told = {(row["repetition"], row["name"]): row for row in rows}
    for rep in reps:
        assert float(told[str(rep.index), "total"]["value"]) == rep.total
        for metric in rep.metrics:
            row = told[str(rep.index), metric.name]
            got = [None if row[key] == "" else float(row[key]) for key in ("value", "standard_error")]
            assert (got, row["unit"]) == ([metric.value, metric.error], metric.unit)
    poses, world = kept.poses, world_of(kept)
    assert poses is not None
    landmarks = files["landmarks.csv"]
    assert len(landmarks) == len(poses) * len(LANDMARKS)
    i, k = 105, INDEX["right_wrist"]
    assert landmarks[i * len(LANDMARKS) + k]["x_px"] == ""
    row = landmarks[50 * len(LANDMARKS) + k]
    assert (row["landmark"], float(row["t_s"]), float(row["z_away_m"])) == (
        "right_wrist", poses.t_s[50], world[50, k, 2],
    )  # fmt: skip
    reviews = files["reviews.csv"]
    assert [(r["repetition"], r["by"], r["faults"]) for r in reviews] == [
        ("1", "T. Herapist", ""),
        ("2", 'A "quoted", name', "elbow_bend jerky"),
    ]
    assert len(files["angles.csv"]) == len(poses)


def test_the_record_is_what_it_says_and_holds_the_session_document(kept: Dossier) -> None:
    document = json.loads(EXPORTERS["json"].made(kept))
    read = RecordDocument.model_validate(document)
    SessionDocument.model_validate(document["session"])
    assert [rep.total for rep in read.session.reps] == [rep.total for rep in kept.session.reps]
    assert read.landmarks is not None
    world = np.array(read.landmarks.world_m, dtype=float)
    np.testing.assert_array_equal(world, world_of(kept))
    assert (read.before is not None and read.before.pain, [r.decision for r in read.reviews]) == (
        2, ["accepted", "changed"],
    )  # fmt: skip
    assert RecordDocument.model_validate(record_document(replace(kept, poses=None))).landmarks is None


@pytest.mark.parametrize("turned", [0.0, 25.0, 45.0])
def test_what_a_session_could_not_show_is_told_of_a_stored_one_as_when_it_was_judged(turned: float) -> None:
    poses = frames([Rep(1.5), Rep(6.7)], partial(arm_posture, "ue-d2-flexion", "right"), turned_right=turned)
    judged = judge(poses, D2, "right")
    assert judged.reps
    start = SessionStart(
        D2.id, D2.version, D2.sha256, "right", D2.view, "recording", "onnx", "full", "b" * 64, 0.0
    )
    told = Dossier(Person(3, "Anna"), StoredSession(7, start, NOON, judged.reps), D2, poses=judged.poses)
    assert told.not_measured == judged.not_measured
    assert any("this was seen from" in one.reason for one in told.not_measured) == (turned > 35)
    document = record_document(told)["session"]["not_measured"]
    assert [one["feature"] for one in document] == [one.feature for one in judged.not_measured]
    bare = {one.feature for one in replace(told, poses=None).not_measured}
    assert bare == set(D2.not_measured)


def nearest(kept: Dossier, t_s: float) -> tuple[int, float]:
    """The frame nearest to a time, and how far it is."""
    assert kept.poses is not None
    i = int(np.argmin(np.abs(kept.poses.t_s - t_s)))
    return i, abs(float(kept.poses.t_s[i]) - t_s)


def test_opensim_reads_the_landmarks_where_they_were(kept: Dossier, tmp_path: Path) -> None:
    opensim = pytest.importorskip("opensim", reason="no wheel for this computer")
    """OpenSim's own reader: metres, Y up, and at the times of our frames the same points within their movement."""
    write_session(kept, "trc", tmp_path / "set.trc")
    table = opensim.TimeSeriesTableVec3(str(tmp_path / "set.trc"))
    assert list(table.getColumnLabels()) == list(LANDMARKS)
    assert table.getTableMetaDataString("Units") == "m"
    times = np.array(table.getIndependentColumn())
    assert np.ptp(np.diff(times)) < 2e-6
    world, compared = world_of(kept), 0
    for row, t_s in enumerate(times):
        frame, off_s = nearest(kept, t_s)
        if off_s > 0.0004:
            continue
        read = table.getRowAtIndex(row)
        for k in (INDEX["nose"], INDEX["right_wrist"], INDEX["left_ankle"]):
            x, y, z = world[frame, k]
            point = read[k]
            if math.isnan(x):
                assert math.isnan(point[0])
                continue
            assert [point[0], point[1], point[2]] == pytest.approx([-z, -y, -x], abs=0.002)
            compared += 1
    assert compared >= 30
    nose, ankle = (table.getRowAtIndex(5)[INDEX[name]] for name in ("nose", "left_ankle"))
    assert nose[1] > 0.3 > -0.3 > ankle[1], "Y is up"


def test_opensim_reads_the_angles_in_degrees(kept: Dossier, tmp_path: Path) -> None:
    opensim = pytest.importorskip("opensim", reason="no wheel for this computer")
    write_session(kept, "mot", tmp_path / "set.mot")
    table = opensim.TimeSeriesTable(str(tmp_path / "set.mot"))
    assert table.getTableMetaDataString("inDegrees") == "yes"
    assert kept.poses is not None
    ours = feature_table(kept.poses, ["shoulder_elevation_right", "elbow_flexion_right"])
    times = np.array(table.getIndependentColumn())
    for name in ours.names:
        read = table.getDependentColumn(name).to_numpy()
        seen = np.isfinite(ours.column(name))
        expected = np.interp(times, ours.t_s[seen], ours.column(name)[seen])
        known = np.isfinite(read)
        assert known.sum() > 0.9 * len(times)
        np.testing.assert_allclose(read[known], expected[known], atol=0.6)
    assert np.nanmax(table.getDependentColumn("shoulder_elevation_right").to_numpy()) > 120


def test_another_reader_of_c3d_finds_the_points_in_millimetres_and_the_missing_missing(
    kept: Dossier, tmp_path: Path
) -> None:
    write_session(kept, "c3d", tmp_path / "set.c3d")
    with (tmp_path / "set.c3d").open("rb") as file:
        reader = c3d.Reader(file)
        labels = [label.strip() for label in reader.point_labels]
        read = [points.copy() for _, points, _ in reader.read_frames()]
    assert labels == list(LANDMARKS)
    assert reader.get_string("POINT:UNITS").strip() == "mm"
    assert kept.poses is not None
    drawn = steady(kept.poses.t_s, world_of(kept))
    assert reader.point_rate == pytest.approx(drawn.rate_hz, rel=1e-6)
    assert len(read) == len(drawn.t_s)
    missing = 0
    for frame, points in zip(drawn.values, read, strict=True):
        for (x, y, z), got in zip(frame, points, strict=True):
            if math.isnan(x):
                missing += 1
                assert got[3] == -1
            else:
                assert got[:3] == pytest.approx([-1000 * z, -1000 * y, -1000 * x], abs=0.01)
    assert missing >= 10


def test_the_bundle_is_fhir_and_holds_the_same_numbers(kept: Dossier) -> None:
    read: Any = Bundle.model_validate_json(EXPORTERS["fhir"].made(kept))
    kinds = [entry.resource.get_resource_type() for entry in read.entry]
    reps = kept.session.reps
    assert kinds == [
        "Patient",
        "Procedure",
        *["Observation"] * len(reps),
        *["Observation", "QuestionnaireResponse"] * 2,
    ]
    for rep, entry in zip(reps, read.entry[2:], strict=False):
        told = {part.code.text: part for part in entry.resource.component}
        for metric in rep.metrics:
            part = told[metric.name]
            if metric.value is None:
                assert part.dataAbsentReason.coding[0].code == "unknown"
                continue
            assert float(part.valueQuantity.value) == metric.value
            errors = [float(e.valueQuantity.value) for e in part.extension or [] if e.url == ERROR]
            assert errors == ([] if metric.error is None else [metric.error])
            if metric.unit == "deg":
                assert (part.valueQuantity.system, part.valueQuantity.code) == (UCUM, "deg")
    pain = read.entry[-2].resource
    assert (pain.code.coding[0].system, pain.code.coding[0].code) == (LOINC, PAIN)
    assert (float(pain.valueQuantity.value), pain.code.text) == (4.0, "Pain after practising, 0 to 10")
    references = {entry.fullUrl for entry in read.entry}
    assert all(entry.resource.subject.reference in references for entry in read.entry[1:])


def test_every_unit_that_is_measured_has_a_ucum_code(kept: Dossier) -> None:
    for entry in bundle(kept)["entry"]:
        for part in entry["resource"].get("component", []):
            quantity = part.get("valueQuantity")
            assert quantity is None or "code" in quantity, part


@settings(max_examples=30, deadline=None)
@given(
    total=st.none() | st.floats(0, 100),
    kind=st.sampled_from(KINDS),
    alias=st.text(min_size=1, max_size=30).filter(lambda text: text.strip() == text and text.isprintable()),
    note=st.text(max_size=60),
)
def test_whatever_is_in_a_session_the_bundle_and_the_tables_hold_it(
    total: float | None, kind: Kind, alias: str, note: str
) -> None:
    start = SessionStart(
        "squat", 1, "a" * 64, "both", "front", "live", "onnx", None, None, 2.0, started_at=NOON
    )
    rep = RepScore(
        1, kind, None if kind == "repetition" else "too short", "both", 0.0, 1.0, 2.0, total, None, None, 0.5
    )
    review = Review(1, 1, "T.", "changed", "attempt", total, (), note, at=NOON)
    made = Dossier(
        Person(1, alias), StoredSession(1, start, None, (rep,)), load_template("squat"), reviews=(review,)
    )
    read: Any = Bundle.model_validate(bundle(made))
    assert read.entry[0].resource.name[0].text == alias
    with zipfile.ZipFile(io.BytesIO(EXPORTERS["csv"].made(made))) as archive:
        said, reviewed = (
            dict(zip(*list(csv_rows(io.StringIO(archive.read(name).decode(), newline="")))[:2], strict=True))
            for name in ("repetitions.csv", "reviews.csv")
        )
    assert (said["person"], reviewed["note"]) == (alias, note)
    assert (None if said["value"] == "" else float(said["value"])) == total


def test_movement_at_a_constant_rate_keeps_lines_and_leaves_gaps() -> None:
    """A point on a line, seen at uneven times with a gap of half a second: on the line, or missing."""
    t_s = np.array([0.0, 0.1, 0.19, 0.31, 0.4, 0.9, 1.0, 1.1])
    drawn = steady(t_s, 3.0 * t_s[:, None])
    assert drawn.rate_hz == pytest.approx(10.0)
    np.testing.assert_allclose(np.diff(drawn.t_s), 0.1, atol=1e-12)
    gap = (drawn.t_s > 0.4 + 1e-9) & (drawn.t_s < 0.9 - 1e-9)
    assert gap.sum() == 4
    assert LONGEST_GAP_S < 0.5
    assert np.isnan(drawn.values[gap]).all()
    np.testing.assert_allclose(drawn.values[~gap, 0], 3.0 * drawn.t_s[~gap], atol=1e-9)
    one = steady(np.array([2.0]), np.array([[5.0]]))
    assert (one.t_s.tolist(), one.values.tolist()) == ([2.0], [[5.0]])


def test_poses_without_space_cannot_be_points_in_space(kept: Dossier) -> None:
    assert kept.poses is not None
    flat = PoseSequence.from_frames(
        replace(kept.poses.frame(i), world_m=None, world_error_m=None) for i in range(5)
    )
    with pytest.raises(ExportError, match="of the picture alone"):
        EXPORTERS["trc"].made(replace(kept, poses=flat))
