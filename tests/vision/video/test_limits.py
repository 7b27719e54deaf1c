"""Limits of recordings: told from the header before anything is decoded, enforced while decoding, set by the user."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from base.errors import RequestError
from i18n.translation import in_language
from patterns.templates.library import load_template
from tests.commands.test_cli import Runner
from tests.support.clips import quadrants, standing, write_clip
from tests.support.documents import PAGES
from tests.support.live_fakes import BrightnessBackend
from tests.ui.test_pages import uploaded
from ui.records.upload_job import plain_words, score_upload
from ui.records.uploading import refusal
from ui.startup import check_settings
from vision.recording import write_recording
from vision.sandbox.video import open_video_apart
from vision.video import sources
from vision.video.limits import LIMITS, LimitError, Meter, check_header, longest_minutes
from vision.video.sources import open_video

PICTURE = quadrants(64, 48)
HOUR_S = 3600.0


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Runner:
    return Runner(monkeypatch, capsys)


def undecoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the test fail where a picture is decoded."""

    def decoded(*_: object) -> None:
        raise AssertionError("a picture was decoded")

    monkeypatch.setattr(sources, "first_pictures", decoded)


@pytest.mark.parametrize(
    ("size_wh", "duration_s", "frames", "limit"),
    [
        ((640, 480), HOUR_S, 216_000, None),
        ((640, 480), HOUR_S + 0.1, 100, "duration"),
        ((640, 480), 600.0, 216_001, "frames"),
        ((7680, 4320), 10.0, 300, None),
        ((6000, 6001), 10.0, 300, "picture"),
        ((1920, 1080), HOUR_S, 108_000, None),
        ((3840, 2160), HOUR_S, 108_000, "pixels"),
        ((640, 480), None, None, None),
    ],
)
def test_an_hour_of_full_hd_passes_and_what_is_more_does_not(
    size_wh: tuple[int, int], duration_s: float | None, frames: int | None, limit: str | None
) -> None:
    """1920 x 1080 x 108000 = 224 billion pixels; 3840 x 2160 x 108000 = 896 billion."""
    if limit is None:
        check_header("a.mp4", size_wh, duration_s, frames)
        return
    with pytest.raises(LimitError) as refused:
        check_header("a.mp4", size_wh, duration_s, frames)
    assert refused.value.limit == limit


