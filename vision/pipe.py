"""Messages between a program and its child process: one byte of kind, four bytes of length (little endian), content."""

from __future__ import annotations

import struct
from typing import IO, Final

HEAD: Final = struct.Struct("<cI")


def read_exactly(stream: IO[bytes], count: int) -> bytes:
    """count bytes of a stream. EOFError where it ends before."""
    parts = []
    while count:
        part = stream.read(count)
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def send(stream: IO[bytes], kind: bytes, content: bytes = b"") -> None:
    """One message."""
    stream.write(HEAD.pack(kind, len(content)))
    stream.write(content)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[bytes, bytes]:
    """Kind and content of the next message. EOFError where the other side is gone."""
    kind, length = HEAD.unpack(read_exactly(stream, HEAD.size))
    return kind, read_exactly(stream, length)
