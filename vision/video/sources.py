"""Frame sources: video files, arrays and single JPEG pictures, each frame with its own time."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Final, Protocol

import av
import av.error
import cv2
import numpy as np

from base.errors import MissingFactError
from base.message import Message
from vision.pose import Frame
from vision.video.container import (
    SourceError,
    check_file,
    first_pictures,
    opened,
    sound_end_s,
    start,
    video_stream,
)
from vision.video.limits import Meter, check_header
from vision.video.mp4_boxes import sony_slow_motion
from vision.video.times import (
    HOLE_S,
    WITHOUT_TIMES,
    FrameClock,
    VideoFacts,
    holds_decoding_times,
    hole_notes,
    recorded_slow_motion,
    recording_time,
    speed_note,
)
from vision.video.upright import Image, Quarter, pixel_aspect, quarter_turn, shown_size, upright

LOSS: Final = "{lost} of {whole} pictures are damaged or have no time of their own"
LEFT_OUT: Final = "{loss}; they were left out."
"""What is reported about pictures that a video has lost."""

MOST_LOST: Final = 0.05
"""A video of which a larger share of the pictures is lost is refused: what is left is not the movement."""

_NO_FACTS: Final = VideoFacts()


class FrameSource(Protocol):
    """Frames in time order, from the start each time it is iterated.

    duration_s and frames_estimate are what is known before reading, None where nothing is.
    """

    @property
    def path(self) -> Path | None:
        """The file it reads, if any."""

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height of every picture, pixels."""

    @property
    def duration_s(self) -> float | None:
        """Seconds, None where unknown."""

    @property
    def frames_estimate(self) -> int | None:
        """About how many frames there are, None where unknown."""

    def __iter__(self) -> Iterator[Frame]: ...


@dataclass
class VideoSource:
    """A video file as upright frames with square pixels, each at its own time since the file's start.

    time_base_s: the unit of the file's time stamps. given: frames given out in the latest pass. dropped: those
    left out because they had no time (before the first that has one they are the hidden lead-in of a cut, and
    not counted), or one that did not increase. damaged: packets that could not be decoded.
    of_container: duration_s is that of the whole container, in which the sound may outlast the pictures.
    turn: the display matrix by which every picture is made upright; aspect: width of a pixel by its height.
    slower: how many times slower than life it plays; times and duration are those of life. fps: frames per second of
    a file without times, as a person said. sort_times: whether its times are those of decoding. recorded_at: when it
    was recorded, where the file says it. holes: the times without frames in the latest pass, from and to, also before
    the first frame and after the last.
    """

    path: Path
    size_wh: tuple[int, int]
    duration_s: float | None
    frames_estimate: int | None
    time_base_s: Fraction
    of_container: bool = False
    turn: Quarter = (1, 0, 0, 1)
    aspect: Fraction = Fraction(1)
    slower: Fraction = Fraction(1)
    fps: Fraction | None = None
    sort_times: bool = False
    recorded_at: datetime | None = None
    holes: list[tuple[float, float]] = field(default_factory=list, compare=False)
    given: int = field(default=0, compare=False)
    dropped: int = field(default=0, compare=False)
    damaged: int = field(default=0, compare=False)
    _packets_end_s: float = field(default=0.0, compare=False, repr=False)

    @property
    def loss(self) -> str:
        """How many pictures of the latest pass were lost, in words; empty where none was."""
        lost = self.dropped + self.damaged
        if not lost:
            return ""
        return Message(LOSS, lost=lost, whole=self.given + lost)

    @property
    def notes(self) -> tuple[str, ...]:
        """What there is to know about the latest pass, a sentence each: loss, slow motion, holes."""
        loss = Message(LEFT_OUT, loss=self.loss) if self.loss else ""
        return tuple(note for note in (loss, speed_note(self.slower), *hole_notes(self.holes)) if note)

    def __iter__(self) -> Generator[Frame]:
        self.given = self.dropped = self.damaged = 0
        self.holes = []
        self._packets_end_s = 0.0
        last_s = -np.inf
        until_s = 0.0
        clock = FrameClock(self.fps, self.sort_times)
        meter = Meter(str(self.path))
        with opened(self.path) as container:
            begin = start(container)
            end_s = sound_end_s(container, self.slower)
            for picture in self._pictures(container, clock):
                pixels = max(picture.width * picture.height, self.size_wh[0] * self.size_wh[1])
                at = clock.of(picture)
                if at is None:
                    meter.count(pixels, None)
                    self.dropped += self.given > 0
                    continue
                t_s = float((at - begin) / self.slower)
                meter.count(pixels, t_s)
                if t_s <= last_s:
                    self.dropped += 1
                    continue
                self._note_hole(
                    max(last_s, 0.0) if self.given or container.start_time is not None else t_s, t_s
                )
                last_s = t_s
                self.given += 1
                lasts = (picture.duration or 0) * (picture.time_base or 0) / self.slower
                until_s = t_s + float(lasts)
                yield Frame(t_s, upright(picture, self.size_wh, self.turn, self.aspect))
        until_s = max(until_s, self._packets_end_s)
        self._check_end(last_s, until_s)
        self._note_hole(last_s, max(until_s, end_s))

    def _note_hole(self, from_s: float, to_s: float) -> None:
        if to_s - from_s > HOLE_S:
            self.holes.append((from_s, to_s))

    def _pictures(self, container: av.container.InputContainer, clock: FrameClock) -> Iterator[av.VideoFrame]:
        stream = video_stream(container, self.path)
        try:
            for packet in container.demux() if self.of_container else container.demux(stream):
                if self.of_container and packet.pts is not None:
                    end = (packet.pts + (packet.duration or 0)) * packet.time_base - start(container)
                    self._packets_end_s = max(self._packets_end_s, float(end / self.slower))
                if packet.stream.index != stream.index:
                    continue
                clock.sent(packet)
                try:
                    pictures = packet.decode()
                except av.error.InvalidDataError:
                    self.damaged += 1
                    clock.damaged(packet)
                    continue
                for picture in pictures:
                    if isinstance(picture, av.VideoFrame):
                        yield picture
        except av.error.FFmpegError as error:
            raise SourceError(f"{self.path}: the video cannot be decoded ({error.strerror})") from error

    def _check_end(self, last_s: float, until_s: float) -> None:
        if not np.isfinite(last_s):
            raise SourceError(f"{self.path}: no frame of the video can be read; export it again as MP4")
        lost = self.dropped + self.damaged
        if lost > MOST_LOST * (self.given + lost):
            raise SourceError(f"{self.path}: {self.loss}, too many to judge the rest; export it again as MP4")
        if self.duration_s is None:
            return
        short_s = self.duration_s - max(until_s, last_s)
        if short_s > max(0.75, 0.05 * self.duration_s):
            raise SourceError(
                f"{self.path}: the video breaks off at {max(last_s, 0.0):.1f} s of {self.duration_s:.1f} s; "
                "copy it again"
            )