def test_a_long_video_is_refused_from_its_header_with_limit_value_and_setting(
    tmp_path: Path, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """61 pictures, one a minute."""
    clip = write_clip(
        tmp_path / "long.mp4", [PICTURE] * 62, [60 * i for i in range(62)], time_base=Fraction(1)
    )
    undecoded(monkeypatch)
    with pytest.raises(LimitError) as refused:
        open_video(clip)
    assert float(refused.value.got) > 60.9
    status, _, error = run("angles", clip, "--out", tmp_path / "a.csv")
    assert (status, error.count("\n")) == (2, 1)
    assert f"{clip} lasts {refused.value.got} minutes; at most 60 are allowed." in error
    assert "Cut it into shorter parts." in error
    assert "set DIAGONAL_MAX_MINUTES" in error
    assert not (tmp_path / "a.csv").exists()


def test_a_limit_is_set_for_this_process_and_the_sandbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = write_clip(tmp_path / "clip.mp4", [PICTURE] * 30)
    monkeypatch.setenv("DIAGONAL_MAX_FRAMES", "29")
    for opened in (open_video, open_video_apart):
        with pytest.raises(LimitError, match=r"has 30 frames; at most 29 are allowed\.") as refused:
            opened(clip)
        assert str(refused.value).startswith(f"{clip} has"), "the path as it was given"
    monkeypatch.setenv("DIAGONAL_MAX_FRAMES", "30")
    assert len(list(open_video_apart(clip))) == 30


SMALL = {"DIAGONAL_MAX_MINUTES": "0.01", "DIAGONAL_MAX_FRAMES": "18", "DIAGONAL_MAX_GIGAPIXELS": "0.0000553"}
"""Each allows the first 18 frames of 64 x 48 = 3072 pixels, 30 a second (the first is at 0 s)."""


@pytest.mark.parametrize("variable", SMALL)
def test_what_the_header_does_not_say_is_found_out_while_decoding(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser's recording says neither how long it is nor how many frames it has."""
    clip = write_clip(tmp_path / "live.mkv", [PICTURE] * 45, options={"live": "1"})
    monkeypatch.setenv(variable, SMALL[variable])
    for opened in (open_video(clip), open_video_apart(clip)):
        assert (opened.duration_s, opened.frames_estimate) == (None, None)
        count = 0
        with pytest.raises(LimitError, match=variable):
            for _ in opened:
                count += 1
        assert count in (18, 19)


def test_a_header_that_lies_is_found_out_while_decoding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit is lowered after the header has been read."""
    video = open_video(write_clip(tmp_path / "clip.mp4", [PICTURE] * 30))
    monkeypatch.setenv("DIAGONAL_MAX_FRAMES", "18")
    with pytest.raises(LimitError, match="19 frames"):
        list(video)


def test_frames_without_a_time_and_frames_that_grow_are_counted() -> None:
    meter = Meter("a.mkv")
    for _ in range(int(LIMITS["frames"].default)):
        meter.count(10, None)
    with pytest.raises(LimitError, match="216001 frames"):
        meter.count(10, None)
    with pytest.raises(LimitError, match=r"frames of 36\.1 million pixels; at most 36 are"):
        Meter("a.mkv").count(36_100_000, 0.0)


def test_pixels_that_are_not_square_count_as_they_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """64 x 48 at 4:1 is shown with 256 x 48 = 12288 pixels."""
    clip = write_clip(tmp_path / "wide.mp4", [PICTURE] * 3, aspect=Fraction(4, 1))
    monkeypatch.setenv("DIAGONAL_MAX_MEGAPIXELS", "0.01")
    with pytest.raises(LimitError, match=r"0\.012 million"):
        open_video(clip)


def test_landmarks_are_bounded_in_time_too(
    tmp_path: Path, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_recording(tmp_path / "long.npz", standing(40, rate_hz=0.01))
    status, _, error = run("angles", tmp_path / "long.npz", "--out", tmp_path / "a.csv")
    assert (status, "long.npz lasts 65 minutes; at most 60 are allowed." in error) == (2, True)
    monkeypatch.setenv("DIAGONAL_MAX_MINUTES", "70")
    assert run("angles", tmp_path / "long.npz", "--out", tmp_path / "a.csv")[0] == 0


@pytest.mark.parametrize("told", ["", "an hour", "0", "-5", "nan", "inf"])
def test_a_setting_that_is_no_limit_is_said_before_the_start(
    told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIAGONAL_MAX_MINUTES", told)
    with pytest.raises(
        RequestError, match=r"DIAGONAL_MAX_MINUTES=.*: expected a number above 0; the default is 60"
    ):
        check_settings()


def test_the_page_refuses_in_its_language_and_tells_patients_no_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIAGONAL_MAX_MINUTES", "0.01")
    clip = write_clip(tmp_path / "clip.mp4", [PICTURE] * 45)
    with pytest.raises(LimitError) as refused:
        score_upload(
            clip.read_bytes(),
            "my arm.mp4",
            load_template("squat"),
            "both",
            progress=lambda what, share: None,
            open_backend=BrightnessBackend,
        )
    said = plain_words(refused.value, "my arm.mp4", "patient")
    assert said == "my arm.mp4 lasts 0.03 minutes; at most 0.01 are allowed. Cut it into shorter parts."
    with in_language("de"):
        told = refusal(refused.value, "my arm.mp4", "therapist")
    assert "my arm.mp4 dauert 0,03 Minuten; erlaubt sind höchstens 0,01." in told
    assert "DIAGONAL_MAX_MINUTES" in told


def test_the_limits_stand_beside_the_field(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DIAGONAL_MAX_MINUTES", "45")
    page = AppTest.from_function(uploaded, default_timeout=30).run()
    assert not page.exception
    told = "Longest video: 45 minutes in Full HD, 16 minutes in 4K (at 30 frames per second)."
    assert told in [one.value for one in page.caption]


def test_the_readme_has_every_default() -> None:
    for limit in LIMITS.values():
        row = next(
            line for line in PAGES["settings.md"].splitlines() if line.startswith(f"| `{limit.variable}`")
        )
        assert f"(default {limit.default:.0f}" in row


def test_a_frame_that_is_too_large_is_refused_undecoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = write_clip(tmp_path / "clip.mp4", [PICTURE] * 3)
    monkeypatch.setenv("DIAGONAL_MAX_MEGAPIXELS", "0.003")
    undecoded(monkeypatch)
    with pytest.raises(LimitError, match=r"frames of 0\.0031 million pixels; at most 0\.003 are allowed"):
        open_video(clip)


def test_the_longest_video_of_each_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """By hand: 250e9 / (3840 * 2160 * 30 * 60) = 16.7; 250e9 / (7680 * 4320 * 30 * 60) = 4.2 minutes."""
    assert longest_minutes() == {"HD": 60, "Full HD": 60, "4K": 16, "8K": 4}
    monkeypatch.setenv("DIAGONAL_MAX_MEGAPIXELS", "2.1")  # 1920 x 1080 are 2.07
    monkeypatch.setenv("DIAGONAL_MAX_FRAMES", "18000")  # 10 minutes at 30 a second
    assert longest_minutes() == {"HD": 10, "Full HD": 10}
    monkeypatch.setenv("DIAGONAL_MAX_MINUTES", "0.5")
    assert longest_minutes() == {}
