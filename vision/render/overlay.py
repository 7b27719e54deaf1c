"""The annotated video: a second pass over a video file that burns skeleton and words into every picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import av.error
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Colorspace

from base.atomic_file import whole_file
from base.errors import RequestError
from vision.pose import PoseFrame, PoseSequence
from vision.render.caption import Caption
from vision.render.drawing import Image, draw_caption, draw_skeleton
from vision.video.sources import VideoSource, open_video

_SAME_TIME_S: Final = 0.001
_BT709: Final = 1
_X264: Final = {"preset": "veryfast", "crf": "21"}
_KEY_EVERY: Final = 60


class OverlayError(RequestError):
    """The annotated video cannot be written: the message names the file and says why."""


def write_overlay(
    source: Path | VideoSource,
    out: Path,
    poses: PoseSequence,
    caption_at: Callable[[float], Caption],
    side: str,
    progress: Callable[[int, int | None], None] | None = None,
) -> None:
    """Write `out`, an H.264 MP4 of the source's pictures, each at its own time stamp, with landmarks and words.

    poses: of this very source, landmarks in its pixels; drawn as given, NaN and a picture without a pose not at all.
    caption_at: the words at a time in seconds. side: left, right or both, the limbs shown as working. progress: told
    after each picture how many are done and about how many there are. Pictures of odd size are continued by one row
    or column; sound is left out. Nothing stays behind on an error or Ctrl+C, and an older `out` only goes when the
    new one is whole.

    Raises SourceError where the source cannot be read, OverlayError where out cannot be written, ValueError where
    the poses are of another picture size or the side has another name.
    """
    out = Path(out)
    path = source.path if isinstance(source, VideoSource) else Path(source)
    _refuse(path, out, side)
    video = source if isinstance(source, VideoSource) else open_video(path)
    if poses.size_wh != video.size_wh:
        raise ValueError(f"poses: expected pictures of {video.size_wh} as in {path}, got {poses.size_wh}")
    with (
        whole_file(out, private=True) as part,
        _encoder(part, out, video) as encode,
        closing(iter(video)) as frames,
    ):
        for done, frame in enumerate(frames, start=1):
            image = _even(frame.image)
            pose = _pose_at(poses, frame.t_s)
            if pose is not None:
                draw_skeleton(image, pose, side)
            draw_caption(image, caption_at(frame.t_s))
            encode(frame.t_s, image)
            if progress is not None:
                progress(done, video.frames_estimate)


def _refuse(source: Path, out: Path, side: str) -> None:
    if side not in ("left", "right", "both"):
        raise ValueError(f"side: expected left, right or both, got {side!r}")
    if out.suffix.lower() != ".mp4":
        raise OverlayError(f"{out}: the annotated video is an MP4; give it a name that ends in .mp4")
    if not out.parent.is_dir():
        raise OverlayError(f"{out}: there is no folder {out.parent}; make it first")
    if out.is_dir():
        raise OverlayError(f"{out}: expected a file to write, got a folder")
    if out.exists() and source.exists() and out.samefile(source):
        raise OverlayError(
            f"{out}: the annotated video would replace the video it is made from; name another file"
        )


def _even(image: Image) -> Image:
    """A copy to draw on, its last row or column doubled where their number is odd (4:2:0 needs even sizes)."""
    height, width = image.shape[:2]
    grown = cv2.copyMakeBorder(image, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
    return np.asarray(grown, dtype=np.uint8)


def _pose_at(poses: PoseSequence, t_s: float) -> PoseFrame | None:
    nearest = int(np.argmin(np.abs(poses.t_s - t_s))) if len(poses) else -1
    if nearest < 0 or abs(float(poses.t_s[nearest]) - t_s) > _SAME_TIME_S:
        return None
    return poses.frame(nearest)


@contextmanager
def _encoder(part: Path, out: Path, video: VideoSource) -> Iterator[Callable[[float, Image], None]]:
    """Takes pictures in time order; the file is whole when the block ends without an error, and closed anyway."""
    container = av.open(str(part), "w", format="mp4", options={"movflags": "+faststart"})
    try:
        stream = _video_stream(container, video)

        def encode(t_s: float, image: Image) -> None:
            picture = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(
                format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
            )
            picture.time_base = video.time_base_s
            picture.pts = round(Fraction(t_s) / video.time_base_s)
            with _told_as(out):
                container.mux(stream.encode(picture))

        yield encode
        with _told_as(out):
            container.mux(stream.encode())
            container.close()
    finally:
        with suppress(av.error.FFmpegError):
            container.close()


def _video_stream(container: av.container.OutputContainer, video: VideoSource) -> av.VideoStream:
    rate = Fraction(30)
    if video.frames_estimate and video.duration_s:
        rate = Fraction(video.frames_estimate / video.duration_s).limit_denominator(1001)
    stream = container.add_stream("libx264", rate=min(max(rate, Fraction(1)), Fraction(240)), options=_X264)
    stream.width, stream.height = (n + n % 2 for n in video.size_wh)
    stream.pix_fmt = "yuv420p"
    stream.time_base = video.time_base_s
    context = stream.codec_context
    context.time_base, context.gop_size = video.time_base_s, _KEY_EVERY
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    context.color_range = ColorRange.MPEG
    return stream


@contextmanager
def _told_as(out: Path) -> Iterator[None]:
    try:
        yield
    except av.error.FFmpegError as error:
        raise OverlayError(f"{out}: the annotated video cannot be written ({error.strerror})") from error
