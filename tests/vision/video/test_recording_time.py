"""When a video was recorded, by its header; a clock that was never set says nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import av
import pytest

from tests.support.clips import quadrants
from vision.sandbox.video import open_video_apart
from vision.video.sources import open_video
from vision.video.times import recording_time

NOW = datetime(2026, 5, 1, tzinfo=UTC)
FILMED = datetime(2025, 3, 31, 14, 5, 6, tzinfo=UTC)


def clip(path: Path, said: dict[str, str]) -> Path:
    with av.open(str(path), "w") as container:
        container.metadata.update(said)
        stream = container.add_stream("mpeg4" if path.suffix == ".avi" else "libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(3):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(quadrants(64, 48))))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize("ending", [".mp4", ".mov", ".mkv"])
def test_the_header_of_a_video_says_when_it_was_recorded(tmp_path: Path, ending: str) -> None:
    path = clip(tmp_path / f"a{ending}", {"creation_time": FILMED.isoformat()})
    assert open_video(path).recorded_at == FILMED


def test_the_date_comes_through_the_process_apart_and_is_absent_without_one(tmp_path: Path) -> None:
    assert (
        open_video_apart(clip(tmp_path / "a.mp4", {"creation_time": FILMED.isoformat()})).recorded_at
        == FILMED
    )
    assert open_video_apart(clip(tmp_path / "b.mp4", {})).recorded_at is None


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ([("creation_time", "2025-03-31T14:05:06.000000Z")], FILMED),
        (
            [
                ("creation_time", "2025-04-02T00:00:00Z"),
                ("com.apple.quicktime.creationdate", "2025-03-31T16:05:06+0200"),
            ],
            FILMED,
        ),
        ([("creation_time", "1904-01-01T00:00:00Z")], None),
        ([("creation_time", "1970-01-01T00:00:00Z")], None),
        ([("creation_time", "2026-05-01T00:00:01Z")], None),
        ([("creation_time", "yesterday"), ("date", "2025-03-31T14:05:06+00:00")], FILMED),
        ([("date", "2025")], None),
        ([], None),
    ],
)
def test_what_tags_say(tags: list[tuple[str, str]], expected: datetime | None) -> None:
    assert recording_time(tags, NOW) == expected