def open_video(path: Path | str, facts: VideoFacts = _NO_FACTS) -> VideoSource:
    """Return a video file ready to be read, from its headers and first pictures alone.

    Rotation and mirror flags and non-square pixels are applied, so size_wh is the size as seen; slow motion that the
    file or facts tell of is undone. Raises SourceError with one line for a missing file, a folder, anything that is
    not a video, one that is cut off or holds no frame; MissingFactError for one without times where facts has no fps;
    LimitError for one above a limit (vision.video.limits).
    """
    path = Path(path)
    check_file(path)
    with opened(path) as container:
        stream = video_stream(container, path)
        if stream.width <= 0 or stream.height <= 0:
            raise SourceError(f"{path}: pictures of {stream.width} x {stream.height} pixels cannot be read")
        fps = _said_fps(container, path, facts)
        slower = _slower(container, stream, path, facts)
        timed = fps is None
        duration_s = _duration_s(container, stream, slower) if timed else None
        frames = stream.frames or None
        if frames is None and duration_s is not None and stream.average_rate:
            frames = round(duration_s * float(stream.average_rate * slower))
        check_header(str(path), (stream.width, stream.height), duration_s, frames)
        time_base = (stream.time_base or Fraction(1, 90_000)) if fps is None else 1 / fps
        of_container = timed and (stream.duration is None or stream.time_base is None)
        first = first_pictures(container, stream, path)
        turn, aspect = quarter_turn(first[0]), pixel_aspect(stream.sample_aspect_ratio)
        sort_times = timed and holds_decoding_times(container.format.name, first)
        recorded_at = recording_time(_tags(container, stream), datetime.now(UTC))
        size_wh = shown_size(first[0], turn, aspect)
        check_header(str(path), size_wh, duration_s, frames)
    return VideoSource(
        path,
        size_wh,
        duration_s,
        frames,
        time_base / slower,
        of_container,
        turn,
        aspect,
        slower,
        fps,
        sort_times,
        recorded_at,
    )


