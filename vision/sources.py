"""Frame sources: video files, arrays and single JPEG pictures, each frame with its own time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Final, Protocol

import av
import av.error
import cv2
import numpy as np
import numpy.typing as npt
from av.sidedata.sidedata import SideData

from models.errors import RequestError
from vision.pose import Frame

Image = npt.NDArray[np.uint8]
Quarter = tuple[int, int, int, int]

LOSS: Final = "{lost} of {whole} pictures are damaged or have no time of their own"
"""What is told of pictures that a video has lost."""

MAX_PIXELS: Final = 8192 * 8192
"""Pictures with more pixels are refused: no camera makes them and one alone takes 200 MB."""

MOST_LOST: Final = 0.05
"""A video of which a larger share of the pictures is lost is refused: what is left is not the movement."""

# Only containers that hold their own pictures: a playlist could make the reader fetch other files.
_FORMATS: Final = "mov,matroska,avi,mpegts,mpeg,ogg,asf,flv,mjpeg,h264,hevc,gif"
_OPEN_OPTIONS: Final = {"protocol_whitelist": "file", "format_whitelist": _FORMATS}
_MP4_TOP_BOXES: Final = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"moof", b"uuid"})


class SourceError(RequestError):
    """A video or picture cannot be used: the message names it and says why."""


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
    turn: the display matrix by which every picture is made upright.
    """

    path: Path
    size_wh: tuple[int, int]
    duration_s: float | None
    frames_estimate: int | None
    time_base_s: Fraction
    of_container: bool = False
    turn: Quarter = (1, 0, 0, 1)
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
        return LOSS.format(lost=lost, whole=self.given + lost)

    def __iter__(self) -> Iterator[Frame]:
        self.given = self.dropped = self.damaged = 0
        self._packets_end_s = 0.0
        last_s = -np.inf
        until_s = 0.0
        with _opened(self.path) as container:
            start = _start(container)
            for picture in self._pictures(container):
                if picture.pts is None or picture.time_base is None:
                    self.dropped += self.given > 0
                    continue
                t_s = float(picture.pts * picture.time_base - start)
                if t_s <= last_s:
                    self.dropped += 1
                    continue
                last_s = t_s
                self.given += 1
                until_s = t_s + float((picture.duration or 0) * picture.time_base)
                yield Frame(t_s, _upright(picture, self.size_wh, self.turn))
        self._check_end(last_s, max(until_s, self._packets_end_s))

    def _pictures(self, container: av.container.InputContainer) -> Iterator[av.VideoFrame]:
        stream = _video_stream(container, self.path)
        try:
            for packet in container.demux() if self.of_container else container.demux(stream):
                if self.of_container and packet.pts is not None:
                    end = (packet.pts + (packet.duration or 0)) * packet.time_base - _start(container)
                    self._packets_end_s = max(self._packets_end_s, float(end))
                if packet.stream.index != stream.index:
                    continue
                try:
                    pictures = packet.decode()
                except av.error.InvalidDataError:
                    self.damaged += 1
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


def open_video(path: Path | str) -> VideoSource:
    """A video file ready to be read, from its headers alone.

    Rotation and mirror flags and non-square pixels are applied, so size_wh is the size as seen. Raises
    SourceError with one line for a missing file, a folder, anything that is not a video, one that is cut off
    or holds no frame.
    """
    path = Path(path)
    try:
        if not path.exists():
            raise SourceError(f"{path}: no such file")
        if not path.is_file():
            raise SourceError(f"{path}: expected a video file, got a folder or device")
        if path.stat().st_size == 0:
            raise SourceError(f"{path}: the file is empty")
        _refuse_cut_mp4(path)
    except OSError as error:
        raise SourceError(f"{path}: the file cannot be opened ({error.strerror})") from error
    with _opened(path) as container:
        stream = _video_stream(container, path)
        if stream.width <= 0 or stream.height <= 0 or stream.width * stream.height > MAX_PIXELS:
            raise SourceError(f"{path}: pictures of {stream.width} x {stream.height} pixels cannot be read")
        duration_s = None
        of_container = stream.duration is None or stream.time_base is None
        if stream.duration is not None and stream.time_base is not None:
            duration_s = float(stream.duration * stream.time_base)
        elif container.duration is not None:
            duration_s = float(Fraction(container.duration, av.time_base) - _start(container))
        frames = stream.frames or None
        if frames is None and duration_s is not None and stream.average_rate:
            frames = round(duration_s * float(stream.average_rate))
        time_base = stream.time_base or Fraction(1, 90_000)
        first = _first_picture(container, stream, path)
        turn = _quarter_turn(first)
        size_wh = _shown_size(first, turn, stream.sample_aspect_ratio)
    return VideoSource(path, size_wh, duration_s, frames, time_base, of_container, turn)


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


