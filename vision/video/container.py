"""Opening the containers that videos come in: local files alone, refused in one line where they hold no picture."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import av.error

from base.errors import RequestError
from vision.video.mp4_boxes import missing_bytes

# Only containers that hold their own pictures: a playlist could make the reader fetch other files.
_FORMATS: Final = "mov,matroska,avi,mpegts,mpeg,ogg,asf,flv,mjpeg,h264,hevc,gif"
_OPEN_OPTIONS: Final = {"protocol_whitelist": "file", "format_whitelist": _FORMATS}
_AGAIN: Final = "copy it again, or export it as MP4"
_PROBED: Final = 8
"""Pictures decoded to see whether their times are in order."""


class SourceError(RequestError):
    """A video or picture cannot be used: the message names it and says why."""


def opened(path: Path) -> av.container.InputContainer:
    """Return the opened container. Raises SourceError."""
    try:
        return av.open(str(path.absolute()), options=_OPEN_OPTIONS)
    except (av.error.FileNotFoundError, av.error.PermissionError) as error:
        raise SourceError(f"{path}: the file cannot be opened ({error.strerror})") from error
    except (av.error.FFmpegError, ValueError) as error:
        raise SourceError(
            f"{path}: not a video that can be read, or one that is cut off; {_AGAIN}"
        ) from error


def start(container: av.container.InputContainer) -> Fraction:
    """Return when the earliest stream of a file begins, seconds."""
    return Fraction(container.start_time or 0, av.time_base)


def sound_end_s(container: av.container.InputContainer, slower: Fraction = Fraction(1)) -> float:
    """Return when the last sound of a file ends by its header, seconds of life; 0 where there is none."""
    ends = [
        Fraction(sound.start_time or 0) * sound.time_base
        + sound.duration * sound.time_base
        - start(container)
        for sound in container.streams.audio
        if sound.duration is not None and sound.time_base is not None
    ]
    return float(max(ends, default=Fraction(0)) / slower)


def video_stream(container: av.container.InputContainer, path: Path) -> av.VideoStream:
    """Return the main video stream of a container. Raises SourceError where there is none."""
    stream = container.streams.best("video")
    if not isinstance(stream, av.VideoStream) or stream.codec_context is None:
        raise SourceError(f"{path}: the file holds no video stream; choose another file")
    stream.codec_context.thread_type = "AUTO"
    stream.codec_context.thread_count = 2
    return stream


def check_file(path: Path) -> None:
    """Refuse what is no file, is empty or is cut off. Raises SourceError."""
    try:
        if not path.exists():
            raise SourceError(f"{path}: no such file")
        if not path.is_file():
            raise SourceError(f"{path}: expected a video file, got a folder or device")
        if path.stat().st_size == 0:
            raise SourceError(f"{path}: the file is empty; copy it again")
        cut = missing_bytes(path)
    except OSError as error:
        raise SourceError(f"{path}: the file cannot be opened ({error.strerror})") from error
    if cut is not None:
        raise SourceError(
            f"{path}: the video is cut off ({cut[0]} bytes of at least {cut[1]} are there); copy it again"
        )


def first_pictures(
    container: av.container.InputContainer, stream: av.VideoStream, path: Path
) -> list[av.VideoFrame]:
    """Return the first pictures in the order in which they are shown, _PROBED at most, one at least."""
    found: list[av.VideoFrame] = []
    try:
        for packet in container.demux(stream):
            try:
                pictures = packet.decode()
            except av.error.InvalidDataError:
                continue
            found += [picture for picture in pictures if isinstance(picture, av.VideoFrame)]
            if len(found) >= _PROBED:
                break
    except av.error.FFmpegError as error:
        if not found:
            raise SourceError(f"{path}: the video cannot be decoded ({error.strerror}); {_AGAIN}") from error
    if not found:
        raise SourceError(f"{path}: no frame of the video can be read; export it again as MP4")
    return found
