from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
import pytest

from tests.support.clips import corners, damaged_clip, quadrants, write_clip
from vision.analysis.lookahead import look_ahead
from vision.pose import Frame, PoseFrame
from vision.video.container import SourceError
from vision.video.sources import array_source, decode_jpeg, open_video

ONE = 65_536
PICTURE = quadrants(64, 48)


def test_frames_keep_their_own_uneven_times(tmp_path: Path) -> None:
    stamps = [0, 33, 70, 200, 233, 900]
    clip = write_clip(tmp_path / "uneven.mp4", [PICTURE] * 6, stamps, time_base=Fraction(1, 1000))
    source = open_video(clip)
    assert [frame.t_s for frame in source] == pytest.approx([s / 1000 for s in stamps], abs=1e-9)
    assert source.dropped == source.damaged == 0
    assert source.size_wh == (64, 48)
    assert source.frames_estimate == 6


def test_a_source_can_be_read_twice(tmp_path: Path) -> None:
    source = open_video(write_clip(tmp_path / "clip.mp4", [PICTURE] * 5))
    first, second = list(source), list(source)
    assert [f.t_s for f in first] == [f.t_s for f in second]
    assert all(np.array_equal(a.image, b.image) for a, b in zip(first, second, strict=True))


# Matrices as in the QuickTime File Format: (x, y) is shown at (a x + c y, b x + d y).
@pytest.mark.parametrize(
    ("abcd", "seen"),
    [
        ((1, 0, 0, 1), ("red", "green", "blue", "black")),
        ((0, 1, -1, 0), ("blue", "red", "black", "green")),  # a quarter turn clockwise, a phone held upright
        ((-1, 0, 0, -1), ("black", "blue", "green", "red")),
        ((0, -1, 1, 0), ("green", "black", "red", "blue")),
        ((-1, 0, 0, 1), ("green", "red", "black", "blue")),  # mirrored, a selfie
        ((1, 0, 0, -1), ("blue", "black", "red", "green")),
        ((0, 1, 1, 0), ("red", "blue", "green", "black")),
    ],
)
def test_rotation_and_mirror_flags_are_applied(
    tmp_path: Path, abcd: tuple[int, int, int, int], seen: tuple[str, ...]
) -> None:
    a, b, c, d = (value * ONE for value in abcd)
    clip = write_clip(tmp_path / "turned.mp4", [PICTURE] * 3, matrix=[a, b, 0, c, d, 0, 0, 0, 1 << 30])
    source = open_video(clip)
    frame = next(iter(source))
    assert corners(frame.image) == seen
    assert source.size_wh == frame.size_wh == ((64, 48) if abcd[0] else (48, 64))


def test_pixels_that_are_not_square_are_made_so(tmp_path: Path) -> None:
    source = open_video(write_clip(tmp_path / "wide.mp4", [PICTURE] * 3, aspect=Fraction(4, 3)))
    assert source.size_wh == (85, 48)
    assert next(iter(source)).size_wh == (85, 48)


