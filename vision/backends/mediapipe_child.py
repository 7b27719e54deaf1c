"""The program of the MediaPipe backend's child process: pictures in on stdin, poses out on stdout.

Messages as in vision.pipe. In: "F" a frame
(milliseconds, width, height as int64, then the RGB bytes), "Z" forget the person. Out: "R" ready, "P" a pose
(33 rows of float64: x, y in pixels, x, y, z in metres, visibility), "N" nobody, "E" a failure in words, after
which the child ends.
"""

from __future__ import annotations

import os
import signal
import struct
import sys
from typing import IO, Any, Final

import numpy as np

from vision.pipe import receive, send
from vision.pose import LANDMARKS

FRAME: Final = struct.Struct("<qqq")


def _landmarker(task: str) -> Any:
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=task), running_mode=vision.RunningMode.VIDEO
    )
    return vision.PoseLandmarker.create_from_options(options)


def _pose(landmarker: Any, content: bytes) -> bytes | None:
    """The pose in a frame message, None where nobody is seen."""
    import mediapipe

    milliseconds, width, height = FRAME.unpack_from(content)
    image = np.frombuffer(content, np.uint8, offset=FRAME.size).reshape(height, width, 3)
    picture = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=image)
    result = landmarker.detect_for_video(picture, milliseconds)
    if not result.pose_landmarks:
        return None
    points, world = result.pose_landmarks[0], result.pose_world_landmarks[0]
    numbers = np.empty((len(LANDMARKS), 6))
    for i, (point, metres) in enumerate(zip(points, world, strict=True)):
        numbers[i] = (point.x * width, point.y * height, metres.x, metres.y, metres.z, point.visibility)
    return numbers.tobytes()


def serve(source: IO[bytes], sink: IO[bytes], task: str) -> None:
    """Answer frames until the source ends."""
    landmarker = _landmarker(task)
    send(sink, b"R")
    try:
        while True:
            kind, content = receive(source)
            if kind == b"Z":
                landmarker.close()
                landmarker = _landmarker(task)
                send(sink, b"R")
                continue
            pose = _pose(landmarker, content)
            send(sink, b"N" if pose is None else b"P", pose or b"")
    except EOFError:
        return
    finally:
        landmarker.close()


def main() -> int:
    """Serve on stdin and stdout; the library's own words go to stderr."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent says when to stop, by closing stdin
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        serve(sys.stdin.buffer, sink, sys.argv[1])
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        words = " ".join(str(error).split()) or "no reason given"
        send(sink, b"E", f"{type(error).__name__}: {words}".encode())
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
