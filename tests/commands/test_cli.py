"""The command line: the contract of DESIGN, exit status, and bad input in one line with nothing written."""

import csv
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import cli
from commands import options as command_line
from commands import score as score_command
from commands.patterns import patterns as patterns_command
from patterns.features.table import FEATURES
from patterns.programs.program import FOLDER as PROGRAMS
from patterns.programs.program import program_ids
from patterns.templates.library import FOLDER, template_ids
from scoring.results.session_json import SessionDocument
from tests.support.clips import damaged_clip, quadrants, write_clip
from tests.support.live_fakes import BrightnessBackend
from tests.support.movements import Rep, arm_posture, frames, standing_up
from vision.backends.backend import BACKENDS, MODELS
from vision.pose import PoseFrame, PoseSequence
from vision.recording import read_recording, write_recording
from vision.render.overlay import OverlayError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> "Runner":
    return Runner(monkeypatch, capsys)


class Runner:
    """Runs a command line in this process; gives (exit status, stdout, stderr)."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def __call__(self, *arguments: object) -> tuple[int, str, str]:
        self._monkeypatch.setattr(sys, "argv", ["cli.py", *map(str, arguments)])
        self._monkeypatch.setattr(sys, "excepthook", sys.excepthook)
        try:
            status = cli.main()
        except SystemExit as stop:
            status = int(stop.code or 0)
        told = self._capsys.readouterr()
        return status, told.out, told.err


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Three clean repetitions and a half one of the analytic person, right arm, D2 flexion."""
    reps = [Rep(1.5), Rep(6.7), Rep(11.9, amount=0.42), Rep(17.1)]
    poses = PoseSequence.from_frames(
        frames(reps, lambda progress: arm_posture("ue-d2-flexion", "right", progress))
    )
    write_recording(tmp_path / "set.npz", poses)
    return tmp_path / "set.npz"


def score(*more: object) -> tuple[object, ...]:
    return ("score", *more, "--pattern", "ue-d2-flexion", "--side", "right")


def test_a_recording_is_scored_into_a_table_and_the_document(
    run: Runner, recording: Path, tmp_path: Path
) -> None:
    status, told, _ = run(
        *score(recording), "--json", tmp_path / "set.json", "--landmarks", tmp_path / "again.npz"
    )
    assert status == 0
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("set.json", "again.npz")} == {0o600}
    assert "3 repetitions, 1 attempts" in told and "turned back at" in told
    assert max(len(line) for line in told.splitlines()) <= 80
    document = json.loads((tmp_path / "set.json").read_text())
    SessionDocument.model_validate(document)
    assert document["schema"] == "diagonal.session/1"
    assert [rep["kind"] for rep in document["reps"]] == ["repetition", "repetition", "attempt", "repetition"]
    assert document["pattern"]["side"] == "right" and document["source"]["path"] == str(recording)
    again, first = read_recording(tmp_path / "again.npz"), read_recording(recording)
    assert np.array_equal(again.xy_px, first.xy_px) and np.array_equal(again.t_s, first.t_s)


