"""The program of a worker eye's process: looks asked for on stdin, what they found on stdout.

Messages as in vision.pipe. Out: "R" ready (JSON: name, model, weights_sha256), "L" a look (protocol.py), "J" a
picture that cannot be used, in words, "E" a failure in words, after which the process ends. In: "L" a look.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import IO

from base.errors import DiagonalError
from vision.analysis.frame_analyzer import OwnEye
from vision.backends.backend import BACKENDS
from vision.correction.depth import CORRECTIONS, DEFAULT
from vision.pipe import receive, send
from vision.video.container import SourceError
from vision.worker.protocol import packed_found, unpacked_look


def serve(source: IO[bytes], sink: IO[bytes], model: str) -> None:
    """Answer looks until the source ends, which it does when the parent has gone, however it went."""
    eye = OwnEye(BACKENDS["onnx"](model), CORRECTIONS[DEFAULT]())
    about = {"name": eye.name, "model": eye.model, "weights_sha256": eye.weights_sha256}
    send(sink, b"R", json.dumps(about).encode())
    try:
        while True:
            _, content = receive(source)
            t_s, jpeg, mirrored, count = unpacked_look(content)
            try:
                looked = eye.look(t_s, jpeg, mirrored=mirrored, count=count)
            except SourceError as error:
                send(sink, b"J", str(error).encode())
                continue
            send(sink, b"L", packed_found(looked))
    except EOFError:
        return
    finally:
        eye.close()


def main() -> int:
    """Serve on stdin and stdout; whatever a library prints goes to stderr."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent says when to stop, by closing stdin
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        serve(sys.stdin.buffer, sink, sys.argv[1])
    except DiagonalError as error:
        send(sink, b"E", str(error).encode())
        return 1
    except BrokenPipeError:  # the parent has gone
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
