"""Two hundred odd or damaged files by fixed seeds: each ends in a right result or in one line that names the file."""

from __future__ import annotations

import csv
import io
import os
import random
import re
import sys
import tempfile
import zlib
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Literal

import av
import numpy as np
import pytest

from base.errors import RequestError
from sessions.exchange.tables import landmark_rows
from sessions.intake.opening import MarkerFacts, ending_of, read_landmarks
from tests.sessions.intake.test_opening import Lab, write_c3d
from tests.support.clips import quadrants
from tests.support.lab_files import SHORT, trc
from vision.pose import PoseSequence
from vision.video.sources import open_video

FRAMES = 24
ODD = {"trc": 45, "csv": 20, "mp4": 8, "mov": 8, "webm": 6, "avi": 8}
DAMAGED = {"trc": 25, "csv": 15, "c3d": 35, "mp4": 12, "mov": 10, "webm": 10, "avi": 10}
"""How many files of each kind: 212 in all."""

Change = Callable[[random.Random, str], str]


def seeds(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [(kind, seed) for kind, count in counts.items() for seed in range(count)]


def rng_of(kind: str, seed: int, what: str) -> random.Random:
    return random.Random(zlib.crc32(f"{what} {kind} {seed}".encode()))


def one_line(error: RequestError, path: Path) -> None:
    said = str(error)
    assert said.startswith(f"{path}: "), said
    assert "\n" not in said and len(said) < 1500, said


@cache
def whole_trc() -> PoseSequence:
    """What every odd TRC and table holds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "whole.trc"
        path.write_text(trc(SHORT))
        return read_landmarks(path)


NAMES: tuple[Change, ...] = (
    lambda rng, name: name,
    lambda rng, name: name.lower(),
    lambda rng, name: f"{name[0]}_{name[1:]}",
    lambda rng, name: f"{name[1:]}_{name[0]}",
    lambda rng, name: f"Subject 1:{name}",
    lambda rng, name: f"anna_{name}",
    lambda rng, name: f"{name[0]}.{name[1:].title()}",
)
TEXTS: tuple[Change, ...] = (
    lambda rng, text: text.replace("\n", "\r\n"),
    lambda rng, text: text.replace("\n\n", "\n", 1),
    lambda rng, text: text + "\n" * rng.randrange(1, 4),
    lambda rng, text: text.replace("\t\t\n", "\n"),
    lambda rng, text: text.replace("a.trc", rng.choice([r"C:\Ärzte\a.trc", "", "a b\tc", "Kniebeuge über.trc"]), 1),
    lambda rng, text: text.replace("CameraRate", rng.choice(["", "camerarate", "Camera Rate"]), 1),
    lambda rng, text: text.replace("NumFrames", rng.choice(["", "NumFrames "]), 1),
    lambda rng, text: re.sub(r"\n\d[^\r\n]*", lambda found: found[0] + "\t" * rng.randrange(3), text),
    lambda rng, text: text.replace("Frame#", rng.choice(["Frame #", "frame", ""]), 1),
)  # fmt: skip


def odd_trc(rng: random.Random) -> bytes:
    change = rng.choice(NAMES)
    unit, factor = rng.choice(
        [("m", 1.0), ("Meters", 1.0), ("mm", 1000.0), ("Millimetres", 1000.0), ("CM", 100.0)]
    )
    one = Lab([change(rng, name) for name in SHORT.names], SHORT.t_s, SHORT.points)
    text = trc(one, unit=unit, factor=factor, frames=rng.choice([None, 900, 7]))
    for more in rng.sample(TEXTS, rng.randrange(4)):
        text = more(rng, text)
    if rng.random() < 0.2:
        head, _, body = text.partition("Z1")
        text = f"{head}Z1{body.replace('.', ',')}"
    return text.encode(rng.choice(["utf-8", "utf-8-sig", "cp1252", "utf-16"]))


def odd_csv(rng: random.Random) -> bytes:
    rows = [list(row) for row in landmark_rows(whole_trc())]
    separator = rng.choice([",", ";", "\t"])
    if rng.random() < 0.6:
        rows[1:] = [[cell.replace(".", ",") for cell in row] for row in rows[1:]]
    if rng.random() < 0.4:
        order = rng.sample(range(len(rows[0])), len(rows[0]))
        rows = [[row[k] for k in order] for row in rows]
    if rng.random() < 0.4:
        rows = [[*row, "note"] for row in rows]
    rows += [[""] * len(rows[0])] * rng.randrange(3)
    text = io.StringIO(newline="")
    quoting: Literal[0, 1] = 1 if rng.random() < 0.5 else 0  # all cells, or those that need it
    ends = rng.choice(["\n", "\r\n"])
    csv.writer(text, delimiter=separator, quoting=quoting, lineterminator=ends).writerows(rows)
    named = f"sep={separator}\r\n" if rng.random() < 0.3 else ""
    return (named + text.getvalue()).encode(rng.choice(["utf-8", "utf-8-sig", "utf-16"]))


@pytest.mark.parametrize(("kind", "seed"), [one for one in seeds(ODD) if one[0] in ("trc", "csv")])
def test_odd_tables_hold_what_they_hold(kind: str, seed: int, tmp_path: Path) -> None:
    rng = rng_of(kind, seed, "odd")
    path = tmp_path / f"odd.{kind}"
    path.write_bytes(odd_trc(rng) if kind == "trc" else odd_csv(rng))
    poses, whole = read_landmarks(path), whole_trc()
    np.testing.assert_allclose(poses.t_s, whole.t_s, atol=1e-6)
    np.testing.assert_allclose(poses.xy_px, whole.xy_px, atol=0.02)
    assert all(note.startswith("The head of this file says") for note in poses.notes)
    if kind == "trc":
        assert ending_of(path) == ".trc"


CODECS = {"mp4": "libx264", "mov": "libx264", "webm": "libvpx", "avi": "mpeg4"}
SPEED = {"libx264": {"preset": "ultrafast"}, "libvpx": {"deadline": "realtime", "cpu-used": "8"}, "mpeg4": {}}


def encoded(
    path: Path, stamps: list[int], *, codec: str, bframes: int = 0, size: tuple[int, int] = (32, 24)
) -> Path:
    """Pictures of four colours at stamps in frames of 1/10 s."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            codec, rate=10, options=SPEED[codec] | ({"bf": str(bframes)} if bframes else {})
        )
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 10)
        for stamp in stamps:
            picture = av.VideoFrame.from_ndarray(quadrants(*size))
            picture.pts, picture.time_base = stamp, Fraction(1, 10)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize(("kind", "seed"), [one for one in seeds(ODD) if one[0] not in ("trc", "csv")])
