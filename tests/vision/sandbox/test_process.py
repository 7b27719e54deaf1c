"""What strangers' files can do is bounded: a process apart, of limited memory and time, that opens nothing else."""

from __future__ import annotations

import json
import random
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cli
from base.errors import RequestError
from sessions.exchange.table import write_session
from sessions.intake.opening import ending_of, open_movement, read_landmarks
from tests.conftest import DATA
from tests.sessions.exchange.test_exchange import dossier
from tests.sessions.intake.test_opening import PLUG_IN, lab, write_c3d, z_up
from tests.support.clips import damaged_clip
from vision.sandbox import process as apart
from vision.sandbox.process import ApartError, asked_apart
from vision.sandbox.video import open_video_apart
from vision.video.sources import VideoSource, open_video

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
CHILDREN = {
    "memory": "from vision.sandbox.process import limit_this_process\nlimit_this_process(1 << 29)\nbytearray(1 << 30)",
    "time": "import time\ntime.sleep(60)",
    "crash": "import os\nos.abort()",
    "processor": "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass",
}


def test_pictures_decoded_apart_are_the_same_and_so_is_what_was_lost(tmp_path: Path) -> None:
    for path in (DATA / "d2_flexion_right_6s.mp4", damaged_clip(tmp_path / "few.mp4", 60, [20, 40])):
        here, there = open_video(path), open_video_apart(path)
        assert (there.size_wh, there.duration_s, there.frames_estimate, there.time_base_s) == (
            here.size_wh, here.duration_s, here.frames_estimate, here.time_base_s,
        )  # fmt: skip
        count = 0
        for one, other in zip(here, there, strict=True):
            count += 1
            assert one.t_s == other.t_s
            assert np.array_equal(one.image, other.image)
        assert count == there.given == here.given
        assert there.loss == here.loss
        assert len(list(there)) == count, "a second pass gives the same"


