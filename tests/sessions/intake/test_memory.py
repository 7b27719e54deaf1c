"""The memory for a video does not grow with its length: a bound on pictures that are held, not a time."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from dataclasses import asdict
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from patterns.templates.library import load_template
from sessions.intake.opening import open_movement
from sessions.intake.score_source import annotate, score_source
from tests.support.clips import quadrants, write_clip
from tests.support.live_fakes import BrightnessBackend
from tests.ui.test_pages import uploaded
from ui.live.app_state import workplace
from ui.records import upload_job as scoring_job
from ui.records.upload_job import score_upload
from vision.video.sources import VideoSource
from vision.video.times import VideoFacts

ROOT = Path(__file__).parents[3]
SIZE_WH = (320, 240)
PICTURE_BYTES = 3 * SIZE_WH[0] * SIZE_WH[1]
SHORT, LONG = 20, 80
"""Frames. Holding those by which the long clip is longer would take 14 MB."""

LANDMARK_BYTES = 12_000
"""Of one frame, generously: 33 landmarks of 7 numbers of 8 bytes, several times over."""


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("clips")
    picture = quadrants(*SIZE_WH)
    short, long = (write_clip(folder / f"{count}.mp4", [picture] * count) for count in (SHORT, LONG))
    return short, long


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells the peak of a process")
def test_the_sandbox_needs_the_same_memory_for_a_video_four_times_as_long(clips: tuple[Path, Path]) -> None:
    short, long = map(_peak_of_sandbox, clips)
    assert long - short < 20 * PICTURE_BYTES  # pages of code come and go


SANDBOX = (
    "import sys\nfrom vision.sandbox.process import serve\nfrom vision.sandbox.video import _answers\nserve(_answers)\n"
    "print(*[line for line in open('/proc/self/status') if line.startswith('VmHWM')], file=sys.stderr)"
)


def _peak_of_sandbox(clip: Path) -> int:
    """The most memory, in bytes, that the process had which decoded all of a video."""
    asked = json.dumps({"path": str(clip), "frames": True, "facts": asdict(VideoFacts())})
    done = subprocess.run([sys.executable, "-c", SANDBOX, asked], cwd=ROOT, capture_output=True, check=True)
    assert len(done.stdout) > SHORT * PICTURE_BYTES
    return 1024 * int(done.stderr.split()[-2])


def test_scoring_and_drawing_hold_landmarks_and_no_pictures(clips: tuple[Path, Path], tmp_path: Path) -> None:
    short, long = (_peak_of_scoring(clip, tmp_path / "overlay.mp4") for clip in clips)
    assert long - short < (LONG - SHORT) * LANDMARK_BYTES + 5 * PICTURE_BYTES


def _peak_of_scoring(clip: Path, overlay: Path) -> int:
    tracemalloc.start()
    try:
        opened = open_movement(clip, stranger=True)
        assert isinstance(opened, VideoSource)
        scored = score_source(clip, load_template("squat"), "both", BrightnessBackend(), opened=opened)
        annotate(scored, overlay)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_an_annotated_video_that_would_fill_the_memory_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring_job, "LARGEST_OVERLAY", 100)
    got = score_upload(
        write_clip(tmp_path / "a.mp4", [quadrants(64, 48)] * 10).read_bytes(),
        "a.mp4",
        load_template("squat"),
        "both",
        progress=lambda what, share: None,
        open_backend=BrightnessBackend,
    )
    assert got.overlay_mp4 is None
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path))
    workplace.cache_clear()
    page = AppTest.from_function(uploaded, default_timeout=30)
    page.session_state["scored-video"] = got
    page.run()
    assert not page.exception
    assert "The annotated video is larger than 200 MB and cannot be shown here." in [
        one.value for one in page.info
    ]
    workplace().store.close()
    workplace.cache_clear()