def test_odd_videos_give_each_picture_at_its_time(kind: str, seed: int, tmp_path: Path) -> None:
    """B-frames, odd sizes, and holes where the container can hold them (an AVI cannot)."""
    rng = rng_of(kind, seed, "odd")
    gap = rng.randrange(8, 30) if kind != "avi" and rng.random() < 0.6 else 1
    at = rng.randrange(4, FRAMES - 4)
    stamps = [i + (gap - 1) * (i >= at) for i in range(FRAMES)]
    codec = "libx264" if kind == "avi" and seed % 2 else CODECS[kind]
    bframes = rng.randrange(3) if codec != "libvpx" else 0
    size = rng.choice([(32, 24), (24, 32), (34, 26)])
    source = open_video(encoded(tmp_path / f"odd.{kind}", stamps, codec=codec, bframes=bframes, size=size))
    frames = list(source)
    times = np.array([frame.t_s for frame in frames])
    assert len(frames) == FRAMES
    np.testing.assert_allclose(times - times[0], np.array(stamps) / 10, atol=2e-3)
    assert {frame.size_wh for frame in frames} == {size}
    assert len(source.holes) == (gap / 10 > 0.7)
    if source.holes:
        start, end = source.holes[0]
        assert (start - times[0], end - times[0]) == pytest.approx(
            (stamps[at - 1] / 10, stamps[at] / 10), abs=2e-3
        )


@cache
def whole_file_of(kind: str, folder: Path) -> bytes:
    path = folder / f"whole.{kind}"
    if kind == "trc":
        return trc(SHORT).encode()
    if kind == "csv":
        text = io.StringIO(newline="")
        csv.writer(text).writerows(landmark_rows(whole_trc()))
        return text.getvalue().encode()
    if kind == "c3d":
        write_c3d(path, SHORT)
        return path.read_bytes()
    return encoded(path, list(range(FRAMES)), codec=CODECS[kind]).read_bytes()


def damaged(content: bytes, rng: random.Random) -> bytes:
    """Cut, overwritten, with a piece left out or doubled, or turned to zeros from somewhere on."""
    at = rng.choice([rng.randrange(len(content)), rng.randrange(min(len(content), 600))])
    length = rng.choice([1, 2, 16, 300, 3000])
    kind = rng.randrange(5)
    if kind == 0:
        return content[:at]
    if kind == 1:
        changed = bytearray(content)
        for _ in range(rng.randrange(1, 30)):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        return bytes(changed)
    if kind == 2:
        return content[:at] + content[at + length :]
    if kind == 3:
        return content[:at] + content[at : at + length] * 2 + content[at + length :]
    return content[:at] + bytes(len(content) - at)


def read_apart(path: Path) -> str:
    """Read a file in a forked process: its error in one line, empty for a result; a crash is one line too."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        said, status = "", 3
        try:
            checked(read_landmarks(path))
            status = 0
        except RequestError as error:
            said, status = str(error), 0
        finally:
            os.write(writing, said.encode())
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        said = told.read().decode()
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "neither a result nor a RequestError"
    return f"{path}: the library crashed, which the process apart reports" if os.WIFSIGNALED(status) else said


def checked(poses: PoseSequence) -> None:
    assert len(poses) > 0
    assert (np.diff(poses.t_s) > 0).all()
    assert not np.isinf(poses.xy_px).any()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("whole")


@pytest.mark.parametrize(("kind", "seed"), seeds(DAMAGED))
def test_damaged_files_are_read_or_refused_in_one_line(
    kind: str, seed: int, tmp_path: Path, folder: Path
) -> None:
    path = tmp_path / f"damaged.{kind}"
    path.write_bytes(damaged(whole_file_of(kind, folder), rng_of(kind, seed, "damaged")))
    try:
        if kind == "c3d":
            if sys.platform == "win32":
                pytest.skip("no fork there")
            said = read_apart(path)
            assert not said or (said.startswith(f"{path}: ") and "\n" not in said), said
        elif kind in ("trc", "csv"):
            checked(read_landmarks(path, MarkerFacts()))
        else:
            source = open_video(path)
            frames = list(source)
            assert (np.diff([frame.t_s for frame in frames]) > 0).all()
            assert {frame.size_wh for frame in frames} == {source.size_wh}
            assert len(frames) <= 2 * FRAMES + 2  # a piece may be there twice
    except RequestError as error:
        one_line(error, path)
