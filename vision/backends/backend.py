"""The seam of pose estimation: what a backend is, and the table of those there are."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from base.errors import RequestError
from vision.pose import Frame, PoseFrame


class PoseBackend(Protocol):
    """Frame in, PoseFrame out, one person followed from frame to frame.

    The landmarks are the network's own, unsmoothed; a frame without a person gives PoseFrame.missing.
    """

    @property
    def name(self) -> str:
        """Its name in the table of backends."""

    @property
    def model(self) -> str:
        """lite, full or heavy."""

    @property
    def weights_sha256(self) -> str:
        """Of the landmark network's source file."""

    def estimate(self, frame: Frame) -> PoseFrame:
        """The pose of the person being followed; times must increase between resets."""

    def people(self, image: npt.NDArray[np.uint8]) -> int | None:
        """How many people stand in an (H, W, 3) RGB picture; None where the backend cannot tell."""

    def reset(self) -> None:
        """Forget the person followed."""

    def close(self) -> None:
        """Give back processes and memory."""


def _onnx(model: str) -> PoseBackend:
    from vision.backends.onnx_backend import OnnxBackend

    return OnnxBackend.open(model)


def _mediapipe(model: str) -> PoseBackend:
    from vision.backends.mediapipe_backend import MediaPipeBackend

    return MediaPipeBackend.open(model)


BACKENDS: Final[dict[str, Callable[[str], PoseBackend]]] = {"onnx": _onnx, "mediapipe": _mediapipe}
"""Backend name to its opener; the first is the default."""

MODELS: Final = ("lite", "full", "heavy")
"""Model names, from fast to accurate; full is the default."""

MODEL_VARIABLE: Final = "DIAGONAL_MODEL"


def chosen_model() -> str:
    """Return the pose model that this process was told to use (DIAGONAL_MODEL), else full. Raises RequestError."""
    model = os.environ.get(MODEL_VARIABLE, "full")
    if model not in MODELS:
        raise RequestError(f"{MODEL_VARIABLE}={model}: expected one of {', '.join(MODELS)}")
    return model
