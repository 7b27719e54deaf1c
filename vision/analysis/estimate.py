"""The one way from a SOURCE, video or landmark recording alike, to poses."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path

from vision.analysis.lookahead import look_ahead
from vision.backends.backend import PoseBackend
from vision.correction.depth import Correction, identity
from vision.pose import PoseFrame, PoseSequence
from vision.recording import read_recording
from vision.video.container import SourceError
from vision.video.sources import FrameSource, VideoSource, open_video
from vision.video.times import VideoFacts

Progress = Callable[[int, int | None], None]
"""Told after each frame how many are done and about how many there are."""

_BURST = 8
_NO_FACTS = VideoFacts()


def is_recording(path: Path | str) -> bool:
    """Whether a SOURCE is a landmark recording (.npz) rather than a video."""
    return Path(path).suffix.lower() == ".npz"


def open_source(path: Path | str, facts: VideoFacts = _NO_FACTS) -> VideoSource | PoseSequence:
    """A video ready to be read, or the poses of a landmark recording.

    Raises SourceError, RecordingError or MissingFactError with one line.
    """
    return read_recording(path) if is_recording(path) else open_video(path, facts)


def estimate_poses(
    source: FrameSource | PoseSequence,
    backend: PoseBackend | None,
    correct: Correction = identity,
    progress: Progress | None = None,
    name: str = "the recording",
) -> Iterator[PoseFrame]:
    """The pose of one person in every frame of the source, in time order.

    A video or array needs a backend, which is reset first; frames are decoded a little ahead in another thread. What
    progress raises closes the source at once. A recording needs no backend; name: what errors call it. Measured world
    landmarks are never corrected. Raises ValueError for a missing backend and SourceError at the end when nobody was
    found in any frame.
    """
    if isinstance(source, PoseSequence):
        poses: Generator[PoseFrame] = (source.frame(i) for i in range(len(source)))
        total: int | None = len(source)
    elif backend is None:
        raise ValueError("backend: expected a pose backend for a video, got None")
    else:
        poses = _poses_of_frames(source, backend)
        total = source.frames_estimate
        name = "the video" if source.path is None else str(source.path)
    return _watched(poses, correct, progress, total, name)


def _poses_of_frames(source: FrameSource, backend: PoseBackend) -> Generator[PoseFrame]:
    """In bursts, so that network and judgement each find their own data in the processor's cache."""
    backend.reset()
    burst: list[PoseFrame] = []
    with closing(look_ahead(source)) as frames:
        for frame in frames:
            burst.append(backend.estimate(frame))
            if len(burst) == _BURST:
                yield from burst
                burst.clear()
    yield from burst


def _watched(
    poses: Generator[PoseFrame], correct: Correction, progress: Progress | None, total: int | None, name: str
) -> Iterator[PoseFrame]:
    count = 0
    seen = False
    with closing(poses):
        for pose in poses:
            count += 1
            seen = seen or pose.detected
            yield pose if pose.measured else correct(pose)
            if progress is not None:
                progress(count, total)
    if not seen:
        raise SourceError(
            f"{name}: nobody was found in it; film one person, the whole body in view, in good light"
        )
