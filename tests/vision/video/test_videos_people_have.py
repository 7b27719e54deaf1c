"""Videos as phones and converters make them: turned, slowed, with B-frames, without times, with holes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
import pytest

from base.errors import MissingFactError, RequestError
from tests.support.clips import corners, quadrants, write_clip
from vision.sandbox.video import open_video_apart
from vision.video.sources import open_video
from vision.video.times import VideoFacts

WIDE, TALL = quadrants(64, 48), quadrants(48, 64)


def shades(count: int) -> list[npt.NDArray[np.uint8]]:
    """Pictures that grow lighter one by one, so that each says which it is."""
    return [np.full((48, 64, 3), 20 + 10 * i, np.uint8) for i in range(count)]


def write_jpegs(path: Path, images: Sequence[npt.NDArray[np.uint8]], stamps_ms: Sequence[int]) -> Path:
    """Pictures of any size each, as JPEG in a Matroska file."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=30)
        stream.height, stream.width = images[0].shape[:2]
        stream.pix_fmt = "yuvj420p"
        for stamp, image in zip(stamps_ms, images, strict=True):
            encoded = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))[1].tobytes()
            packet = av.Packet(encoded)
            packet.stream, packet.time_base, packet.pts, packet.dts = stream, Fraction(1, 1000), stamp, stamp
            container.mux_one(packet)
    return path


@pytest.mark.parametrize("apart", [False, True])
def test_each_picture_has_its_own_shape_when_the_phone_is_turned(tmp_path: Path, apart: bool) -> None:
    """A 48 x 64 picture in one of 64 x 48 is 36 x 48, in the middle: 14 black columns on either side."""
    path = write_jpegs(tmp_path / "turned.mkv", [WIDE, WIDE, TALL, TALL], [0, 33, 67, 100])
    frames = list((open_video_apart if apart else open_video)(path))
    assert [frame.size_wh for frame in frames] == [(64, 48)] * 4
    for frame in frames[:2]:
        assert corners(frame.image) == ("red", "green", "blue", "black")
    for frame in frames[2:]:
        assert corners(frame.image[:, 14:50]) == ("red", "green", "blue", "black")
        assert frame.image[:, :13].max() < 30
        assert frame.image[:, 51:].max() < 30


def test_a_smaller_picture_of_the_same_shape_fills_the_frame(tmp_path: Path) -> None:
    path = write_jpegs(tmp_path / "call.mkv", [WIDE, quadrants(32, 24)], [0, 33])
    second = list(open_video(path))[1]
    assert corners(second.image) == ("red", "green", "blue", "black")
    assert second.image[2:10, 2:10, 0].min() > 200


