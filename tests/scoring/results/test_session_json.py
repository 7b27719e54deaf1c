from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from base.version import VERSION
from patterns.templates.library import load_template
from scoring.records.records import NotMeasured, RepScore
from scoring.results.session_json import BackendFacts, SessionDocument, SourceFacts, session_document
from tests.sessions.store.test_store import rep

SOURCE = SourceFacts("clip.mp4", "c" * 64, 12.5, 375, 370)
BACKEND = BackendFacts("onnx", "full", "d" * 64)
UNSEEN = (NotMeasured("trunk_rotation", "this view does not show it"),)
ATTEMPT = replace(
    rep(2, 4.0, None), kind="attempt", reason="turned back early", range=None, faults=(), cue=None, metrics=()
)


def document(reps: tuple[RepScore, ...]) -> dict[str, object]:
    return session_document(load_template("squat"), "both", SOURCE, BACKEND, reps=reps, not_measured=UNSEEN)


def test_the_document_is_the_one_in_the_contract() -> None:
    template = load_template("squat")
    got = document((rep(1), ATTEMPT))
    assert got == {
        "schema": "diagonal.session/1",
        "pattern": {
            "id": "squat", "version": template.version, "sha256": template.sha256,
            "side": "both", "view": template.view,
        },
        "technique": None, "paced": None,
        "source": {
            "path": "clip.mp4", "sha256": "c" * 64, "duration_s": 12.5, "frames": 375, "detected": 370,
            "view": None, "yaw_deg": None,
        },
        "backend": {"name": "onnx", "model": "full", "weights_sha256": "d" * 64},
        "code_version": VERSION,
        "reps": [
            {
                "index": 1, "kind": "repetition", "reason": None, "side": "both",
                "start_s": 0.0, "peak_s": 1.1, "end_s": 2.3,
                "total": 83.25, "range": 0.1 + 0.2, "control": None, "coverage": 0.97,
                "metrics": [
                    {"name": "knee_flexion_range", "value": 91.2, "unit": "deg", "error": 3.5, "score": 88.0,
                     "coverage": 1.0},
                    {"name": "smoothness", "value": None, "unit": "1", "error": None, "score": None,
                     "coverage": 0.2},
                ],
                "faults": [
                    {"id": "trunk_lean", "feature": "trunk_lean", "value": 14.0, "limit": 10.0, "unit": "deg",
                     "phase": [0.25, 0.75], "severity": 0.4},
                ],
                "cue": {"rule": "trunk_lean", "text": "Keep your chest over your hips (14 deg)"},
            },
            {
                "index": 2, "kind": "attempt", "reason": "turned back early", "side": "both",
                "start_s": 4.0, "peak_s": 5.1,
                "end_s": 6.3, "total": None, "range": None, "control": None, "coverage": 0.97,
                "metrics": [], "faults": [], "cue": None,
            },
        ],
        "not_measured": [{"feature": "trunk_rotation", "reason": "this view does not show it"}],
        "summary": {
            "repetitions": 1, "attempts": 1, "mean_total": 83.25, "mean_range": 0.1 + 0.2,
            "mean_control": None, "faults": {"trunk_lean": 1},
            "symmetry": [], "drift": [],
        },
    }  # fmt: skip
    SessionDocument.model_validate(got)
    SessionDocument.model_validate_json(json.dumps(got, allow_nan=False))


def test_means_are_over_scored_repetitions_alone() -> None:
    reps = (rep(1, 0, 90.0), rep(2, 3, None), rep(3, 6, 60.0), replace(ATTEMPT, index=4, total=0.0))
    summary = document(reps)["summary"]
    assert isinstance(summary, dict)
    assert (summary["repetitions"], summary["attempts"], summary["mean_total"]) == (3, 1, 75.0)
    empty = document(())["summary"]
    assert isinstance(empty, dict)
    assert empty["mean_total"] is None
    assert empty["faults"] == {}


@given(
    total=st.one_of(st.none(), st.floats(0, 100), st.sampled_from([float("nan"), float("inf")])),
    coverage=st.floats(0, 1),
)
def test_json_never_holds_what_json_cannot_say(total: float | None, coverage: float) -> None:
    got = document((replace(rep(1), total=total, coverage=coverage),))
    text = json.dumps(got, allow_nan=False)
    SessionDocument.model_validate_json(text)
    assert json.loads(text) == got


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "diagonal.session/2"},
        {"extra": 1},
        {"code_version": None},
        {"summary": {}},
        {"backend": {"name": "onnx", "model": "full", "weights_sha256": "short"}},
    ],
)
def test_the_schema_refuses_another_form(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SessionDocument.model_validate(document((rep(1),)) | change)
