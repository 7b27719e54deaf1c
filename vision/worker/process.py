"""An eye in a process of its own, so that no stream holds up a page or another stream.

A process that has died, or does not answer, is started anew: the person is then found again, and what was counted
stays. The process ends with this one, because its stdin does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any, Final

from base.errors import DiagonalError
from vision.analysis.frame_analyzer import Looked
from vision.pipe import receive, send
from vision.video.container import SourceError
from vision.worker.protocol import packed_look, unpacked_found

ANSWERS_WITHIN_S: Final = 10.0
READY_WITHIN_S: Final = 60.0
_CLOSE_S: Final = 5.0
_ROOT: Final = Path(__file__).parents[2]


class EyeError(DiagonalError):
    """A process that looks at pictures failed."""


class WorkerEye:
    """See vision.analysis.frame_analyzer.Eye. Use `open`. For one thread at a time; `close` may come from another."""

    def __init__(self, model: str, answers_within_s: float = ANSWERS_WITHIN_S) -> None:
        self.model = model
        self._within_s = answers_within_s
        self._start()

    @property
    def name(self) -> str:
        """Of its pose backend."""
        return str(self._about["name"])

    @property
    def weights_sha256(self) -> str:
        """Of the landmark network's source file."""
        return str(self._about["weights_sha256"])

    @property
    def process_id(self) -> int:
        """Of the process as it is now."""
        return self._child.pid

    @property
    def alive(self) -> bool:
        """Whether the process has not ended."""
        return self._child.poll() is None

    def look(self, t_s: float, jpeg: bytes, *, mirrored: bool = False, count: bool = False) -> Looked:
        """See Eye. Raises EyeError, once, where the process failed and was started anew."""
        try:
            kind, content = self._asked(packed_look(t_s, jpeg, mirrored, count))
        except (EOFError, BrokenPipeError) as error:
            self.close()
            self._start()
            raise EyeError("Looking at the pictures had stopped and was started anew. Go on.") from error
        if kind == b"J":
            raise SourceError(content.decode())
        return unpacked_found(content)

    def close(self) -> None:
        """End the process."""
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

    def _start(self) -> None:
        alone = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
        self._child = subprocess.Popen(
            [sys.executable, "-m", "vision.worker.process_main", self.model],
            cwd=_ROOT,
            env=os.environ | alone,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            kind, content = self._answer(READY_WITHIN_S)
        except EOFError as error:
            self.close()
            raise EyeError(
                "The process that looks at pictures did not start; try: python cli.py doctor"
            ) from error
        if kind == b"E":
            self.close()
            raise EyeError(content.decode())
        self._about: dict[str, Any] = json.loads(content)

    def _asked(self, content: bytes) -> tuple[bytes, bytes]:
        send(_open(self._child.stdin), b"L", content)
        return self._answer(self._within_s)

    def _answer(self, within_s: float) -> tuple[bytes, bytes]:
        """The next message; a process that takes longer is ended, which ends its stream."""
        watch = threading.Timer(within_s, self._child.kill)
        watch.daemon = True
        watch.start()
        try:
            return receive(_open(self._child.stdout))
        finally:
            watch.cancel()


def _open(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None or stream.closed:
        raise BrokenPipeError
    return stream