def test_angles_are_written_with_units_and_gaps_stay_empty(
    run: Runner, recording: Path, tmp_path: Path
) -> None:
    full = read_recording(recording)
    gap = PoseSequence.from_frames(
        PoseFrame.missing(float(full.t_s[i]), full.size_wh) if 10 <= i < 20 else full.frame(i)
        for i in range(60)
    )
    write_recording(tmp_path / "gap.npz", gap)
    plain = ("--correction", "off")  # the analytic person's joints are known already
    assert run("angles", tmp_path / "gap.npz", "--out", tmp_path / "a.csv", *plain)[0] == 0
    with (tmp_path / "a.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 60 and len(rows[0]) == len(FEATURES) + 1
    assert float(rows[0]["shoulder_elevation_right_deg"]) == pytest.approx(45.0, abs=1.0)
    assert rows[12]["shoulder_elevation_right_deg"] == "" and rows[12]["t_s"] != ""
    assert "hand_x_right_arm_lengths" in rows[0] and "foot_y_left_leg_lengths" in rows[0]


def timed(source: object, *more: object) -> tuple[object, ...]:
    return ("tests", "run", source, "--test", "five-times-sit-to-stand", "--side", "both", *more)


def bad_inputs(folder: Path, recording: Path) -> dict[str, tuple[tuple[object, ...], str]]:
    """Command lines that are wrong, and a word of what is told."""
    (folder / "text.mp4").write_text("this is not a video\n" * 50)
    (folder / "empty.mp4").touch()
    whole = write_clip(folder / "whole.mp4", [quadrants(64, 48)] * 40)
    (folder / "cut.mp4").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    np.savez(
        folder / "shapes.npz", t_s=np.arange(3.0), world_m=np.zeros((3, 32, 3)), xy_px=np.zeros((3, 33, 2))
    )
    broken = folder / "broken.toml"
    broken.write_text((FOLDER / "squat.toml").read_text().replace("off_path", "of_path"))
    unfit = folder / "unfit.toml"
    unfit.write_text((PROGRAMS / "stroke-arm.toml").read_text().replace('"hand-to-mouth"', '"squat"'))
    out = folder / "out.json"
    with_json = ("--json", out)
    return {
        "no such file": ((*score(folder / "none.mp4"), *with_json), "none.mp4"),
        "a folder": ((*score(folder), *with_json), str(folder)),
        "a text file": ((*score(folder / "text.mp4"), *with_json), "text.mp4"),
        "an empty file": ((*score(folder / "empty.mp4"), *with_json), "empty.mp4"),
        "a truncated video": ((*score(folder / "cut.mp4"), *with_json), "cut.mp4"),
        "a name that is too long": ((*score(folder / f"{'x' * 300}.mp4"), *with_json), "cannot be opened"),
        "a recording's name that is too long": (
            (*score(folder / f"{'x' * 300}.npz"), *with_json),
            "cannot be read",
        ),
        "wrong shapes": ((*score(folder / "shapes.npz"), *with_json), "shapes.npz"),
        "unknown pattern": (
            ("score", recording, "--pattern", "ue-d3", "--side", "right", *with_json),
            "ue-d3",
        ),
        "unknown side": (
            ("score", recording, "--pattern", "squat", "--side", "middle", *with_json),
            "middle",
        ),
        "side that does not fit": (
            ("score", recording, "--pattern", "squat", "--side", "left", *with_json),
            "both",
        ),
        "unknown option": ((*score(recording), "--jason", out), "jason"),
        "overlay of a recording": ((*score(recording), "--overlay", folder / "o.mp4"), "holds landmarks"),
        "no such folder": ((*score(recording), "--json", folder / "none" / "out.json"), "no folder"),
        "overlay of another kind": ((*score(whole), "--overlay", folder / "o.avi"), "end in .mp4"),
        "landmarks of another kind": ((*score(recording), "--landmarks", folder / "o.csv"), "end in .npz"),
        "one file twice": (
            (
                *score(recording),
                *("--json", folder / "o.npz", "--landmarks", folder / ".." / folder.name / "o.npz"),
            ),
            "--json names this file too",
        ),
        "onto the source": ((*score(recording), "--landmarks", recording), "source itself"),
        "broken template": (("patterns", "check", broken), "did you mean off_path"),
        "no template": (("patterns", "show", "sqat"), "did you mean squat"),
        "unfit program": (("programs", "check", unfit), "does not fit pattern squat; it takes both"),
        "no program": (("programs", "show", "parkinson"), "did you mean parkinsons"),
        "no test": (timed(recording, "--test", "five-times"), "test 'five-times' is unknown"),
        "a side no test takes": (timed(recording, "--side", "left"), "it takes both"),
        "norms without a sex": (timed(recording, "--therapist", "--age", 70, *with_json), "--age and --sex"),
        "norms without an age": (
            timed(recording, "--therapist", "--sex", "male", *with_json),
            "--age and --sex",
        ),
        "a negative age": (timed(recording, "--age", -1), "--age -1: expected 0 to 120"),
        "a test without a file": (timed(folder / "none.npz"), "none.npz"),
        "foreign weights": (("models", "fetch", "--from", folder / "text.mp4"), "text.mp4"),
    }


def test_bad_input_gets_one_line_status_2_and_writes_nothing(
    run: Runner, recording: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "bad"
    folder.mkdir()
    for name, (arguments, word) in bad_inputs(folder, recording).items():
        before = sorted((p, p.stat().st_mtime_ns) for p in tmp_path.rglob("*"))
        status, told, complaint = run(*arguments)
        assert status == 2, (name, complaint)
        assert told == "", name
        lines = complaint.strip().splitlines()
        assert len(lines) == 1 and lines[0].startswith("error: ") and word in lines[0], (name, complaint)
        assert sorted((p, p.stat().st_mtime_ns) for p in tmp_path.rglob("*")) == before, name


def test_pictures_that_were_lost_are_told_in_one_line(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command_line, "fetch", lambda model: None)
    monkeypatch.setitem(BACKENDS, "onnx", lambda model: BrightnessBackend())
    few = damaged_clip(tmp_path / "few.mp4", 60, [20, 40])
    nobody = f"note: {few}: I lost sight of you"  # the fake's landmarks are one heap
    for command, further in (
        (score(few), [nobody]),
        (("angles", few, "--out", tmp_path / "a.csv"), []),
    ):
        status, _, complaint = run(*command)
        assert status == 0
        assert complaint.startswith(f"note: {few}: 2 of 60 pictures are damaged")
        assert complaint.strip().splitlines()[1:] == further
    many = damaged_clip(tmp_path / "many.mp4", 60, range(10, 55))
    status, told, complaint = run(*score(many), "--json", tmp_path / "many.json")
    assert (status, told) == (2, "") and "pictures are damaged" in complaint and str(many) in complaint
    assert not (tmp_path / "many.json").exists()


def test_what_an_annotated_video_cannot_take_along_is_written_before_it(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OverlayError("o.mp4: the annotated video cannot be written (No space left on device)")

    monkeypatch.setattr(command_line, "fetch", lambda model: None)
    monkeypatch.setitem(BACKENDS, "onnx", lambda model: BrightnessBackend())
    monkeypatch.setattr(score_command, "annotate", full)
    clip = write_clip(tmp_path / "clip.mp4", [quadrants(64, 48)] * 6)
    outputs = (
        "--overlay",
        tmp_path / "o.mp4",
        "--json",
        tmp_path / "o.json",
        "--landmarks",
        tmp_path / "o.npz",
    )
    status, _, complaint = run(*score(clip), *outputs)
    assert status == 2 and "No space left" in complaint
    assert json.loads((tmp_path / "o.json").read_text())["source"]["frames"] == 6
    assert len(read_recording(tmp_path / "o.npz")) == 6


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes in folders there")
def test_an_output_that_is_a_pipe_is_refused_and_stays_one(
    run: Runner, recording: Path, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")
    status, told, complaint = run(*score(recording), "--json", tmp_path / "pipe")
    assert (status, told) == (2, "") and "device or pipe" in complaint
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.skipif(sys.platform == "win32", reason="links need leave there")
def test_an_output_that_is_a_link_stays_one(run: Runner, recording: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    target, link = tmp_path / "elsewhere" / "real.json", tmp_path / "link.json"
    target.write_text("old")
    link.symlink_to(target)
    assert run(*score(recording), "--json", link)[0] == 0
    assert link.is_symlink()
    assert json.loads(target.read_text())["schema"] == "diagonal.session/1"
    assert [path.name for path in target.parent.iterdir()] == ["real.json"]


@pytest.mark.weights
def test_a_video_without_a_person_is_refused_in_one_line(
    run: Runner, tmp_path: Path, weights: object
) -> None:
    clip = write_clip(tmp_path / "nobody.mp4", [quadrants(320, 240)] * 12)
    status, _, complaint = run(*score(clip), "--json", tmp_path / "out.json", "--overlay", tmp_path / "o.mp4")
    assert status == 2 and "nobody" in complaint
    assert len(complaint.strip().splitlines()) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["nobody.mp4"]


def test_patterns_are_listed_shown_and_checked(run: Runner, tmp_path: Path) -> None:
    status, told, _ = run("patterns", "list")
    assert status == 0 and all(template_id in told for template_id in template_ids())
    _, shown, _ = run("patterns", "show", "squat")
    (tmp_path / "squat.toml").write_text(shown)
    assert run("patterns", "check", tmp_path / "squat.toml", "--no-trials")[0] == 0


def test_programs_are_listed_shown_and_checked(run: Runner, tmp_path: Path) -> None:
    status, told, _ = run("programs", "list")
    assert status == 0 and all(program_id in told for program_id in program_ids())
    _, shown, _ = run("programs", "show", "after-knee-surgery")
    assert "# Stop and get help at once: Pain, pressure or tightness in the chest" in shown
    assert "# Stop when the knee gives way or locks." in shown
    (tmp_path / "knee.toml").write_text(shown)
    assert run("programs", "check", tmp_path / "knee.toml")[0] == 0


@pytest.fixture
def stands(tmp_path: Path) -> Path:
    """Five rises of the analytic person, 1.4 s each, every 4 s: the fifth stand is 17.4 s after the first rise."""
    reps = [Rep(1.5 + 4.0 * k, 1.4, 0.4, 1.4) for k in range(5)]
    write_recording(tmp_path / "stands.npz", PoseSequence.from_frames(frames(reps, standing_up)))
    return tmp_path / "stands.npz"


def test_a_test_gives_the_plain_result_and_norms_only_to_therapists(
    run: Runner, stands: Path, tmp_path: Path
) -> None:
    """17.4 s are more than the 12.6 s of 70 to 79 years."""
    assert run("tests", "list")[1].count("\n") == 5
    as_is, asked = ("--correction", "off"), ("--age", 72, "--sex", "female")
    for more in (as_is, (*as_is, *asked)):
        status, told, _ = run(*timed(stands, *more, "--json", tmp_path / "plain.json"))
        plain = json.loads((tmp_path / "plain.json").read_text())
        assert status == 0 and "average" not in told and "norm" not in told and "not measured" in told
        assert plain["schema"] == "diagonal.test/1" and plain["norm"] is None
        assert plain["result"]["value"] == pytest.approx(17.4, abs=0.4)
        SessionDocument.model_validate(plain["session"])
    status, told, _ = run(*timed(stands, *as_is, *asked, "--therapist", "--json", tmp_path / "norm.json"))
    assert status == 0 and "slower than average" in told and "no diagnosis and no verdict on any risk" in told
    assert json.loads((tmp_path / "norm.json").read_text())["norm"]["norm"].endswith("at most 12.6 s")


def test_a_fault_of_ours_is_one_line_and_status_1() -> None:
    program = "import sys, cli, commands.patterns.patterns as p; p.by_family = None; cli.main()"
    command = (sys.executable, "-c", program, "patterns", "list")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("error: a fault of ours: TypeError")


def test_without_arguments_the_help_alone_is_printed(run: Runner) -> None:
    for command in ((), ("patterns",), ("programs",), ("tests",), ("models",)):
        status, told, complaint = run(*command)
        assert status == 2 and "error" not in complaint
        assert f"Usage: cli.py {' '.join(command)}".strip() in told + complaint


def test_ctrl_c_is_said_with_status_130(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(patterns_command, "by_family", interrupted)
    assert run("patterns", "list") == (130, "", "error: stopped; nothing half-written was kept\n")


def test_every_choice_of_backend_and_model_is_in_the_tables() -> None:
    assert {choice.value for choice in command_line.Backend} == set(BACKENDS)
    assert tuple(choice.value for choice in command_line.Model) == MODELS


def test_the_doctor_speaks_plainly(run: Runner) -> None:
    status, told, _ = run("doctor")
    assert status in (0, 1)
    for name in ("Python", "OpenCV", "pose weights", "folders", "cameras", "mediapipe"):
        assert name in told
    assert (status == 1) == ("BAD" in told)


def test_a_template_is_learned_written_and_used(run: Runner, recording: Path, tmp_path: Path) -> None:
    reps = [Rep(1.5), Rep(6.7), Rep(11.9)]
    poses = PoseSequence.from_frames(frames(reps, lambda p: arm_posture("ue-d2-flexion", "right", p)))
    write_recording(tmp_path / "good.npz", poses)
    file = tmp_path / "mine.toml"
    line = (
        "patterns",
        "learn",
        tmp_path / "good.npz",
        "--id",
        "my-diagonal",
        "--side",
        "right",
        "--out",
        file,
    )
    status, told, complaint = run(*line, "--title", "My diagonal", "--no-trials")
    assert (status, complaint) == (0, "")
    assert "learned from 3 repetitions" in told
    assert run("patterns", "check", file, "--no-trials")[0] == 0
    status, told, _ = run("score", recording, "--pattern", file, "--side", "right")
    assert status == 0 and "My diagonal" in told and "3 repetitions, 1 attempts" in told


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"--id": "My Diagonal"}, "--id My Diagonal"),
        ({"--id": "a"}, "--title: expected 3 to 240 letters, got 1"),
        ({"--title": 241 * "x"}, "--title: expected 3 to 240 letters, got 241"),
        ({"--out": "mine.txt"}, "must end in .toml"),
        ({"--side": "both"}, "only the right side moves"),
        ({"--side": "left"}, "right side that moves"),
        ({"--out": "nowhere/mine.toml"}, "there is no folder"),
    ],
)
def test_what_cannot_be_learned_is_one_line_and_no_file(
    run: Runner, recording: Path, change: dict[str, str], word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(recording.parent)
    options = {"--id": "mine", "--side": "right", "--out": "mine.toml"} | change
    status, _, complaint = run("patterns", "learn", recording, *(p for pair in options.items() for p in pair))
    assert status == 2 and word in complaint
    assert len(complaint.strip().splitlines()) == 1
    assert [path.name for path in recording.parent.iterdir()] == ["set.npz"]
