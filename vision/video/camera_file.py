"""A clip as a file that Chromium's fake camera plays over and over: JPEG after JPEG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import av

RATE_HZ: Final = 30
_BIT_RATE: Final = 12_000_000


def write_camera_file(clip: Path, path: Path, plan: Sequence[tuple[float, float]] | None = None) -> None:
    """Write the pictures of a clip of RATE_HZ to path (.mjpeg).

    plan: stretches of the clip in seconds, one after the other, backwards where they end before they begin; so a person
    can be made to rest longer, or to raise a hand first. The whole clip without one. Raises OSError.
    """
    with av.open(str(clip)) as source:
        pictures = [decoded.to_ndarray(format="rgb24") for decoded in source.decode(video=0)]
    stretches = [(0.0, len(pictures) / RATE_HZ)] if plan is None else plan
    order = [
        k
        for from_s, to_s in stretches
        for k in range(round(from_s * RATE_HZ), round(to_s * RATE_HZ), 1 if to_s > from_s else -1)
    ]
    height, width = pictures[0].shape[:2]
    with av.open(str(path), "w", format="mjpeg") as target:
        stream = target.add_stream("mjpeg", rate=RATE_HZ)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuvj420p"
        stream.codec_context.bit_rate = _BIT_RATE
        for number, k in enumerate(order):
            picture = av.VideoFrame.from_ndarray(pictures[k], format="rgb24")
            picture.pts = number
            target.mux(stream.encode(picture))
        target.mux(stream.encode(None))
