"""An eye in a process of its own: the same answers, started anew when it dies or hangs, gone with its parent."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from models.provision import Weights
from tests.support.live_fakes import jpeg
from vision.analysis.frame_analyzer import Looked, OwnEye
from vision.backends.onnx_backend import OnnxBackend
from vision.correction.depth import CORRECTIONS
from vision.picture_facts import PictureFacts
from vision.pose import LANDMARKS, PoseFrame
from vision.video.container import SourceError
from vision.video.sources import open_video
from vision.worker.pool import SpareEyes
from vision.worker.process import EyeError, WorkerEye
from vision.worker.protocol import packed_found, packed_look, unpacked_found, unpacked_look

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def pictures(arm_clip: Path) -> list[bytes]:
    return [encoded(frame.image) for frame in islice(open_video(arm_clip), 12)]


def encoded(image: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=90)
    return file.getvalue()


@pytest.fixture(scope="module")
def eye(weights: Weights) -> Iterator[WorkerEye]:
    opened = WorkerEye("full", answers_within_s=20.0)
    yield opened
    opened.close()


def same(a: Looked, b: Looked) -> bool:
    """Equal to the bit, times aside."""

    def bits(looked: Looked) -> list[object]:
        pose = looked.pose
        arrays = (pose.xy_px, pose.world_m, pose.visibility, pose.world_error_m)
        plain = [pose.t_s, pose.size_wh, looked.facts, looked.people]
        return plain + [None if array is None else array.tobytes() for array in arrays]

    return bits(a) == bits(b)


@given(st.floats(0, 1e9), st.binary(max_size=50), st.booleans(), st.booleans())
def test_a_look_asked_for_comes_through_whole(t_s: float, data: bytes, mirrored: bool, count: bool) -> None:
    assert unpacked_look(packed_look(t_s, data, mirrored, count)) == (t_s, data, mirrored, count)


@given(st.booleans(), st.booleans(), st.one_of(st.none(), st.integers(0, 9)), st.integers(0, 2**32 - 1))
def test_what_was_found_comes_through_bit_for_bit(
    world: bool, error: bool, people: int | None, fingerprint: int
) -> None:
    rng = np.random.default_rng(3)
    n = len(LANDMARKS)
    xy = rng.normal(size=(n, 2)) * 300
    xy[4] = np.nan
    pose = PoseFrame(
        1 / 3,
        (641, 479),
        xy,
        rng.normal(size=(n, 3)) if world else None,
        rng.uniform(size=n),
        rng.uniform(size=n) if error else None,
    )
    found = Looked(pose, PictureFacts(0.1, 0.2, fingerprint), people, 1.5, 2.5, 3.5)
    assert same(unpacked_found(packed_found(found)), found)


@pytest.mark.weights
def test_the_process_sees_what_this_one_sees(eye: WorkerEye, pictures: list[bytes]) -> None:
    own = OwnEye(OnnxBackend.open("full"), CORRECTIONS["on"]())
    assert (eye.name, eye.model, eye.weights_sha256) == (own.name, own.model, own.weights_sha256)
    for k, picture in enumerate(pictures):
        ask = {"mirrored": k > 6, "count": k % 3 == 0}
        assert same(eye.look(k / 30, picture, **ask), own.look(k / 30, picture, **ask)), k


@pytest.mark.weights
def test_a_picture_turned_round_has_left_and_right_the_other_way(pictures: list[bytes]) -> None:
    """The clip's person raises the right arm; seen in a mirror it is the left one."""
    own = OwnEye(OnnxBackend.open("full"), CORRECTIONS["off"]())
    straight = own.look(0.0, pictures[-1]).pose.xy_px
    turned = own.look(1.0, pictures[-1], mirrored=True).pose.xy_px
    right, left = LANDMARKS.index("right_wrist"), LANDMARKS.index("left_wrist")
    assert turned[left, 0] == pytest.approx(639 - straight[right, 0], abs=12)
    assert turned[left, 1] == pytest.approx(straight[right, 1], abs=12)


@pytest.mark.weights
def test_what_is_no_picture_is_said_and_harms_nothing(eye: WorkerEye, pictures: list[bytes]) -> None:
    with pytest.raises(SourceError, match="no whole JPEG"):
        eye.look(10.0, pictures[0][:200])
    with pytest.raises(SourceError, match="at most"):
        eye.look(10.0, jpeg(1300, 1000))
    assert eye.look(10.1, pictures[0]).pose.detected


@pytest.mark.weights
def test_a_process_that_died_is_started_anew(eye: WorkerEye, pictures: list[bytes]) -> None:
    before = eye.process_id
    os.kill(before, signal.SIGKILL)
    with pytest.raises(EyeError, match="started anew"):
        eye.look(20.0, pictures[0])
    assert eye.process_id != before
    assert eye.look(20.1, pictures[0]).pose.detected


@pytest.mark.weights
@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot stop a process and let it live")
def test_a_process_that_does_not_answer_is_started_anew(weights: Weights, pictures: list[bytes]) -> None:
    hanging = WorkerEye("full", answers_within_s=1.0)
    os.kill(hanging.process_id, signal.SIGSTOP)
    began_s = time.monotonic()
    with pytest.raises(EyeError, match="started anew"):
        hanging.look(0.0, pictures[0])
    assert time.monotonic() - began_s < 30
    assert hanging.look(0.1, pictures[0]).pose.detected
    hanging.close()
    assert not hanging.alive


@pytest.mark.weights
def test_the_process_goes_with_its_parent_however_that_goes(weights: Weights) -> None:
    code = (
        "import time; from vision.worker.process import WorkerEye; eye = WorkerEye('full'); "
        "print(eye.process_id, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    for _ in range(100):
        if not Path(f"/proc/{child}").exists() or _is_zombie(child):
            return
        time.sleep(0.1)
    raise AssertionError("the child lives on")


def _is_zombie(process_id: int) -> bool:
    return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def test_a_model_that_there_is_not_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIAGONAL_CACHE_DIR", str(tmp_path / "file"))
    (tmp_path / "file").write_text("")
    with pytest.raises(EyeError):
        WorkerEye("full")


@pytest.mark.weights
def test_a_spare_is_ready_and_a_dead_one_is_never_given(weights: Weights) -> None:
    spares = SpareEyes(lambda: WorkerEye("full"))
    spares.warm()
    first = spares.take()
    assert first.alive
    first.close()
    spares.warm()
    while spares._spare is None:
        time.sleep(0.05)
    os.kill(spares._spare.process_id, signal.SIGKILL)
    spares._spare._child.wait()
    second = spares.take()
    assert second.alive
    second.close()
    spares.warm()
    spares.close()
    assert spares._spare is None
