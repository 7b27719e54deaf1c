"""An eye kept ready, so that a set begins at once: opening one takes a second or two."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from vision.worker.process import EyeError, WorkerEye

_CLOSE_S: Final = 60.0


@dataclass
class SpareEyes:
    """Hands out eyes and opens the next one meanwhile. For several threads at once."""

    open_eye: Callable[[], WorkerEye]
    _spare: WorkerEye | None = None
    _opening: threading.Thread | None = None
    _closed: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def warm(self) -> None:
        """Begin to open a spare in the background, unless there is one."""
        with self._lock:
            if self._closed or self._spare is not None or self._opening is not None:
                return
            self._opening = threading.Thread(target=self._open, name="spare-eye", daemon=True)
            self._opening.start()

    def take(self) -> WorkerEye:
        """The spare, or a fresh one. Raises EyeError."""
        opening = self._opening
        if opening is not None:
            opening.join()
        with self._lock:
            eye, self._spare = self._spare, None
        if eye is not None and eye.alive:
            return eye
        return self.open_eye()

    def close(self) -> None:
        """Close the spare; none is kept from now on."""
        with self._lock:
            self._closed = True
        if self._opening is not None:
            self._opening.join(_CLOSE_S)
        with self._lock:
            eye, self._spare = self._spare, None
        if eye is not None:
            eye.close()

    def _open(self) -> None:
        try:
            eye = self.open_eye()
        except EyeError:
            eye = None  # whoever takes one opens it then, and is told
        with self._lock:
            self._spare, self._opening = eye, None
