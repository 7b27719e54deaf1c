"""`patterns check` and `patterns learn` try a template; what cannot be read or learned from is one line and no file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands.options import out
from commands.patterns.check import FAILED
from patterns.learning.track_jumps import jump_s
from patterns.templates.errors import TemplateError
from patterns.templates.library import load_template
from patterns.templates.template_file import parse_template, read_template, write_template
from scoring.trials import validation as proof
from scoring.trials.synthetic import mirrored_poses
from tests.commands.test_cli import Runner
from tests.patterns.learning.test_learn import filmed, raising
from tests.support.movements import Rep
from vision.pose import INDEX, PoseSequence
from vision.recording import write_recording

REPS = [Rep(2.0), Rep(8.0), Rep(14.0)]
SHOULDER = "shoulder-abduction"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Runner:
    monkeypatch.setattr(proof, "template_ids", lambda: (SHOULDER, "squat"))
    monkeypatch.setattr(out, "width", 400)
    return Runner(monkeypatch, capsys)


@pytest.fixture(scope="module")
def poses() -> PoseSequence:
    return filmed(REPS, raising("right"))


@pytest.fixture
def source(tmp_path: Path, poses: PoseSequence) -> Path:
    write_recording(tmp_path / "good.npz", poses)
    return tmp_path / "good.npz"


def learn(source: Path, **more: object) -> tuple[object, ...]:
    options = {"id": "arm-out", "side": "right", "out": source.parent / "arm.toml"} | more
    return (
        "patterns",
        "learn",
        source,
        *(part for name, value in options.items() for part in (f"--{name}", value)),
    )


@pytest.mark.slow
def test_what_is_learned_is_tried_and_told(run: Runner, source: Path) -> None:
    status, told, complaint = run(*learn(source))
    assert (status, complaint) == (0, "")
    assert "3 of 3 of its own repetitions are counted" in told
    assert "Counted of 2 other exercises" in told and f"--alike {SHOULDER}" in told
    file = source.parent / "arm.toml"
    report = source.parent / "trials.json"
    status, told, _ = run("patterns", "check", file, "--shown", source, "--json", report)
    tried = json.loads(report.read_text())
    assert status == FAILED and "of its trials failed" in told
    assert (tried["schema"], tried["stands"]) == ("diagonal.proof/1", False)
    assert tried["pattern"] == {
        "id": "arm-out",
        "version": 1,
        "side": "right",
        "sha256": read_template(file).sha256,
    }
    failed = {(one["trial"], one["about"]) for one in tried["trials"] if one["failed"]}
    assert ("other", SHOULDER) in failed
    assert all(bool(one["advice"]) != one["ok"] for one in tried["trials"])
    run("patterns", "check", file, "--shown", source, "--alike", SHOULDER, "--json", report)
    again = json.loads(report.read_text())
    assert {(one["trial"], one["about"]) for one in again["trials"] if one["failed"]} == failed - {
        ("other", SHOULDER)
    }


def test_a_file_alone_is_tried_on_its_own_figure(run: Runner, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(write_template(load_template("elbow-flexion")))
    status, told, _ = run("patterns", "check", file, "--alike", SHOULDER)
    assert status == 0, told
    assert "it stands its trials" in told


HOSTILE = {
    "huge": (b"x = 1\n" * 9_000_000, "at most 200000 bytes"),
    "deep": (b"id = " + b"[" * 10_000 + b"]" * 10_000, "nested too deeply"),
    "a bomb of dotted keys": (b".".join([b"a"] * 90_000) + b" = 1", "nested too deeply"),
    "a bomb of dotted digits": (b" . ".join([b"1"] * 40_000) + b" = 1", "nested too deeply"),
    "a number of many digits": (b"version = " + b"9" * 20_000, "not valid TOML"),
    "bytes": (bytes(range(255, -1, -1)), "UTF-8"),
    "nothing": (b"", "expected a value"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_one_line(run: Runner, tmp_path: Path, name: str) -> None:
    raw, word = HOSTILE[name]
    file = tmp_path / "bad.toml"
    file.write_bytes(raw)
    status, told, complaint = run("patterns", "check", file, "--json", tmp_path / "out.json")
    assert (status, told) == (2, "") and word in complaint and str(file) in complaint
    assert len(complaint.strip().splitlines()) == 1 and len(complaint) < 500
    assert [path.name for path in tmp_path.iterdir()] == ["bad.toml"]


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('id = "squat"', 'id = "../../x"', "key id"),
        ("-0.965", "inf", "finite number"),
        ("-0.965", "nan", "finite number"),
        ("-0.965", "1e300", "key path.features.foot_y_left"),
        ("-0.965", "1e9", "key path.features.foot_y_left"),
        (
            "phase = [0.0, 0.25,",
            "phase = [" + ", ".join(f"{k / 9000:.7f}" for k in range(2000)) + ",",
            "at most",
        ),
    ],
)
def test_a_wrong_value_is_one_line_that_names_its_key(
    run: Runner, tmp_path: Path, old: str, new: str, word: str
) -> None:
    text = write_template(load_template("squat"))
    assert old in text
    file = tmp_path / "bad.toml"
    file.write_text(text.replace(old, new, 1))
    status, _, complaint = run("patterns", "check", file)
    assert status == 2 and word in complaint
    assert len(complaint.strip().splitlines()) == 1


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return '""' if value is None else json.dumps(value) if isinstance(value, str) else repr(value)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_value_of_any_type_is_accepted_or_told(data: st.DataObject) -> None:
    lines = write_template(load_template("squat")).splitlines()
    at = data.draw(
        st.sampled_from([i for i, line in enumerate(lines) if " = " in line and not line.startswith("[")])
    )
    lines[at] = f"{lines[at].partition(' = ')[0]} = {_toml(data.draw(ANYTHING))}"
    try:
        parse_template("\n".join(lines).encode("utf-8", "surrogatepass"), "bad.toml")
    except TemplateError as error:
        assert str(error).startswith("bad.toml: ") and len(str(error)) < 600


def two_people(poses: PoseSequence) -> PoseSequence:
    pixels = poses.xy_px.copy()
    pixels[len(poses) // 2 :, :, 0] += 150.0
    return replace(poses, xy_px=pixels)


def hidden(poses: PoseSequence) -> PoseSequence:
    seen, pixels = poses.visibility.copy(), poses.xy_px.copy()
    rows = [INDEX["right_wrist"], INDEX["right_elbow"]]
    seen[:, rows], pixels[:, rows] = 0.0, np.nan
    return replace(poses, visibility=seen, xy_px=pixels)


def from_the_back(poses: PoseSequence) -> PoseSequence:
    assert poses.world_m is not None
    pixels = poses.xy_px.copy()
    pixels[..., 0] = poses.size_wh[0] - pixels[..., 0]
    return replace(poses, xy_px=pixels, world_m=poses.world_m * [-1.0, 1.0, -1.0])


def differing(_poses: PoseSequence) -> PoseSequence:
    amounts = (0.45, 1.0, 0.7, 0.55, 0.9)
    return filmed([Rep(2.0 + 6.0 * k, amount=amount) for k, amount in enumerate(amounts)], raising("right"))


def too_few(_poses: PoseSequence) -> PoseSequence:
    return filmed([Rep(2.0), Rep(8.0)], raising("right"))


def nobody(poses: PoseSequence) -> PoseSequence:
    return replace(poses, xy_px=poses.xy_px * np.nan, visibility=poses.visibility * 0.0)


BAD = {
    "two people": (two_people, "two people"),
    "hidden joints": (hidden, "found 0 repetitions"),
    "from the back": (from_the_back, "from the back"),
    "the other side": (mirrored_poses, "left side that moves"),
    "too few": (too_few, "found 2 repetitions, expected 3 or more"),
    "differing": (differing, "differs too much"),
    "nobody": (nobody, "nobody was found"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_learned_from_is_one_line_and_no_file(
    run: Runner, tmp_path: Path, poses: PoseSequence, name: str
) -> None:
    change, word = BAD[name]
    write_recording(tmp_path / "bad.npz", change(poses))
    status, _, complaint = run(*learn(tmp_path / "bad.npz"))
    assert status == 2 and word in complaint, complaint
    assert len(complaint.strip().splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["bad.npz"]


def test_one_person_does_not_jump(poses: PoseSequence) -> None:
    assert jump_s(poses) is None
    glitch = poses.xy_px.copy()
    glitch[100] += 150.0
    assert jump_s(replace(poses, xy_px=glitch)) is None
    assert jump_s(two_people(poses)) == pytest.approx(float(poses.t_s[len(poses) // 2]))
