"""Small videos and pose sequences made on the spot."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from vision.pose import LANDMARKS, PoseSequence

RED, GREEN, BLUE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (0, 0, 0)


def quadrants(width: int, height: int) -> npt.NDArray[np.uint8]:
    """Red at the top left, green at the top right, blue at the bottom left, black at the bottom right."""
    image = np.zeros((height, width, 3), np.uint8)
    image[: height // 2, : width // 2] = RED
    image[: height // 2, width // 2 :] = GREEN
    image[height // 2 :, : width // 2] = BLUE
    return image


def corners(image: npt.NDArray[np.uint8]) -> tuple[str, str, str, str]:
    """Colour names at the top left, top right, bottom left, bottom right."""
    names = {"red": RED, "green": GREEN, "blue": BLUE, "black": BLACK}
    height, width = image.shape[:2]
    spots = [(y, x) for y in (height // 4, 3 * height // 4) for x in (width // 4, 3 * width // 4)]

    def name(at: tuple[int, int]) -> str:
        pixel = image[at].astype(int)
        return min(names, key=lambda key: int(np.abs(pixel - names[key]).sum()))

    top_left, top_right, bottom_left, bottom_right = (name(spot) for spot in spots)
    return top_left, top_right, bottom_left, bottom_right


def write_clip(
    path: Path,
    images: Sequence[npt.NDArray[np.uint8]],
    pts: Sequence[int] | None = None,
    *,
    time_base: Fraction = Fraction(1, 30),
    matrix: Sequence[int] | None = None,
    aspect: Fraction | None = None,
    options: dict[str, str] | None = None,
) -> Path:
    """An H.264 video of the pictures at the given time stamps (0, 1, 2... by default)."""
    stamps = range(len(images)) if pts is None else pts
    with av.open(str(path), "w", options=options or {}) as container:
        stream = container.add_stream("libx264", rate=30, options={"crf": "10", "preset": "ultrafast"})
        stream.height, stream.width = images[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = time_base
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        if matrix is not None:
            stream.set_display_matrix(matrix)
        for stamp, image in zip(stamps, images, strict=True):
            picture = av.VideoFrame.from_ndarray(image)
            picture.pts, picture.time_base = stamp, time_base
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


def damaged_clip(path: Path, pictures: int, damaged: Sequence[int]) -> Path:
    """A video of which the packets of those numbers are overwritten, so that no decoder can read them."""
    rng = np.random.default_rng(3)
    write_clip(path, [rng.integers(0, 255, (48, 64, 3), dtype=np.uint8) for _ in range(pictures)])
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        places = [(p.pos, p.size) for p in container.demux(video=0) if p.pos is not None and p.size]
    for at, size in (places[i] for i in damaged):
        data[at : at + size] = b"\xff" * size
    path.write_bytes(data)
    return path


def standing(count: int = 40, size_wh: tuple[int, int] = (160, 120), rate_hz: float = 30.0) -> PoseSequence:
    """A still figure of 33 plausible points in the middle of the picture; no claim to anatomy."""
    width, height = size_wh
    rng = np.random.default_rng(7)
    world = rng.uniform(-0.8, 0.8, (len(LANDMARKS), 3))
    xy = world[:, :2] * height / 2 + (width / 2, height / 2)
    return PoseSequence(
        np.arange(count) / rate_hz,
        size_wh,
        np.repeat(xy[None], count, 0),
        np.repeat(world[None], count, 0),
        np.ones((count, len(LANDMARKS))),
    )
