"""The opt-in pose backend: MediaPipe Tasks, shut into a process of its own.

MediaPipe 1.2 reports usage to its maker, every minute and when it closes, and has no switch for that. So it
never runs in the app's process, but in a child whose every proxy is a closed port of this machine; the person
is told so (NOTICE). Its landmarks are smoothed by MediaPipe itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import numpy as np
import numpy.typing as npt

from base.errors import DiagonalError
from models import provision
from vision.backends.mediapipe_child import FRAME
from vision.pipe import receive, send
from vision.pose import LANDMARKS, Frame, PoseFrame

NOTICE: Final = (
    "MediaPipe sends usage metrics to Google. Diagonal runs it in a process of its own and blocks what it "
    "sends; the default backend (onnx) sends nothing in the first place."
)
"""What the person is told before this backend is used."""

_DEAD_PROXY: Final = "http://127.0.0.1:9"
_PROXY_NAMES: Final = ("http_proxy", "https_proxy", "all_proxy", "ftp_proxy")
_ROOT: Final = Path(__file__).resolve().parents[2]
_CLOSE_S: Final = 5.0


class MediaPipeError(DiagonalError):
    """MediaPipe is not installed, cannot start on this machine, or its process ended."""


def _environment() -> dict[str, str]:
    """This process's environment with every proxy set to a closed port and no exception from it."""
    kept = {name: value for name, value in os.environ.items() if name.lower() != "no_proxy"}
    for name in _PROXY_NAMES:
        kept[name] = kept[name.upper()] = _DEAD_PROXY
    kept["PYTHONPATH"] = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
    return kept


def _explained(words: str) -> MediaPipeError:
    """The child's own words, with what to do about the two usual causes."""
    if "mediapipe" in words and "ModuleNotFoundError" in words:
        return MediaPipeError("MediaPipe is not installed; install requirements.txt, or use --backend onnx")
    if any(library in words for library in ("libEGL", "libGLES", "libGL")):
        return MediaPipeError(
            f"MediaPipe needs a graphics library that is missing ({words}); on Debian: "
            "apt-get install libegl1 libgles2, or use --backend onnx"
        )
    return MediaPipeError(f"MediaPipe failed ({words}); use --backend onnx")


@dataclass
class MediaPipeBackend:
    """MediaPipe's pose landmarker in VIDEO mode, in a child process. Use `open`, and `close` when done."""

    model: str
    weights_sha256: str
    _child: subprocess.Popen[bytes]
    _log: IO[bytes]
    _last_s: float | None = None
    _last_ms: int = -1

    @property
    def name(self) -> str:
        """mediapipe."""
        return "mediapipe"

    @classmethod
    def open(cls, model: str, progress: provision.Progress | None = None) -> MediaPipeBackend:
        """A child process with the weights of a model, ready. MediaPipeError where it cannot start.

        Errors of the weights as for `provision.ensure`.
        """
        weights = provision.ensure(model, progress)
        log = tempfile.TemporaryFile()  # noqa: SIM115  closed with the child
        child = subprocess.Popen(
            [sys.executable, "-m", "vision.backends.mediapipe_child", str(provision.task_bundle(model))],
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
        )
        backend = cls(model, weights.source_sha256, child, log)
        with ExitStack() as undo:
            undo.callback(backend.close)
            backend._answer()
            undo.pop_all()
        return backend

    def estimate(self, frame: Frame) -> PoseFrame:
        """The pose in a frame; PoseFrame.missing where nobody is seen.

        ValueError where the time is not later than before; MediaPipeError where the child has ended.
        """
        if self._last_s is not None and frame.t_s <= self._last_s:
            raise ValueError(f"t_s: expected later than {self._last_s}, got {frame.t_s}")
        self._last_s = frame.t_s
        self._last_ms = max(self._last_ms + 1, round(frame.t_s * 1000))
        head = FRAME.pack(self._last_ms, *frame.size_wh)
        kind, content = self._asked(b"F", head + np.ascontiguousarray(frame.image).tobytes())
        if kind == b"N":
            return PoseFrame.missing(frame.t_s, frame.size_wh)
        numbers = np.frombuffer(content).reshape(len(LANDMARKS), 6)
        visibility = np.clip(numbers[:, 5], 0.0, 1.0)
        return PoseFrame(frame.t_s, frame.size_wh, numbers[:, :2].copy(), numbers[:, 2:5].copy(), visibility)

    def people(self, image: npt.NDArray[np.uint8]) -> None:
        """Nothing: MediaPipe's landmarker follows one person and does not say who else is there."""

    def reset(self) -> None:
        """Forget the person followed; MediaPipe is started anew for that, unless it has seen nothing yet."""
        if self._last_s is not None:
            self._last_s, self._last_ms = None, -1
            self._asked(b"Z", b"")

    def close(self) -> None:
        """End the child process."""
        for stream in (self._child.stdin, self._child.stdout):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:  # it has ended already
                    continue
        try:
            self._child.wait(_CLOSE_S)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._log.close()

    def _asked(self, kind: bytes, content: bytes) -> tuple[bytes, bytes]:
        stream = self._child.stdin
        if stream is None or stream.closed:
            raise MediaPipeError("MediaPipe was closed; open the backend anew")
        try:
            send(stream, kind, content)
        except BrokenPipeError as error:
            raise self._ended() from error
        return self._answer()

    def _answer(self) -> tuple[bytes, bytes]:
        stream = self._child.stdout
        if stream is None:
            raise MediaPipeError("MediaPipe was started without a pipe to read from")
        try:
            kind, content = receive(stream)
        except EOFError as error:
            raise self._ended() from error
        if kind == b"E":
            raise _explained(content.decode())
        return kind, content

    def _ended(self) -> MediaPipeError:
        """What the child said last before it ended."""
        status = self._child.wait()
        if status < 0:
            return _explained(f"its process was ended by signal {-status}")
        self._log.seek(0)
        lines = [
            line.strip() for line in self._log.read().decode(errors="replace").splitlines() if line.strip()
        ]
        last = lines[-1] if lines else "it said nothing"
        return _explained(f"its process ended with status {status}: {last}")
