"""What every pose backend of the table keeps, and what each says to the network: nothing."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from models.provision import Weights
from vision.backends import mediapipe_backend
from vision.backends.backend import BACKENDS, PoseBackend
from vision.backends.mediapipe_backend import NOTICE, MediaPipeBackend, MediaPipeError
from vision.backends.onnx_backend import OnnxBackend
from vision.pose import INDEX, Frame, PoseFrame
from vision.video.sources import open_video

ROOT = Path(__file__).resolve().parents[3]
TABLE = [
    pytest.param(name, marks=[pytest.mark.weights, *([pytest.mark.mediapipe] if name == "mediapipe" else [])])
    for name in BACKENDS
]


@pytest.fixture(scope="module")
def frames(arm_clip: Path) -> list[Frame]:
    return list(islice(open_video(arm_clip), 30))


@pytest.fixture(scope="module", params=TABLE)
def backend(request: pytest.FixtureRequest, weights: Weights) -> Iterator[PoseBackend]:
    opened = BACKENDS[request.param]("full")
    assert opened.name == request.param
    yield opened
    opened.close()


def blank(t_s: float) -> Frame:
    return Frame(t_s, np.full((480, 640, 3), 90, np.uint8))


def test_says_what_it_is(backend: PoseBackend, weights: Weights) -> None:
    assert backend.model == "full"
    assert backend.weights_sha256 == weights.source_sha256


def test_the_people_in_a_picture_are_counted(backend: PoseBackend, frames: list[Frame]) -> None:
    """Nobody, one, and the same rendered person twice side by side; MediaPipe never says."""
    one = frames[0].image
    width = one.shape[1]
    middle = one[:, width // 4 : 3 * width // 4]
    pictures = (blank(0.0).image, one, np.hstack([middle, middle]))
    counted = [backend.people(np.ascontiguousarray(picture)) for picture in pictures]
    assert counted == ([None] * 3 if backend.name == "mediapipe" else [0, 1, 2])


def test_a_person_is_found_where_the_person_is(backend: PoseBackend, frames: list[Frame]) -> None:
    backend.reset()
    pose = [backend.estimate(frame) for frame in frames][-1]
    assert pose.t_s == frames[-1].t_s and pose.size_wh == (640, 480)
    point = {name: pose.xy_px[row] for name, row in INDEX.items()}
    # a front view, not mirrored: the person's left is to the right, the head above the hips above the feet
    for part in ("shoulder", "hip", "ankle"):
        assert point[f"left_{part}"][0] > point[f"right_{part}"][0]
    assert point["nose"][1] < point["left_hip"][1] < point["left_ankle"][1]
    assert (pose.visibility >= 0).all() and (pose.visibility <= 1).all()
    assert pose.visibility[INDEX["nose"]] > 0.9
    assert pose.world_m is not None
    hips = pose.world_m[[INDEX["left_hip"], INDEX["right_hip"]]]
    assert np.abs(hips.mean(axis=0)).max() < 0.05  # metres: the origin lies between the hips
    shoulders = pose.world_m[INDEX["left_shoulder"]] - pose.world_m[INDEX["right_shoulder"]]
    assert 0.2 < np.linalg.norm(shoulders) < 0.5 and shoulders[0] > 0
    assert pose.world_m[INDEX["nose"], 1] < -0.3  # y down
    assert pose.world_m[INDEX["nose"], 2] < 0.1  # z away from the camera: the face is not behind the hips


def test_nobody_is_missing_not_an_error(backend: PoseBackend) -> None:
    backend.reset()
    pose = backend.estimate(blank(0.0))
    assert not pose.detected and np.isnan(pose.xy_px).all() and not pose.visibility.any()
    assert pose.size_wh == (640, 480) and pose.t_s == 0.0


def test_times_must_increase_between_resets(backend: PoseBackend) -> None:
    backend.reset()
    backend.estimate(blank(1.0))
    with pytest.raises(ValueError, match="later than"):
        backend.estimate(blank(1.0))
    backend.reset()
    assert backend.estimate(blank(0.5)).t_s == 0.5


def test_a_picture_of_any_size(backend: PoseBackend, frames: list[Frame]) -> None:
    backend.reset()
    cut = Frame(0.0, np.ascontiguousarray(frames[0].image[:471, 101:564]))
    pose = backend.estimate(cut)
    assert pose.detected and pose.size_wh == (463, 471)


@pytest.mark.weights
def test_the_same_frames_give_the_same_poses(frames: list[Frame], weights: Weights) -> None:
    opened = OnnxBackend.open("full")
    runs = []
    for _ in range(2):
        opened.reset()
        runs.append([opened.estimate(frame) for frame in frames[:10]])
    for first, second in zip(*runs, strict=True):
        np.testing.assert_array_equal(first.xy_px, second.xy_px)
        np.testing.assert_array_equal(first.world_m, second.world_m)


def _two_people(frames: list[Frame], i: int, hidden: str = "") -> Frame:
    """A person on the left and the mirror image on the right; one of them hidden or none."""
    half = frames[i].image[:, 160:480]
    wall = np.full_like(half, 120)
    left = wall if hidden == "left" else half
    right = wall if hidden == "right" else half[:, ::-1]
    return Frame(i / 30, np.concatenate([left, right], axis=1))


def _side(pose: PoseFrame) -> str:
    if not pose.detected:
        return "nobody"
    return "left" if pose.xy_px[INDEX["left_hip"], 0] < 320 else "right"


@pytest.mark.weights
def test_a_second_person_never_takes_over(frames: list[Frame], weights: Weights) -> None:
    opened = OnnxBackend.open("full")
    followed = _side(opened.estimate(_two_people(frames, 0)))
    assert followed in ("left", "right")
    for i in range(1, 30):
        hidden = followed if 10 <= i < 20 else ""
        side = _side(opened.estimate(_two_people(frames, i, hidden)))
        assert side == ("nobody" if hidden else followed), f"frame {i}"


@pytest.mark.weights
@pytest.mark.mediapipe
def test_a_dead_child_is_named(frames: list[Frame], weights: Weights) -> None:
    opened = MediaPipeBackend.open("full")
    opened._child.kill()
    opened._child.wait()
    with pytest.raises(MediaPipeError, match=r"ended by signal 9.*--backend onnx"):
        opened.estimate(frames[0])
    opened.close()
    with pytest.raises(MediaPipeError, match="was closed"):
        opened.estimate(frames[1])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("ModuleNotFoundError: No module named 'mediapipe'", "MediaPipe is not installed"),
        ("OSError: libEGL.so.1: cannot open shared object file", "apt-get install libegl1 libgles2"),
        ("RuntimeError: out of luck", r"failed \(RuntimeError: out of luck\)"),
    ],
)
def test_what_the_child_said_is_explained(words: str, expected: str) -> None:
    with pytest.raises(MediaPipeError, match=expected):
        raise mediapipe_backend._explained(words)


@pytest.mark.weights
def test_without_the_package(weights: Weights, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "mediapipe").mkdir()
    (tmp_path / "mediapipe" / "__init__.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'mediapipe'\", name='mediapipe')\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(MediaPipeError, match="not installed"):
        MediaPipeBackend.open("full")


def test_the_child_has_no_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    made = mediapipe_backend._environment()
    proxies = {value for name, value in made.items() if name.lower().endswith("_proxy")}
    assert proxies == {"http://127.0.0.1:9"} and "NO_PROXY" not in made
    assert "metrics" in NOTICE


def test_the_installed_onnxruntime_holds_no_uploader() -> None:
    found = importlib.util.find_spec("onnxruntime")
    assert found is not None and found.origin is not None
    libraries = [
        p for p in (Path(found.origin).parent / "capi").iterdir() if ".so" in p.name or ".dll" in p.name
    ]
    assert libraries
    for library in libraries:
        assert b"OneCollector" not in library.read_bytes(), f"{library.name} can report usage"


_RUN = """
import sys, time
from itertools import islice
from vision.backends.backend import BACKENDS
from vision.video.sources import open_video
backend = BACKENDS[sys.argv[1]]("full")
found = [backend.estimate(frame).detected for frame in islice(open_video(sys.argv[2]), 15)]
backend.close()
time.sleep(2)
assert all(found)
"""


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="needs the Debian package strace")
@pytest.mark.parametrize("name", TABLE)
def test_no_connection_leaves_the_machine(
    name: str, arm_clip: Path, weights: Weights, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    # onnxruntime keeps quiet of itself where it sees CI or a test run: take these hints away
    hints = ("CI", "ORT_", "PYTEST", "GITHUB", "TF_BUILD")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(hints)}
    command = ["strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", str(trace)]
    ran = subprocess.run(
        [*command, sys.executable, "-c", _RUN, name, str(arm_clip)],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    calls = [line for line in trace.read_text().splitlines() if "AF_INET" in line]
    away = [line for line in calls if not re.search(r'inet_addr\("127\.0\.0\.1"\)', line)]
    assert away == []
    if name == "onnx":
        assert calls == []