@POSIX
@pytest.mark.parametrize("what", CHILDREN)
def test_a_file_that_fills_memory_or_never_ends_or_crashes_its_reader_is_refused_in_one_line(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child of each kind in place of a library that a file led astray."""
    monkeypatch.setattr(apart, "ANSWERS_WITHIN_S", 4.0)
    monkeypatch.setattr(apart, "_ROOT", tmp_path)
    body = "\n    ".join(CHILDREN[what].split("\n"))
    (tmp_path / "led_astray.py").write_text(
        f"import sys\nsys.path.insert(0, {str(Path(apart.__file__).parents[2])!r})\n"
        f"from vision.sandbox.process import serve\ndef answers(asked, answer):\n    {body}\nsys.exit(serve(answers))\n"
    )
    began = time.monotonic()
    with pytest.raises(ApartError) as refused:
        list(asked_apart("led_astray", Path("film.mp4"), {}))
    assert time.monotonic() - began < 60
    why = "takes too long" if what == "time" else "too much memory or time, or is damaged"
    assert str(refused.value).startswith("film.mp4: the file cannot be read: ")
    assert why in str(refused.value)
    assert "\n" not in str(refused.value)


@POSIX
def test_the_reader_of_strangers_files_has_limits_and_can_write_no_file(tmp_path: Path) -> None:
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import json, resource as r\nfrom vision.sandbox.process import limit_this_process\nlimit_this_process()\n"
            "print(json.dumps([r.getrlimit(k)[1] for k in (r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_FSIZE)]))\n"
            f"from pathlib import Path\ntry:\n    Path({str(tmp_path / 'written')!r}).write_bytes(b'x' * 9)\n"
            "except OSError as e: print(e.errno)",
        ],
        cwd=Path(cli.__file__).parent,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert json.loads(said[0]) == [4 << 30, 900, 0]
    assert said[1] == "27"  # EFBIG
    assert (tmp_path / "written").read_text() == ""


PLAYLISTS = {
    "m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{victim}\n#EXT-X-ENDLIST\n",
    "ffconcat": "ffconcat version 1.0\nfile '{victim}'\n",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n",
    "mpd": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><BaseURL>{victim}</BaseURL>'
    "</Period></MPD>",
    "image sequence": "{victim}",
}


@pytest.mark.parametrize("kind", PLAYLISTS)
def test_no_file_makes_the_reader_open_another(kind: str, tmp_path: Path) -> None:
    victim = (DATA / "d2_flexion_right_6s.mp4").resolve()
    path = tmp_path / "upload"
    path.write_text(PLAYLISTS[kind].format(victim=victim))
    with pytest.raises(RequestError, match="upload"):
        open_movement(path, stranger=True)


def test_a_video_whose_pictures_claim_to_be_huge_is_refused_before_they_are_decoded(tmp_path: Path) -> None:
    """An AVI head of 60000 x 60000 pixels."""
    whole = (DATA / "d2_flexion_right_6s.mp4").read_bytes()
    entry = whole.index(b"avc1", whole.index(b"stsd"))
    at = entry + 4 + 24
    assert struct.unpack(">HH", whole[at : at + 4]) == (640, 480)
    path = tmp_path / "huge.mp4"
    path.write_bytes(whole[:at] + struct.pack(">HH", 60_000, 60_000) + whole[at + 4 :])
    try:
        video = open_movement(path, stranger=True)
    except RequestError as error:
        assert "\n" not in str(error)
    else:
        assert isinstance(video, VideoSource)
        assert video.size_wh[0] <= 8192


def exported(tmp_path: Path, name: str) -> bytes:
    path = tmp_path / "whole"
    if name == "lab":
        write_c3d(path, lab(PLUG_IN, z_up(0.0), rate_hz=50.0))
    else:
        write_session(dossier(), name, path)
    return path.read_bytes()


@pytest.mark.parametrize(("name", "ending"), [("trc", ".trc"), ("json", ".json"), ("csv", ".zip")])
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), cut=st.booleans())
def test_a_damaged_file_is_read_or_refused_in_one_line(
    name: str, ending: str, seed: int, cut: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    content, rng = bytearray(exported(folder, name)), random.Random(seed)
    if cut:
        del content[rng.randrange(len(content)) :]
    else:
        for _ in range(rng.randint(1, 20)):
            content[rng.randrange(min(len(content), rng.choice([200, 10**9])))] = rng.randrange(256)
    path = folder / f"damaged{ending}"
    path.write_bytes(content)
    try:
        poses = read_landmarks(path)
    except RequestError as error:
        assert str(error).startswith(str(path))
        assert "\n" not in str(error)
    else:
        assert len(poses) > 0


@pytest.mark.parametrize("seed", range(3))
def test_a_damaged_c3d_never_ends_this_process(seed: int, tmp_path: Path) -> None:
    content, rng = bytearray(exported(tmp_path, "lab")), random.Random(seed)
    for _ in range(30):
        content[rng.randrange(3 * 512)] = rng.randrange(256)
    content[:2] = b"\x02\x50"
    path = tmp_path / "damaged.c3d"
    path.write_bytes(content)
    try:
        open_movement(path)
    except RequestError as error:
        assert str(error).startswith(str(path))
        assert "\n" not in str(error)


WRONG = {
    "deep.json": ("[" * 100_000, "not JSON"),
    "other.json": ('{"schema": "diagonal.session/1"}', "expected schema diagonal.record/1"),
    "half.json": ('{"schema": "diagonal.record/1"}', "key id: field required"),
    "words.trc": ("PathFileType\t4\n\n\n\n\n", "line 2: expected NumFrames"),
    "no.trc": ("hello", "not a TRC file"),
    "empty.csv": ("", "expected the columns t_s, landmark"),
    "no.c3d": ("\x02P" + "x" * 600, "damaged or cut off|cannot be read"),
    "no.zip": ("PK\x03\x04 and no more", "not a zip of exported tables"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_a_wrong_file_lacks_is_said(name: str, tmp_path: Path) -> None:
    content, said = WRONG[name]
    (tmp_path / name).write_bytes(content.encode())
    with pytest.raises(RequestError, match=said) as refused:
        open_movement(tmp_path / name)
    assert "\n" not in str(refused.value)


ROWS = "1\t0.0\t1\t2\t3\n2\t0.1\t1\t2\t3\n"


def trc(frames: str = "2", markers: str = "1", units: str = "mm", rows: str = ROWS) -> str:
    about = f"DataRate\tNumFrames\tNumMarkers\tUnits\n100\t{frames}\t{markers}\t{units}\n"
    head = f"PathFileType\t4\t(X/Y/Z)\tx.trc\n{about}"
    return f"{head}Frame#\tTime\tLSHO\t\t\n\t\tX1\tY1\tZ1\n\n{rows}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (trc(frames="99999999999", markers="1"), "at most 60000000 coordinates"),
        (trc(markers="2"), "the names of 2 markers, got 1"),
        (trc(units="furlongs"), "Units: expected m, cm, mm, got 'furlongs'"),
        (trc(rows="1\t0.0\t1\t2\t3\n2\t0.0\t1\t2\t3\n"), "line 8: expected a later time"),
        (trc(rows="1\t0.0\t1\t2\t3\n2\t0.1\t1\ttwo\t3\n"), "line 8: could not convert"),
        (trc(rows="1\t0.0\t1\t2\t3\n2\t0.1\t1\tinf\t3\n"), "line 8: expected numbers, got infinity"),
        (trc(rows="1\t0.0\t1\t2\t3\n2\t0.1\t1\t2\t3\t4\n"), "line 8: expected 5 numbers, got 6"),
        (trc(), "no marker for left_shoulder|no marker for right_shoulder"),
    ],
)
def test_a_trc_says_where_it_is_wrong(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "a.trc").write_text(text)
    with pytest.raises(RequestError, match=said):
        read_landmarks(tmp_path / "a.trc")


def test_a_zip_that_unpacks_to_too_much_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("landmarks.csv", "w", force_zip64=True) as member,
    ):
        for _ in range(1100):
            member.write(bytes(1 << 20))
    assert path.stat().st_size < 10_000_000
    assert ending_of(path) == ".zip"
    with pytest.raises(RequestError, match=r"at most 1073741824 bytes, got 1153433600"):
        open_movement(path, stranger=True)
