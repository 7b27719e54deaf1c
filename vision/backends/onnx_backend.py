"""The default pose backend: BlazePose on onnxruntime, one thread, no word to anybody.

One thread, since a frame's 2 cores are better spent on decoding, drawing and the browser: measured at 30
frames a second on 2 cores, the full landmark network costs 7 ms of processor time a frame on one thread, 9 ms
on two that sleep while they wait, and 28 ms on two that spin, which are also slower whenever the other core
is busy. Two threads can be asked for where a recording is to be finished sooner; they never spin.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import numpy.typing as npt

from models import provision
from vision.backends import blazepose
from vision.backends.blazepose import PRESENT_ABOVE, Landmarks, Region, Tensor
from vision.backends.onnx_session import open_session
from vision.backends.tracking import Follower
from vision.pose import Frame, PoseFrame

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_DETECTOR_OUTPUTS: Final = ["boxes", "scores"]
_LANDMARK_OUTPUTS: Final = ["landmarks", "presence", "heatmap", "world"]
_TRIES: Final = 3
_FAR_BEHIND: Final = 0.5


@dataclass
class OnnxBackend:
    """BlazePose on onnxruntime. Landmarks are unsmoothed; one person is followed (see `vision.backends.tracking`).

    Use `open`. Not for several threads at once; make one for each stream.
    """

    model: str
    weights_sha256: str
    _detector: InferenceSession
    _landmarker: InferenceSession
    _follower: Follower = field(default_factory=Follower)
    _last_s: float | None = None

    @property
    def name(self) -> str:
        """onnx."""
        return "onnx"

    @classmethod
    def open(cls, model: str, threads: int = 1, progress: provision.Progress | None = None) -> OnnxBackend:
        """A backend with the weights of a model, fetched if they are not in the cache.

        threads: for one network run, 1 or more. progress is told of a download. OpenCV is set to one thread
        for the whole process, whose pool would otherwise wait for work on the second core. Errors as for
        `provision.ensure`; RuntimeMissingError without onnxruntime.
        """
        if threads < 1:
            raise ValueError(f"threads: expected 1 or more, got {threads}")
        weights = provision.ensure(model, progress)
        cv2.setNumThreads(1)
        return cls(
            model,
            weights.source_sha256,
            open_session(weights.detector_path, threads),
            open_session(weights.landmark_path, threads),
        )

    def estimate(self, frame: Frame) -> PoseFrame:
        """The pose of the person followed; PoseFrame.missing where there is none.

        ValueError where the time is not later than that of the frame before.
        """
        if self._last_s is not None and frame.t_s <= self._last_s:
            raise ValueError(f"t_s: expected later than {self._last_s}, got {frame.t_s}")
        self._last_s = frame.t_s
        found = self._tracked(frame) or self._acquired(frame)
        if found is None:
            return PoseFrame.missing(frame.t_s, frame.size_wh)
        self._follower.follow(frame.t_s, found.auxiliary_px)
        return PoseFrame(frame.t_s, frame.size_wh, found.xy_px, found.world_m, found.visibility)

    def people(self, image: npt.NDArray[np.uint8]) -> int:
        """How many people stand in an (H, W, 3) RGB picture; those less than half as large as the largest are left out.

        Somebody on a poster or far behind does no harm: the one followed is the largest.
        """
        sides_px = [found.region.side_px for found in self._people(image)]
        return sum(side_px >= _FAR_BEHIND * max(sides_px) for side_px in sides_px)

    def reset(self) -> None:
        """Forget the person followed and the time."""
        self._follower = Follower()
        self._last_s = None

    def close(self) -> None:
        """Forget the person; the networks' memory goes with this object."""
        self.reset()

    def _tracked(self, frame: Frame) -> Landmarks | None:
        """Landmarks where the person is expected; None where nobody is, or nobody is followed."""
        if self._follower.region is None:
            return None
        found = self._landmarks(frame, self._follower.region)
        if found is None:
            self._follower.restart()
            return None
        if self._follower.doubtful(frame.t_s, found.auxiliary_px):
            return self._checked(frame, found)
        return found

    def _checked(self, frame: Frame, found: Landmarks) -> Landmarks | None:
        """The landmarks, or those of the person whom they have left; None where they are another's."""
        verdict = self._follower.instead(self._people(frame.image), frame.t_s, found.auxiliary_px)
        if verdict.kind == "kept":
            return found
        self._follower.restart()
        return None if verdict.home is None else self._landmarks(frame, verdict.home)

    def _acquired(self, frame: Frame) -> Landmarks | None:
        """Landmarks of the person lost a moment ago, else of the most prominent one."""
        candidates = self._follower.candidates(self._people(frame.image), frame.t_s, frame.size_wh)
        for region in candidates[:_TRIES]:
            found = self._landmarks(frame, region)
            if found is not None and self._follower.stayed(region, found.auxiliary_px):
                return found
        return None

    def _people(self, image: npt.NDArray[np.uint8]) -> list[blazepose.Detection]:
        tensor, lies = blazepose.letterbox(image)
        boxes, scores = self._detector.run(_DETECTOR_OUTPUTS, {"input": tensor})
        return blazepose.decode_detections(_floats(boxes), _floats(scores), lies)

    def _landmarks(self, frame: Frame, region: Region) -> Landmarks | None:
        outputs = self._landmarker.run(_LANDMARK_OUTPUTS, {"input": blazepose.crop(frame.image, region)})
        found = blazepose.decode_landmarks(region, *(_floats(output) for output in outputs))
        return found if found.presence >= PRESENT_ABOVE else None


def _floats(output: object) -> Tensor:
    return np.asarray(output, np.float32)
