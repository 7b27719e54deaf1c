"""Both backends see the same in the same clip.

MediaPipe smooths its landmarks, ours come raw: so ours go through the same One-Euro filter before they are
compared.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from models.provision import Weights
from vision.backends.backend import BACKENDS
from vision.pose import INDEX, PoseSequence
from vision.smoothing import PoseSmoother
from vision.video.sources import open_video

FRAMES = 150


def _poses(name: str, clip: Path) -> PoseSequence:
    backend = BACKENDS[name]("full")
    try:
        return PoseSequence.from_frames(backend.estimate(frame) for frame in islice(open_video(clip), FRAMES))
    finally:
        backend.close()


def _torso_px(poses: PoseSequence) -> float:
    shoulders = poses.xy_px[:, [INDEX["left_shoulder"], INDEX["right_shoulder"]]].mean(axis=1)
    hips = poses.xy_px[:, [INDEX["left_hip"], INDEX["right_hip"]]].mean(axis=1)
    return float(np.median(np.linalg.norm(shoulders - hips, axis=1)))


@pytest.mark.slow
@pytest.mark.weights
@pytest.mark.mediapipe
def test_both_backends_agree(arm_clip: Path, weights: Weights) -> None:
    ours, theirs = _poses("onnx", arm_clip), _poses("mediapipe", arm_clip)
    assert len(ours) == len(theirs) == FRAMES
    torso_px = _torso_px(theirs)
    smoother = PoseSmoother()
    smooth = PoseSequence.from_frames(smoother.step(ours.frame(i), 2 * torso_px) for i in range(FRAMES))
    difference = np.linalg.norm(smooth.xy_px - theirs.xy_px, axis=2) / torso_px
    assert np.isfinite(difference).all()
    assert difference.mean() < 0.02
    assert ours.world_m is not None and theirs.world_m is not None and smooth.world_m is not None
    assert np.linalg.norm(smooth.world_m - theirs.world_m, axis=2).mean() < 0.02  # metres
    assert np.abs(ours.visibility - theirs.visibility).mean() < 0.05