def tagged(path: Path, tags: dict[str, str], frames: int = 30, rate: int = 30) -> Path:
    """A clip with tags in its head."""
    with av.open(str(path), "w", options={"movflags": "use_metadata_tags"}) as container:
        container.metadata.update(tags)
        stream = container.add_stream("libx264", rate=rate, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for i in range(frames):
            picture = av.VideoFrame.from_ndarray(WIDE)
            picture.pts, picture.time_base = i, Fraction(1, rate)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize(
    ("captured", "rate", "factor"),
    [
        ("60.000000", 30, 2.0),
        ("240", 30, 8.0),
        ("30", 15, 1.0),
        ("30", 30, 1.0),
        ("240", 240, 1.0),
        ("30", 60, 1.0),
        ("2", 30, 1 / 15),
    ],
)
def test_slow_motion_that_a_phone_marks_is_undone(
    tmp_path: Path, captured: str, rate: int, factor: float
) -> None:
    """A phone that fell to 15 frames per second in poor light keeps its true times."""
    path = tagged(tmp_path / "slow.mp4", {"com.android.capture.fps": captured}, rate=rate)
    for source in (open_video(path), open_video_apart(path)):
        times = [frame.t_s for frame in source]
        assert times == pytest.approx([i / rate / factor for i in range(30)], abs=1e-6)
        assert source.duration_s == pytest.approx(30 / rate / factor, abs=1e-6)
        assert bool(source.notes) == (factor != 1)
    if factor > 1:
        assert f"plays {factor:g} times slower than life" in source.notes[0]


def test_what_a_person_says_about_slow_motion_counts_more_than_the_tag(tmp_path: Path) -> None:
    path = tagged(tmp_path / "slow.mp4", {"com.android.capture.fps": "60"})
    assert [f.t_s for f in open_video(path, VideoFacts(slow_motion=1))][-1] == pytest.approx(29 / 30)
    plain = tagged(tmp_path / "plain.mp4", {})
    assert open_video(plain).notes == ()
    source = open_video_apart(plain, VideoFacts(slow_motion=4))
    assert [frame.t_s for frame in source] == pytest.approx([i / 120 for i in range(30)])


def test_slow_motion_of_a_sony_camera_is_read_from_its_xml(tmp_path: Path) -> None:
    path = tagged(tmp_path / "sony.mp4", {})
    xml = b'<VideoFrame videoCodec="AVC" captureFps="119.88p" formatFps="29.97p"/>'
    box = (8 + len(xml)).to_bytes(4, "big") + b"meta" + xml
    path.write_bytes(path.read_bytes() + box)
    assert [frame.t_s for frame in open_video(path)][-1] == pytest.approx(29 / 120)


@pytest.mark.parametrize("ending", ["avi", "mp4", "mkv"])
def test_pictures_that_are_decoded_in_another_order_have_their_own_times(tmp_path: Path, ending: str) -> None:
    """H.264 with B-frames; an AVI holds the times of decoding alone."""
    path = tmp_path / f"b.{ending}"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"bf": "2", "crf": "5", "b_strategy": "0"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for i, image in enumerate(shades(20)):
            picture = av.VideoFrame.from_ndarray(image)
            picture.pts, picture.time_base = i, Fraction(1, 30)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    source = open_video(path)
    frames = list(source)
    assert [round((float(frame.image.mean()) - 20) / 10) for frame in frames] == list(range(20))
    assert np.diff([frame.t_s for frame in frames]) == pytest.approx(np.full(19, 1 / 30), abs=2e-3)
    assert frames[0].t_s == pytest.approx(0.0, abs=0.1)
    assert (source.dropped, source.damaged) == (0, 0)


def raw_stream(path: Path, codec: str = "libx264") -> Path:
    """Encoded pictures one after the other, in no container."""
    content = io.BytesIO()
    encoder = av.CodecContext.create(codec, "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height = 64, 48
    encoder.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    encoder.time_base = Fraction(1, 30)
    for i, image in enumerate(shades(20)):
        picture = av.VideoFrame.from_ndarray(image).reformat(format=encoder.pix_fmt)
        picture.pts, picture.time_base = i, Fraction(1, 30)
        for packet in encoder.encode(picture):
            content.write(bytes(packet))
    for packet in encoder.encode(None):
        content.write(bytes(packet))
    path.write_bytes(content.getvalue())
    return path


@pytest.mark.parametrize(("codec", "name"), [("libx264", "raw.h264"), ("mjpeg", "raw.mjpeg")])
@pytest.mark.parametrize("apart", [False, True])
def test_a_video_without_times_asks_for_its_frames_per_second(
    tmp_path: Path, codec: str, name: str, apart: bool
) -> None:
    path = raw_stream(tmp_path / name, codec)
    opening = open_video_apart if apart else open_video
    with pytest.raises(MissingFactError, match=r"holds no times; say .* --fps") as asked:
        opening(path)
    assert asked.value.fact == "fps"
    assert str(asked.value).startswith(str(path))
    frames = list(opening(path, VideoFacts(fps=25)))
    assert [frame.t_s for frame in frames] == pytest.approx([i / 25 for i in range(20)])
    assert [round((float(frame.image.mean()) - 20) / 10) for frame in frames] == list(range(20))


def test_frames_per_second_are_refused_for_a_video_with_times(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", [WIDE] * 3)
    with pytest.raises(RequestError, match="has times of its own; leave out --fps"):
        open_video(path, VideoFacts(fps=25))


@pytest.mark.parametrize("apart", [False, True])
def test_a_hole_is_reported_with_its_time(tmp_path: Path, apart: bool) -> None:
    """Uneven times, 2.5 s without a picture, and steps of 0.6 s that are no hole."""
    stamps = [0, 40, 100, 130, 2630, 2670, 3270, 3310]
    path = write_clip(tmp_path / "hole.mp4", [WIDE] * 8, stamps, time_base=Fraction(1, 1000))
    source = (open_video_apart if apart else open_video)(path)
    assert not source.notes
    assert len(list(source)) == 8
    assert source.notes == ("No frames from 0.1 s to 2.6 s: what was done in between is not seen.",)


def test_many_holes_are_not_a_page_of_lines(tmp_path: Path) -> None:
    path = write_clip(
        tmp_path / "slow.mp4", [WIDE] * 10, [1000 * i for i in range(10)], time_base=Fraction(1, 1000)
    )
    source = open_video(path)
    assert len(list(source)) == 10
    assert len(source.notes) == 4
    assert source.notes[-1] == "6 more gaps without frames."


def with_sound(path: Path, shown: Sequence[int], sound_s: float, start_s: float = 0.0) -> Path:
    """Pictures at those hundredths of a second, and silence over that time."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 100)
        sound = container.add_stream("aac", rate=8000, layout="mono")
        for i in range(round(sound_s * 8000 / 1024)):
            noise = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            noise.sample_rate, noise.pts = 8000, i * 1024 + round(start_s * 8000)
            container.mux(sound.encode(noise))
        container.mux(sound.encode())
        for at in shown:
            picture = av.VideoFrame.from_ndarray(WIDE)
            picture.pts, picture.time_base = at, Fraction(1, 100)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
def test_pictures_that_begin_late_or_stop_early_are_a_hole(tmp_path: Path, ending: str) -> None:
    """A camera that froze while the sound went on: what was done meanwhile is not seen."""
    source = open_video(with_sound(tmp_path / f"a.{ending}", range(200, 300, 4), 6.0))
    assert len(list(source)) == 25
    (begin, middle), (stop, end) = source.holes
    assert (begin, middle) == pytest.approx((0.0, 2.0), abs=0.15)
    assert (stop, end) == pytest.approx((2.96, 6.0), abs=0.25)
    assert [note[:14] for note in source.notes] == ["No frames from"] * 2
    whole = open_video(with_sound(tmp_path / f"b.{ending}", range(0, 300, 4), 3.2))
    assert len(list(whole)) == 75
    assert whole.notes == ()


def test_a_last_picture_that_stays_is_a_hole(tmp_path: Path) -> None:
    """The time table of an MP4 (stts) gives the last picture 3 s: the video stopped, the clock did not."""
    path = write_clip(tmp_path / "a.mp4", [WIDE] * 10)
    raw = bytearray(path.read_bytes())
    entry = raw.index(b"stts") + 12
    (unit,) = {int.from_bytes(raw[entry + 4 : entry + 8], "big")}
    assert int.from_bytes(raw[entry : entry + 4], "big") == 10
    seconds = 30 * unit
    media = raw.index(b"mdhd") + 20
    raw[entry : entry + 8] = (9).to_bytes(4, "big") + unit.to_bytes(4, "big")
    raw[entry - 4 : entry] = (2).to_bytes(4, "big")
    added = (1).to_bytes(4, "big") + (3 * seconds).to_bytes(4, "big")
    raw[entry + 8 : entry + 8] = added
    raw[media : media + 4] = (9 * unit + 3 * seconds).to_bytes(4, "big")
    for box in (b"stts", b"stbl", b"minf", b"mdia", b"trak", b"moov"):
        at = raw.index(box) - 4
        raw[at : at + 4] = (int.from_bytes(raw[at : at + 4], "big") + len(added)).to_bytes(4, "big")
    edit = raw.index(b"elst") + 12
    raw[edit : edit + 4] = (3300).to_bytes(4, "big")
    path.write_bytes(raw)
    source = open_video(path)
    assert len(list(source)) == 10
    ((stop, end),) = source.holes
    assert (stop, end) == pytest.approx((0.3, 3.3), abs=0.01)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_an_avi_that_is_cut_off_is_refused(tmp_path: Path, share: float) -> None:
    """RFC 2361's RIFF: the second word of the file is its length less eight."""
    path = tmp_path / "a.avi"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        for image in shades(20):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image)))
        container.mux(stream.encode())
    raw = path.read_bytes()
    assert int.from_bytes(raw[4:8], "little") == len(raw) - 8
    assert len(list(open_video(path))) == 20
    path.write_bytes(raw[: int(share * len(raw))])
    with pytest.raises(
        RequestError, match=rf"is cut off \({int(share * len(raw))} bytes of at least {len(raw)} "
    ):
        open_video(path)
    for unfinished in (b"\0\0\0\0", b"\xff\xff\xff\xff", (len(raw)).to_bytes(4, "little")):
        path.write_bytes(raw[:4] + unfinished + raw[8:])
        assert len(list(open_video(path))) == 20, "a camera that was switched off, or counted its own head"


@pytest.mark.parametrize("captured", ["1e-300", "0.0001", "1e300", "-5", "nan", "0", "1.2.3"])
def test_a_damaged_mark_of_slow_motion_changes_nothing(tmp_path: Path, captured: str) -> None:
    path = tagged(tmp_path / "a.mp4", {"com.android.capture.fps": captured})
    sony = f'<VideoFrame captureFps="{captured}p" formatFps="29.97p"/><x captureFps="30" formatFps="{captured}"/>'
    path.write_bytes(path.read_bytes() + (8 + len(sony)).to_bytes(4, "big") + b"meta" + sony.encode())
    source = open_video(path)
    assert [frame.t_s for frame in source][-1] == pytest.approx(29 / 30)
    assert source.notes == ()