def _opened(path: Path) -> av.container.InputContainer:
    try:
        return av.open(str(path.absolute()), options=_OPEN_OPTIONS)
    except (av.error.FileNotFoundError, av.error.PermissionError) as error:
        raise SourceError(f"{path}: the file cannot be opened ({error.strerror})") from error
    except (av.error.FFmpegError, ValueError) as error:
        raise SourceError(f"{path}: not a video that can be read, or one that is cut off") from error


def _start(container: av.container.InputContainer) -> Fraction:
    """When the earliest stream of a file begins, seconds."""
    return Fraction(container.start_time or 0, av.time_base)


def _video_stream(container: av.container.InputContainer, path: Path) -> av.VideoStream:
    stream = container.streams.best("video")
    if not isinstance(stream, av.VideoStream) or stream.codec_context is None:
        raise SourceError(f"{path}: the file holds no video stream")
    stream.codec_context.thread_type = "AUTO"
    stream.codec_context.thread_count = 2
    return stream


def _first_picture(
    container: av.container.InputContainer, stream: av.VideoStream, path: Path
) -> av.VideoFrame:
    try:
        for packet in container.demux(stream):
            try:
                pictures = packet.decode()
            except av.error.InvalidDataError:
                continue
            for picture in pictures:
                if isinstance(picture, av.VideoFrame):
                    return picture
    except av.error.FFmpegError as error:
        raise SourceError(f"{path}: the video cannot be decoded ({error.strerror})") from error
    raise SourceError(f"{path}: no frame of the video can be read; export it again as MP4")


def _quarter_turn(picture: av.VideoFrame) -> Quarter:
    """The file's display matrix (a, b, c, d), rounded to quarter turns and mirrors.

    A stored point (x, y), y down, is shown at (a x + c y, b x + d y), shifted into view (QuickTime File
    Format, "Matrices"); (1, 0, 0, 1) where the file has none. Asked of one picture alone: a picture that was asked
    waits for the garbage collector.
    """
    data = picture.side_data.get("DISPLAYMATRIX")
    if not isinstance(data, SideData):
        return 1, 0, 0, 1
    m = np.frombuffer(bytes(data), np.int32)[[0, 1, 3, 4]] / 65536.0
    if abs(m[0]) + abs(m[3]) >= abs(m[1]) + abs(m[2]):
        return (1 if m[0] >= 0 else -1), 0, 0, (1 if m[3] >= 0 else -1)
    return 0, (1 if m[1] >= 0 else -1), (1 if m[2] >= 0 else -1), 0


def _shown_size(picture: av.VideoFrame, turn: Quarter, aspect: Fraction | None) -> tuple[int, int]:
    width, height = picture.width, picture.height
    if aspect is not None and Fraction(1, 8) <= aspect <= 8:
        width = max(1, round(width * aspect))
    return (width, height) if turn[0] else (height, width)


def _upright(picture: av.VideoFrame, size_wh: tuple[int, int], turn: Quarter) -> Image:
    a, b, c, d = turn
    width, height = size_wh if a else size_wh[::-1]
    image: Image = np.asarray(picture.to_ndarray(format="rgb24", width=width, height=height), dtype=np.uint8)
    if a == 0:
        image = np.asarray(cv2.transpose(image), dtype=np.uint8)
    flip_x, flip_y = (a or c) < 0, (d or b) < 0
    if flip_x or flip_y:
        image = np.asarray(cv2.flip(image, (-1 if flip_y else 1) if flip_x else 0), dtype=np.uint8)
    return np.ascontiguousarray(image)


def _refuse_cut_mp4(path: Path) -> None:
    """Refuse an MP4 or MOV file with a top-level box that ends behind the end of the file."""
    size = path.stat().st_size
    with path.open("rb") as file:
        at = 0
        while at + 8 <= size:
            file.seek(at)
            head = file.read(16)
            length = int.from_bytes(head[:4], "big")
            if head[4:8] not in _MP4_TOP_BOXES:
                return
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            if length == 0:
                return
            if length < 8:
                return
            at += length
            if at > size:
                raise SourceError(
                    f"{path}: the video is cut off ({size} bytes of at least {at} are there); copy it again"
                )


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
