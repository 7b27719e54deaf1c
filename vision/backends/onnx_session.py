"""Networks opened with onnxruntime, which says no word to anybody.

onnxruntime from 1.29 on reports usage to its maker by default; requirements.txt stays below, and what switches it off
is set here all the same, before the library is loaded.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from base.errors import DiagonalError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_TELEMETRY_OFF: Final = {"ORT_DISABLE_TELEMETRY": "1", "ORT_TELEMETRY_DISABLED": "1"}


class RuntimeMissingError(DiagonalError):
    """onnxruntime is not installed, or cannot be loaded on this machine."""


def open_session(path: Path, threads: int = 1) -> InferenceSession:
    """A network ready to run on that many threads, which never spin. RuntimeMissingError without onnxruntime."""
    os.environ.update(_TELEMETRY_OFF)
    try:
        import onnxruntime
    except ImportError as error:
        raise RuntimeMissingError(
            f"onnxruntime cannot be loaded ({error}); install requirements.txt"
        ) from error
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
