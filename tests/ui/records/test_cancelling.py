"""Long work on a recording can be cancelled: the sandbox ends, temporary files go, and nothing is saved."""

from __future__ import annotations

import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from patterns.templates.library import load_template
from sessions.intake.opening import open_movement
from tests.support.clips import quadrants, write_clip
from tests.support.live_fakes import BrightnessBackend
from tests.ui.authoring.test_page import exercises, press
from tests.ui.test_pages import uploaded
from ui.live.app_state import workplace
from ui.records import upload_job as scoring_job
from ui.records.upload_job import poses_of_upload, score_upload
from vision.sandbox import process as apart
from vision.sandbox.process import asked_apart

FIND, DRAW = "Looking for the person in each picture", "Writing the annotated video"


class EndedRunError(BaseException):
    """As Streamlit ends a run whose page was asked for something else; no `except Exception` catches it."""


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The sandbox processes that are started."""
    started: list[subprocess.Popen[bytes]] = []

    class Noted(subprocess.Popen[bytes]):
        def __init__(self, *given: Any, **more: Any) -> None:
            super().__init__(*given, **more)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Noted)
    return started


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", [quadrants(64, 48)] * 200).read_bytes()


@pytest.mark.parametrize("job", [FIND, DRAW, "authoring"])
def test_what_ends_the_run_ends_the_sandbox_and_leaves_no_file(
    job: str,
    clip: bytes,
    children: list[subprocess.Popen[bytes]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    backend, calls = BrightnessBackend(), 0

    def progress(what: str, share: float) -> None:
        nonlocal calls
        calls += 1
        if what == (FIND if job == "authoring" else job) and share > 0.3:
            assert any(child.poll() is None for child in children), "the video is being read"
            raise EndedRunError

    with pytest.raises(EndedRunError):
        if job == "authoring":
            poses_of_upload(clip, "clip.mp4", progress=progress, open_backend=lambda: backend)
        else:
            score_upload(
                clip, "a.mp4", load_template("squat"), "both", progress=progress, open_backend=lambda: backend
            )
    assert calls
    assert children
    assert all(child.poll() is not None for child in children)
    assert backend.closed
    assert list(tmp_path.iterdir()) == []
    assert [one.name for one in threading.enumerate() if one.name.startswith("look-ahead")] == []


def test_a_child_that_does_not_answer_yet_can_be_ended(
    children: list[subprocess.Popen[bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would take a minute; the waiting is asked at once and often."""
    monkeypatch.setattr(apart, "_ROOT", tmp_path)
    monkeypatch.setattr(apart, "ASKS_EVERY_S", 0.05)
    (tmp_path / "slow.py").write_text("import time\ntime.sleep(60)\n")
    asked = 0

    def waiting() -> None:
        nonlocal asked
        asked += 1
        if asked == 3:
            raise EndedRunError

    with pytest.raises(EndedRunError):
        list(asked_apart("slow", Path("film.mp4"), {}, waiting))
    assert children[0].poll() is not None


def test_somebody_who_waits_gets_the_same(tmp_path: Path, clip: bytes) -> None:
    (tmp_path / "clip.mp4").write_bytes(clip)
    waiting = open_movement(tmp_path / "clip.mp4", stranger=True, waiting=lambda: None)
    assert waiting == open_movement(tmp_path / "clip.mp4", stranger=True)


@pytest.mark.parametrize("total", [108_000, None])
def test_the_page_is_asked_several_times_a_second_however_long_a_video_is(
    total: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The beginning of an hour at 30 frames a second, of which each takes 10 ms."""
    now_s = [100.0]
    asked: list[float] = []
    monkeypatch.setattr(time, "monotonic", lambda: now_s[0])
    count = scoring_job._told(lambda what, share: asked.append(now_s[0]), "")
    for done in range(1, 1000):
        now_s[0] += 0.01
        count(done, total)
    gaps = [b - a for a, b in pairwise(asked)]
    assert max(gaps) < 0.3


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path))
    workplace.cache_clear()
    yield
    workplace().store.close()
    workplace.cache_clear()


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize("place", ["score", "author"])
def test_the_button_stands_beside_the_bar_and_the_page_says_that_nothing_was_saved(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The work stops the run in the middle, as if the page were looked at then."""

    def work(*_: object, progress: Any, **__: object) -> None:
        import streamlit as st

        progress(FIND, 0.5)
        st.stop()

    monkeypatch.setattr(scoring_job, "score_upload" if place == "score" else "poses_of_upload", work)
    page = AppTest.from_function(uploaded if place == "score" else exercises, default_timeout=30).run()
    if place == "author":
        press(page, "author-new-show")
    assert not any(button.label == "Cancel" for button in page.button)
    page.file_uploader[0].set_value(("a.mp4", b"a video", "video/mp4")).run()
    next(one for one in page.button if one.label in ("Score this video", "Read them")).click().run()
    assert not page.exception
    cancel = next(button for button in page.button if button.label == "Cancel")
    cancel.click().run()
    assert not page.exception
    assert "Cancelled. Nothing was saved." in [one.value for one in page.info]
    assert not any(button.label == "Cancel" for button in page.button)
    assert workplace().store.all_sessions() == ()
    page.run()
    assert "Cancelled. Nothing was saved." not in [one.value for one in page.info], "it is said once"
