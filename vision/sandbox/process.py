"""Files from strangers are read in a process apart, with limits: what they crash or fill is not this program.

The child is a module of this project. It runs `serve`, and answers with messages as in vision.pipe: what it was asked
for, then "D" done; or "E", an error's one line, "Q", that of a MissingFactError, or "X", a limit that was exceeded,
after which it ends.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import IO, Any, Final

from base.errors import MissingFactError, RequestError
from vision.pipe import receive, send
from vision.video.limits import LimitError

MEMORY_BYTES: Final = 4 << 30
CPU_S: Final = 900
ANSWERS_WITHIN_S: Final = 120.0
"""The longest wait for one message; a child that takes longer is ended."""

ASKS_EVERY_S: Final = 0.25
"""How often `waiting` is called while a message is awaited."""

_FILES: Final = 64
_PIPE_BYTES: Final = 1 << 20
"""A picture of 640 x 480 has 0.9 MB."""

_ROOT: Final = Path(__file__).parents[2]
Waiting = Callable[[], None]
Answer = Callable[[bytes, bytes], None]
"""Sends a message of that kind and content."""


class ApartError(RequestError):
    """A file was refused by the process that read it, or ended that process."""


def asked_apart(
    module: str, path: Path, about: dict[str, Any], waiting: Waiting | None = None
) -> Generator[tuple[bytes, bytes]]:
    """What a child tells of a file, message by message; it is ended when nobody asks any more.

    waiting: called several times a second until the next message is there; what it raises ends the child.
    Raises MissingFactError and LimitError as the child did; ApartError with the child's own line, or with one that says
    that reading the file broke the child.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", module, json.dumps({"path": str(path.absolute()), **about})],
        cwd=_ROOT,
        env=os.environ | {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=_PIPE_BYTES,
        pipesize=_PIPE_BYTES,
    )
    assert child.stdout is not None
    try:
        while True:
            kind, content = _next(child, child.stdout, path, waiting)
            if kind == b"D":
                return
            if kind == b"E":
                raise ApartError(content.decode().replace(str(path.absolute()), str(path)))
            if kind == b"Q":
                message, fact, choices, known = json.loads(content)
                known = {name: tuple(markers) for name, markers in known.items()}
                message = message.replace(str(path.absolute()), str(path))
                raise MissingFactError(message, fact, tuple(choices), known)
            if kind == b"X":
                above = LimitError.unpacked(content)
                raise LimitError(str(path), above.limit, above.got, above.most)
            yield kind, content
    finally:
        child.kill()
        child.stdout.close()
        child.wait()


def _next(
    child: subprocess.Popen[bytes], stream: IO[bytes], path: Path, waiting: Waiting | None
) -> tuple[bytes, bytes]:
    late = threading.Event()

    def end() -> None:
        late.set()
        child.kill()

    watch = threading.Timer(ANSWERS_WITHIN_S, end)
    watch.daemon = True
    watch.start()
    try:
        return receive(stream) if waiting is None else _received(child, stream, waiting)
    except EOFError as error:
        why = "it takes too long" if late.is_set() else "it needs too much memory or time, or is damaged"
        raise ApartError(f"{path}: the file cannot be read: {why}; export it again, or cut it") from error
    finally:
        watch.cancel()


def _received(child: subprocess.Popen[bytes], stream: IO[bytes], waiting: Waiting) -> tuple[bytes, bytes]:
    """Return the next message, read in another thread so that `waiting` can end the child."""
    with ThreadPoolExecutor(1, "reading apart") as thread:
        message = thread.submit(receive, stream)
        try:
            while not wait((message,), ASKS_EVERY_S).done:
                waiting()
        finally:
            if not message.done():
                child.kill()  # so that the thread ends
        return message.result()


def serve(answers: Callable[[dict[str, Any], Answer], None], memory_bytes: int = MEMORY_BYTES) -> int:
    """The main program of a child: answers what stands in its one argument, within the limits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends this process
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    limit_this_process(memory_bytes)
    try:
        answers(json.loads(sys.argv[1]), lambda kind, content: send(sink, kind, content))
        send(sink, b"D")
    except MissingFactError as error:
        send(sink, b"Q", json.dumps([str(error), error.fact, error.choices, dict(error.known)]).encode())
    except LimitError as error:
        send(sink, b"X", error.packed())
    except RequestError as error:
        send(sink, b"E", str(error).encode())
    except MemoryError:
        return 1
    except BrokenPipeError:  # the parent has heard enough
        return 0
    return 0


def limit_this_process(memory_bytes: int = MEMORY_BYTES, cpu_s: int = CPU_S) -> None:
    """Bound what this process may take, where the system can (not on Windows); it can write no file."""
    try:
        import resource
    except ImportError:
        return
    for kind, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (allowed, allowed))
