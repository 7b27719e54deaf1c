"""How long pose estimation takes on this machine: backends side by side, and a recording against the bare network."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.errors import DiagonalError
from vision.backend import BACKENDS, PoseBackend
from vision.correction import identity
from vision.estimate import estimate_poses
from vision.pose import Frame, PoseFrame
from vision.sources import open_video

_BLOCK = 40


@dataclass(frozen=True)
class BackendTiming:
    """Milliseconds a frame of one backend and model, tracking; reason: why it could not be measured."""

    backend: str
    model: str
    median_ms: float | None
    p95_ms: float | None
    reason: str = ""


@dataclass(frozen=True)
class RecordingTiming:
    """A recording of frames: seconds of the network alone on decoded frames, and of everything from file to scores.

    judgement_ms: median milliseconds a frame for all that follows the network.
    """

    frames: int
    network_s: float
    whole_s: float
    judgement_ms: float

    @property
    def cost(self) -> float:
        """What everything around the network costs, as a share of the network's own time."""
        return self.whole_s / self.network_s - 1


def read_frames(video: Path, most: int) -> list[Frame]:
    """The first frames of a video, decoded."""
    found = []
    for frame in open_video(video):
        found.append(frame)
        if len(found) == most:
            break
    return found


def time_backends(
    frames: Sequence[Frame], wanted: Iterable[tuple[str, str]], rounds: int, progress: Callable[[str], None]
) -> Iterator[BackendTiming]:
    """Every backend and model on the same frames, in turns of 40, so that a drifting machine is fair to all.

    A backend that cannot be opened gives its reason in place of times.
    """
    opened: list[tuple[str, str, PoseBackend, list[float]]] = []
    try:
        for name, model in wanted:
            progress(f"{name} {model}")
            try:
                opened.append((name, model, BACKENDS[name](model), []))
            except DiagonalError as error:
                yield BackendTiming(name, model, None, None, str(error))
        for number in range(rounds):
            for name, model, backend, times_ms in opened:
                progress(f"{name} {model}, round {number + 1} of {rounds}")
                times_ms.extend(_turn(backend, frames))
    finally:
        for _, _, backend, _ in opened:
            backend.close()
    for name, model, _, times_ms in opened:
        p95_ms = statistics.quantiles(times_ms, n=20)[-1]
        yield BackendTiming(name, model, statistics.median(times_ms), p95_ms)


def _turn(backend: PoseBackend, frames: Sequence[Frame]) -> list[float]:
    """Milliseconds of each frame after the first ten, in which the person is found and caches warm."""
    backend.reset()
    times_ms = []
    for i, frame in enumerate(frames[: _BLOCK + 10]):
        started = time.perf_counter()
        backend.estimate(frame)
        if i >= 10:
            times_ms.append(1000 * (time.perf_counter() - started))
    return times_ms


def time_recording(
    video: Path,
    backend: PoseBackend,
    judge: Callable[[Iterator[PoseFrame]], None],
    step: Callable[[PoseFrame], None],
) -> RecordingTiming:
    """The network alone against the whole way from the file to the scores, one after the other.

    judge takes the poses of a whole recording; step takes one pose, for the time of judgement alone.
    """
    frames = read_frames(video, most=10_000)
    backend.reset()
    for frame in frames[:30]:
        backend.estimate(frame)
    started = time.perf_counter()
    backend.reset()
    poses = [backend.estimate(frame) for frame in frames]
    network_s = time.perf_counter() - started
    started = time.perf_counter()
    judge(estimate_poses(open_video(video), backend, identity))
    whole_s = time.perf_counter() - started
    steps_ms = []
    for pose in poses:
        started = time.perf_counter()
        step(pose)
        steps_ms.append(1000 * (time.perf_counter() - started))
    return RecordingTiming(len(frames), network_s, whole_s, statistics.median(steps_ms))
