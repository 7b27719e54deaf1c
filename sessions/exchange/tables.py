"""Plain tables: one row a number, units in the names, a zip of three files."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from patterns.features.table import FeatureTable, feature_table
from scoring.records.records import RepScore
from sessions.exchange.csv_cells import csv_text
from sessions.exchange.opensim import poses_of
from sessions.history.session_bundle import Dossier
from vision.pose import LANDMARKS, PoseSequence

REPETITIONS: Final = (
    *(
        "session",
        "person",
        "started_at",
        "pattern",
        "pattern_version",
        "side",
        "repetition",
        "kind",
        "reason",
    ),
    *(
        "start_s",
        "peak_s",
        "end_s",
        "name",
        "value",
        "unit",
        "standard_error",
        "score_points",
        "coverage_share",
        "kind_found",
    ),
)
"""kind, reason: as the repetition counts, with what therapists said; kind_found: as the program judged it."""

FAULTS: Final = (
    *("session", "repetition", "fault", "feature", "value", "limit", "unit", "phase_from", "phase_to"),
    "severity_share",
)
REVIEWS: Final = (
    *("session", "repetition", "reviewed_at", "by", "decision", "kind", "total_points", "faults", "label"),
    *("note", "blind"),
)
LANDMARK_COLUMNS: Final = (
    *("t_s", "landmark", "x_px", "y_px", "x_right_m", "y_down_m", "z_away_m", "visibility_share"),
    *("standard_error_m", "picture_width_px", "picture_height_px", "measured"),
)
_UNITS: Final = {"deg": "deg", "arm lengths": "arm_lengths", "leg lengths": "leg_lengths"}
_SCORES: Final = ("total", "range", "control")
_DOS_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def angle_rows(table: FeatureTable) -> Iterator[list[str]]:
    """A head with units in its names, then a row a frame; empty where not seen."""
    yield ["t_s", *(f"{name}_{_UNITS[unit]}" for name, unit in zip(table.names, table.units, strict=True))]
    for t_s, row in zip(table.t_s, table.values, strict=True):
        yield [f"{t_s:.6f}", *("" if math.isnan(value) else f"{value:.4f}" for value in row)]


def landmark_rows(poses: PoseSequence) -> Iterator[list[str]]:
    """A head, then a row for each landmark of each frame; empty where not seen."""
    yield list(LANDMARK_COLUMNS)
    whole = [*(str(size) for size in poses.size_wh), str(int(poses.measured))]
    for i, t_s in enumerate(poses.t_s):
        for k, name in enumerate(LANDMARKS):
            world = (math.nan,) * 3 if poses.world_m is None else poses.world_m[i, k]
            error_m = math.nan if poses.world_error_m is None else poses.world_error_m[i, k]
            numbers = (*poses.xy_px[i, k], *world, poses.visibility[i, k], error_m)
            yield [
                repr(float(t_s)),
                name,
                *("" if math.isnan(n) else repr(float(n)) for n in numbers),
                *whole,
            ]


def tables(dossier: Dossier) -> bytes:
    """A zip of repetitions.csv, faults.csv, reviews.csv, angles.csv and landmarks.csv, the last two where kept."""
    files: dict[str, Iterable[Sequence[object]]] = {
        "repetitions.csv": _repetitions(dossier),
        "faults.csv": _faults(dossier),
        "reviews.csv": _reviews(dossier),
    }
    if dossier.poses is not None:
        files["angles.csv"] = angle_rows(feature_table(poses_of(dossier)))
        files["landmarks.csv"] = landmark_rows(dossier.poses)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in files.items():
            archive.writestr(zipfile.ZipInfo(name, _DOS_EPOCH), csv_text(rows), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _repetitions(dossier: Dossier) -> Iterator[Sequence[object]]:
    yield REPETITIONS
    start = dossier.session.start
    session = (dossier.session.id, dossier.person.alias, start.started_at.isoformat(), start.pattern_id)
    for rep, held in zip(dossier.session.reps, dossier.reps, strict=True):
        known = (*session, start.pattern_version, rep.side, rep.index, held.kind, held.reason or "")
        for numbers in _numbers(rep):
            measured = ("" if n is None else n for n in numbers)
            yield (*known, rep.start_s, rep.peak_s, rep.end_s, *measured, rep.kind)


def _numbers(rep: RepScore) -> Iterator[tuple[object, ...]]:
    for name in _SCORES:
        yield (name, getattr(rep, name), "points", None, getattr(rep, name), rep.coverage)
    for metric in rep.metrics:
        yield (metric.name, metric.value, metric.unit, metric.error, metric.score, metric.coverage)


def _faults(dossier: Dossier) -> Iterator[Sequence[object]]:
    yield FAULTS
    for rep in dossier.session.reps:
        for fault in rep.faults:
            measured = (fault.value, fault.limit, fault.unit, *fault.phase, fault.severity)
            yield (dossier.session.id, rep.index, fault.id, fault.feature, *measured)


def _reviews(dossier: Dossier) -> Iterator[Sequence[object]]:
    """Every review that was said, the one that holds for a repetition last."""
    yield REVIEWS
    for one in dossier.reviews:
        said = (one.decision, one.kind, "" if one.total is None else one.total, " ".join(one.faults))
        yield (
            one.session_id,
            one.number,
            one.at.isoformat(),
            one.by,
            *said,
            one.label or "",
            one.note,
            int(one.blind),
        )