@dataclass(frozen=True)
class ArraySource:
    """Pictures already in memory."""

    images: Sequence[Image]
    t_s: tuple[float, ...]
    path: Path | None = None

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height of the first picture, pixels."""
        return int(self.images[0].shape[1]), int(self.images[0].shape[0])

    @property
    def duration_s(self) -> float | None:
        """From the first to the last picture, seconds."""
        return self.t_s[-1] - self.t_s[0]

    @property
    def frames_estimate(self) -> int | None:
        """How many pictures there are."""
        return len(self.t_s)

    def __iter__(self) -> Iterator[Frame]:
        for t_s, image in zip(self.t_s, self.images, strict=True):
            yield Frame(t_s, image)


def array_source(images: Sequence[Image] | Image, t_s: Sequence[float]) -> ArraySource:
    """A source over pictures (T, H, W, 3) uint8 RGB at strictly increasing seconds.

    Raises SourceError when there is no picture, the counts or sizes differ, or the times do not increase.
    """
    pictures, times = list(images), tuple(float(t) for t in t_s)
    if not pictures:
        raise SourceError("images: expected at least one picture, got none")
    if len(pictures) != len(times):
        raise SourceError(f"t_s: expected {len(pictures)} times, one for each picture, got {len(times)}")
    if not np.isfinite(times).all() or (np.diff(times) <= 0).any():
        raise SourceError("t_s: expected finite, strictly increasing seconds")
    for i, picture in enumerate(pictures):
        if picture.shape != pictures[0].shape:
            raise SourceError(f"images[{i}]: expected shape {pictures[0].shape}, got {picture.shape}")
    return ArraySource(pictures, times)


def decode_jpeg(data: bytes, max_pixels: int) -> Image:
    """The picture in a JPEG, (H, W, 3) uint8 RGB.

    The size is read from the header before anything is decoded. Raises SourceError for data that is no whole
    JPEG and for a picture of more than max_pixels.
    """
    width, height = jpeg_size(data)
    if width * height > max_pixels:
        raise SourceError(f"JPEG: expected at most {max_pixels} pixels, got {width} x {height}")
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    image = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if image is None:
        raise SourceError(f"JPEG: {len(data)} bytes that cannot be decoded")
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def _said_fps(container: av.container.InputContainer, path: Path, facts: VideoFacts) -> Fraction | None:
    """Return the frames per second that a person said of a file without times; None for a file with times."""
    if container.format.name in WITHOUT_TIMES:
        if facts.fps is None:
            raise MissingFactError(
                f"{path}: this video holds no times; say how many frames per second it has with --fps", "fps"
            )
        return Fraction(facts.fps).limit_denominator(1001)
    if facts.fps is not None:
        raise SourceError(f"{path}: this video has times of its own; leave out --fps (or use --slow-motion)")
    return None


def _tags(container: av.container.InputContainer, stream: av.VideoStream) -> list[tuple[str, str]]:
    return [*container.metadata.items(), *stream.metadata.items()]


def _slower(
    container: av.container.InputContainer, stream: av.VideoStream, path: Path, facts: VideoFacts
) -> Fraction:
    """Return how many times slower than life the video plays: as a person says, else by the marks of the camera."""
    if facts.slow_motion is not None:
        return Fraction(facts.slow_motion).limit_denominator(1000)
    by_tags = recorded_slow_motion(_tags(container, stream), stream.average_rate)
    return by_tags if by_tags != 1 else sony_slow_motion(path) or by_tags


def _duration_s(
    container: av.container.InputContainer, stream: av.VideoStream, slower: Fraction
) -> float | None:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base / slower)
    if container.duration is not None:
        return float((Fraction(container.duration, av.time_base) - start(container)) / slower)
    return None


def jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height from the frame header of a JPEG (ITU-T T.81, B.2.2)."""
    if data[:2] != b"\xff\xd8" or not data.rstrip(b"\x00").endswith(b"\xff\xd9"):
        raise SourceError(f"JPEG: {len(data)} bytes that are no whole JPEG picture")
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = (int.from_bytes(data[at + k : at + k + 2], "big") for k in (5, 7))
            if width and height:
                return width, height
            break
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    raise SourceError(f"JPEG: {len(data)} bytes without a readable picture header")
