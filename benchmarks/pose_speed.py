"""How long pose estimation takes on this machine: backends side by side, and a recording against the bare network."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from base.errors import DiagonalError
from vision.analysis.estimate import estimate_poses
from vision.backends.backend import BACKENDS, PoseBackend
from vision.correction.depth import CORRECTIONS, DEFAULT
from vision.pose import Frame, PoseFrame
from vision.video.sources import open_video

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
    """A recording of frames: medians over rounds of the network alone and of everything from file to scores.

    cost: median over rounds of what everything around the network costs, as a share of the network's own time in the
    same round. judgement_ms: median milliseconds a frame for all that follows the network.
    """

    frames: int
    rounds: int
    network_s: float
    whole_s: float
    cost: float
    judgement_ms: float


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
    rounds: int,
) -> RecordingTiming:
    """The network alone on decoded frames against the whole way from the file to the scores, in turns.

    judge takes the poses of a whole recording; step takes one pose, for the time of judgement alone.
    """
    frames = read_frames(video, most=10_000)
    network_s, whole_s = [], []
    poses: list[PoseFrame] = []
    for _ in range(rounds):
        backend.reset()
        started = time.perf_counter()
        poses = [backend.estimate(frame) for frame in frames]
        network_s.append(time.perf_counter() - started)
        started = time.perf_counter()
        judge(estimate_poses(open_video(video), backend, CORRECTIONS[DEFAULT]()))
        whole_s.append(time.perf_counter() - started)
    steps_ms = []
    for pose in poses:
        started = time.perf_counter()
        step(pose)
        steps_ms.append(1000 * (time.perf_counter() - started))
    cost = statistics.median(whole / network - 1 for whole, network in zip(whole_s, network_s, strict=True))
    return RecordingTiming(
        len(frames),
        rounds,
        statistics.median(network_s),
        statistics.median(whole_s),
        cost,
        statistics.median(steps_ms),
    )