def test_frames_whose_time_does_not_increase_are_dropped_and_counted(tmp_path: Path) -> None:
    clip = tmp_path / "steps.mkv"
    with av.open(str(clip), "w") as container:
        stream = container.add_stream("mjpeg", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        for order, stamp in enumerate((0, 40, 40, 80, 60, *range(120, 2400, 40))):
            packet = av.Packet(jpeg(PICTURE))
            packet.stream, packet.time_base = stream, Fraction(1, 1000)
            packet.pts, packet.dts = stamp, order - 100
            container.mux_one(packet)
    source = open_video(clip)
    assert [frame.t_s for frame in source] == pytest.approx([i * 0.04 for i in range(60)])
    assert source.dropped == 2


def bad_files(folder: Path) -> dict[str, Path]:
    whole = write_clip(folder / "whole.mp4", [PICTURE] * 60).read_bytes()
    early = write_clip(folder / "early.mp4", [PICTURE] * 60, options={"movflags": "+faststart"}).read_bytes()
    loose = write_clip(folder / "loose.mkv", [PICTURE] * 90).read_bytes()
    with av.open(str(folder / "sound.mp4"), "w") as container:
        sound = container.add_stream("aac", rate=8000)
        samples = av.AudioFrame(format="fltp", layout="mono", samples=1024)
        samples.sample_rate, samples.pts = 8000, 0
        for plane in samples.planes:
            plane.update(bytes(plane.buffer_size))
        container.mux(sound.encode(samples))
        container.mux(sound.encode())
    contents = {
        "text.mp4": b"this is a text, not a video\n" * 40,
        "empty.mp4": b"",
        "cut.mp4": whole[: len(whole) // 2],
        "cut_early.mp4": early[: len(early) * 2 // 3],
        "cut.mkv": loose[: len(loose) // 2],
        "playlist.mp4": b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nwhole.mp4\n#EXT-X-ENDLIST\n",
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in (*contents, "sound.mp4", "absent.mp4")} | {"folder": folder}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("absent.mp4", "no such file"),
        ("folder", "folder"),
        ("text.mp4", "not a video"),
        ("empty.mp4", "empty"),
        ("sound.mp4", "no video stream"),
        ("cut.mp4", "cut off"),
        ("cut_early.mp4", "cut off"),
        ("cut.mkv", "breaks off"),
        ("playlist.mp4", "not a video"),
    ],
)
def test_what_is_no_whole_video_is_refused_in_one_line(tmp_path: Path, name: str, says: str) -> None:
    path = bad_files(tmp_path)[name]
    with pytest.raises(SourceError) as caught:
        list(open_video(path))
    line = str(caught.value)
    assert says in line
    assert str(path) in line
    assert "\n" not in line


def with_sound(path: Path, sound_s: int) -> Path:
    """A video of 2 s with silence of its own length beside it."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        sound = container.add_stream("aac", rate=8000)
        for i in range(60):
            picture = av.VideoFrame.from_ndarray(PICTURE)
            picture.pts, picture.time_base = i, Fraction(1, 30)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
        for i in range(sound_s * 8000 // 1000):
            samples = av.AudioFrame(format="fltp", layout="mono", samples=1000)
            samples.sample_rate, samples.pts, samples.time_base = 8000, 1000 * i, Fraction(1, 8000)
            samples.planes[0].update(bytes(samples.planes[0].buffer_size))
            container.mux(sound.encode(samples))
        container.mux(sound.encode())
    return path


def test_sound_that_outlasts_the_pictures_does_not_make_a_video_cut(tmp_path: Path) -> None:
    clip = with_sound(tmp_path / "long.mkv", sound_s=5)
    assert [frame.t_s for frame in open_video(clip)] == pytest.approx([i / 30 for i in range(60)], abs=1e-3)
    whole = clip.read_bytes()
    clip.write_bytes(whole[: len(whole) * 3 // 4])  # the end of the sound is not there
    with pytest.raises(SourceError, match="breaks off"):
        list(open_video(clip))


def test_a_video_that_begins_late_is_as_long_as_its_pictures(tmp_path: Path) -> None:
    stamps = range(150, 180)
    source = open_video(write_clip(tmp_path / "late.mkv", [PICTURE] * 30, stamps))
    assert [frame.t_s for frame in source] == pytest.approx([i / 30 for i in range(30)], abs=2e-3)
    assert source.duration_s == pytest.approx(1.0, abs=0.01)
    assert source.frames_estimate == 30


@pytest.mark.skipif(sys.platform == "win32", reason="no colon in a name there")
def test_a_name_with_a_colon_is_no_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_clip(tmp_path / "clip.mp4", [PICTURE] * 3).rename(tmp_path / "set:1.mp4")
    monkeypatch.chdir(tmp_path)
    assert len(list(open_video("set:1.mp4"))) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX file modes")
def test_a_video_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", [PICTURE] * 3)
    clip.chmod(0)
    code = (
        "import os, sys; from vision.video.sources import SourceError, open_video\n"
        "if os.geteuid() == 0: os.seteuid(65534)\n"
        "try: open_video('clip.mp4')\n"
        "except SourceError as error: print(error)\n"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "clip.mp4: the file cannot be opened (Permission denied)\n"


def test_a_few_damaged_packets_are_left_out_counted_and_told(tmp_path: Path) -> None:
    source = open_video(damaged_clip(tmp_path / "clip.mp4", 60, [20, 40]))
    assert source.loss == ""
    assert len(list(source)) == 58
    assert (source.given, source.damaged, source.dropped) == (58, 2, 0)
    assert source.loss == "2 of 60 pictures are damaged or have no time of their own"


def test_a_video_that_is_mostly_damaged_is_refused(tmp_path: Path) -> None:
    clip = damaged_clip(tmp_path / "clip.mp4", 60, range(10, 55))
    with pytest.raises(SourceError, match=r"45 of \d\d pictures are damaged") as caught:
        list(open_video(clip))
    assert str(clip) in str(caught.value) and "\n" not in str(caught.value)


def test_array_source_checks_its_pictures_and_times() -> None:
    source = array_source(np.stack([PICTURE] * 3), [0.0, 0.1, 0.5])
    assert [f.t_s for f in source] == [0.0, 0.1, 0.5]
    assert source.size_wh == (64, 48)
    for images, times in (
        ([], []),
        ([PICTURE], [0.0, 1.0]),
        ([PICTURE, PICTURE], [0.0, 0.0]),
        ([PICTURE, PICTURE[:8]], [0.0, 1.0]),
    ):
        with pytest.raises(SourceError):
            array_source(images, times)


def jpeg(image: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))[1].tobytes()


def test_jpeg_is_decoded_as_rgb_and_refused_when_wrong() -> None:
    data = jpeg(PICTURE)
    image = decode_jpeg(data, 64 * 48)
    assert image.shape == (48, 64, 3)
    assert corners(image) == ("red", "green", "blue", "black")
    for wrong in (
        b"",
        b"GIF89a",
        data[: len(data) // 2],
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8" + b"\xff" * 64 + b"\xff\xd9",
    ):
        with pytest.raises(SourceError):
            decode_jpeg(wrong, 64 * 48)
    with pytest.raises(SourceError, match="pixels"):
        decode_jpeg(data, 64 * 48 - 1)


def threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("look-ahead")]


def test_look_ahead_keeps_order_and_bound_and_ends_its_thread() -> None:
    made = []

    def items() -> Iterator[int]:
        for i in range(100):
            made.append(i)
            yield i

    ahead = look_ahead(items(), depth=3)
    got = []
    for item in ahead:
        got.append(item)
        assert len(made) <= len(got) + 3
    assert got == list(range(100))
    assert threads() == []


def test_look_ahead_closes_its_source_when_the_consumer_stops_early() -> None:
    closed = []

    def items() -> Iterator[int]:
        try:
            yield from range(1000)
        finally:
            closed.append(True)

    ahead = look_ahead(items())
    assert next(ahead) == 0
    ahead.close()
    assert closed == [True]
    assert threads() == []


def test_look_ahead_passes_an_error_in_its_place() -> None:
    def items() -> Iterator[int]:
        yield 1
        yield 2
        raise SourceError("clip.mp4: breaks off")

    got = []
    with pytest.raises(SourceError, match="breaks off"):
        for item in look_ahead(items()):
            got.append(item)
    assert got == [1, 2]
    assert threads() == []
    with pytest.raises(ValueError, match="depth"):
        look_ahead([1], depth=0)


class Watcher:
    """A stand-in backend that finds somebody in the frames it is told to."""

    name, model, weights_sha256 = "fake", "full", "0" * 64

    def __init__(self, seen: frozenset[int]) -> None:
        self.seen, self.count, self.resets = seen, 0, 0

    def people(self, image: npt.NDArray[np.uint8]) -> int:
        return 1

    def estimate(self, frame: Frame) -> PoseFrame:
        pose = PoseFrame.missing(frame.t_s, frame.size_wh)
        if self.count in self.seen:
            pose.xy_px[0] = (1.0, 2.0)
        self.count += 1
        return pose

    def reset(self) -> None:
        self.resets += 1

    def close(self) -> None: ...


def test_poses_of_a_video_come_in_order_corrected_and_counted() -> None:
    from vision.analysis.estimate import estimate_poses

    source = array_source([PICTURE] * 4, [0.0, 0.1, 0.2, 0.3])
    backend, corrected, done = Watcher(frozenset({2})), [], []

    def correct(pose: PoseFrame) -> PoseFrame:
        corrected.append(pose.t_s)
        return pose

    poses = list(estimate_poses(source, backend, correct, lambda i, total: done.append((i, total))))
    assert [p.t_s for p in poses] == corrected == [0.0, 0.1, 0.2, 0.3]
    assert [p.detected for p in poses] == [False, False, True, False]
    assert done == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert backend.resets == 1


def test_a_video_without_a_person_is_refused() -> None:
    from vision.analysis.estimate import estimate_poses

    source = array_source([PICTURE] * 4, [0.0, 0.1, 0.2, 0.3])
    with pytest.raises(SourceError, match="nobody was found in it; film one person"):
        list(estimate_poses(source, Watcher(frozenset())))
    with pytest.raises(ValueError, match="backend"):
        estimate_poses(source, None)
