"""A session as JSON, whole: the `diagonal.session/1` document, and about it who, when, answers and reviews."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Annotated, Any, Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from scoring.results.session_json import BackendFacts, SessionDocument, SourceFacts, session_document, summary
from scoring.safety.stop_rules import CheckIn
from sessions.history.session_bundle import Dossier
from sessions.store.landmarks import encode
from sessions.store.reviews import Review
from vision.pose import LANDMARKS, FloatArray

SCHEMA: Final = "diagonal.record/1"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PersonPart(_Part):
    """Who, by the alias alone."""

    id: int
    alias: str


class CheckInPart(_Part):
    """See scoring.safety.stop_rules.CheckIn."""

    at: datetime
    moment: Literal["before", "after"]
    pain: Annotated[int, Field(ge=0, le=10)]
    effort: Annotated[int, Field(ge=0, le=10)]
    signs: list[str]
    next_day: str | None
    reason: str | None


class ReviewPart(_Part):
    """See sessions.store.reviews.Review."""

    number: int
    at: datetime
    by: str
    decision: Literal["accepted", "changed"]
    kind: Literal["repetition", "attempt"]
    total: float | None
    faults: list[str]
    note: str
    label: str | None
    blind: bool


class LandmarksPart(_Part):
    """Seconds, and for each frame x and y in pixels and x, y, z in metres of each landmark; None where not seen.

    world_error_m: one standard error of each, see vision.pose.PoseFrame. measured: by markers, not by a network.
    """

    size_wh: tuple[int, int]
    names: list[str]
    t_s: list[float]
    xy_px: list[list[list[float | None]]]
    world_m: list[list[list[float | None]]] | None
    visibility: list[list[float]]
    world_error_m: list[list[float | None]] | None
    measured: bool


class RecordDocument(_Part):
    """The schema of the whole document."""

    schema_: Annotated[Literal["diagonal.record/1"], Field(alias="schema")]
    id: int
    person: PersonPart
    started_at: datetime
    finished_at: datetime | None
    source_kind: str
    session: SessionDocument
    before: CheckInPart | None
    after: CheckInPart | None
    reviews: list[ReviewPart]
    landmarks: LandmarksPart | None


def record_document(dossier: Dossier) -> dict[str, Any]:
    """The document as nested dicts and lists. Its form is RecordDocument."""
    session, start = dossier.session, dossier.session.start
    return {
        "schema": SCHEMA,
        "id": session.id,
        "person": {"id": dossier.person.id, "alias": dossier.person.alias},
        "started_at": start.started_at.isoformat(),
        "finished_at": None if session.finished_at is None else session.finished_at.isoformat(),
        "source_kind": start.source_kind,
        "session": _session(dossier),
        "before": _check_in(dossier.before),
        "after": _check_in(dossier.after),
        "reviews": [_review(review) for review in dossier.reviews],
        "landmarks": _landmarks(dossier),
    }


def record(dossier: Dossier) -> bytes:
    """The document as text."""
    return (json.dumps(record_document(dossier), indent=1, allow_nan=False) + "\n").encode()


def _session(dossier: Dossier) -> dict[str, Any]:
    """Return the session's document: numbers as the program found them, kind, reason and summary as they count."""
    start, poses = dossier.session.start, dossier.poses
    if poses is None or len(poses) == 0:
        source = SourceFacts(f"session {dossier.session.id}", "0" * 64, 0.0, 0, 0)
    else:
        detected = sum(poses.frame(i).detected for i in range(len(poses)))
        seen_s = float(poses.t_s[-1] - poses.t_s[0])
        sha256 = hashlib.sha256(encode(poses)).hexdigest()
        source = SourceFacts(f"session {dossier.session.id}", sha256, seen_s, len(poses), detected)
    document = session_document(
        dossier.template,
        start.side,
        source,
        BackendFacts(start.backend, start.model, start.weights_sha256),
        reps=dossier.session.reps,
        not_measured=dossier.not_measured,
        technique=dossier.technique,
        code_version=start.code_version,
    )
    for rep, held in zip(document["reps"], dossier.reps, strict=True):
        rep.update(kind=held.kind, reason=held.reason)
    return document | {"summary": summary(dossier.reps)}


def _check_in(check_in: CheckIn | None) -> dict[str, Any] | None:
    if check_in is None:
        return None
    return vars(check_in) | {"at": check_in.at.isoformat(), "signs": list(check_in.signs)}


def _review(review: Review) -> dict[str, Any]:
    said = {name: value for name, value in vars(review).items() if name != "session_id"}
    return said | {"at": review.at.isoformat(), "faults": list(review.faults)}


def _landmarks(dossier: Dossier) -> dict[str, Any] | None:
    poses = dossier.poses
    if poses is None or len(poses) == 0:
        return None
    return {
        "size_wh": list(poses.size_wh),
        "names": list(LANDMARKS),
        "t_s": poses.t_s.tolist(),
        "xy_px": _known(poses.xy_px),
        "world_m": None if poses.world_m is None else _known(poses.world_m),
        "visibility": poses.visibility.tolist(),
        "world_error_m": None if poses.world_error_m is None else _known(poses.world_error_m),
        "measured": poses.measured,
    }


def _known(points: FloatArray) -> list[Any]:
    """Nested lists with None where a number is missing."""
    missing = np.isnan(points)
    if not missing.any():
        return list(points.tolist())
    open_ = points.astype(object)
    open_[missing] = None
    return list(open_.tolist())
