"""Wrong files on the page: the reason is that of the command line, with what to do, in the page's language."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from base.errors import RequestError
from i18n.translation import in_language
from patterns.templates.library import load_template
from sessions.intake.opening import holds_landmarks, read_file
from sessions.intake.saved_maps import save_map
from tests.support.clips import quadrants, standing, write_clip
from tests.support.lab_files import SHORT, trc
from tests.support.live_fakes import BrightnessBackend
from ui.records.upload_job import plain_words, poses_of_upload, score_upload
from vision.recording import write_recording
from vision.video.sources import open_video

BACKEND = BrightnessBackend


def landmarks(folder: Path) -> bytes:
    write_recording(folder / "whole.npz", standing(5))
    return (folder / "whole.npz").read_bytes()


def without_times(folder: Path) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(landmarks(folder))) as whole, zipfile.ZipFile(packed, "w") as part:
        for name in whole.namelist():
            if name != "t_s.npy":
                part.writestr(name, whole.read(name))
    return packed.getvalue()


def cut_off(folder: Path) -> bytes:
    return write_clip(folder / "whole.mp4", [quadrants(64, 48)] * 10).read_bytes()[:-200]


def sound(folder: Path) -> bytes:
    with av.open(str(folder / "sound.mp4"), "w") as container:
        stream = container.add_stream("aac", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.rate, frame.pts = 8000, 0
        for packet in (*stream.encode(frame), *stream.encode()):
            container.mux(packet)
    return (folder / "sound.mp4").read_bytes()


WRONG: dict[str, tuple[Callable[[Path], bytes], str]] = {
    "no_times.npz": (without_times, "key t_s: expected shape (T,), got no such key"),
    "damaged.npz": (
        lambda folder: landmarks(folder)[:900],
        "not a landmark recording (.npz), or a damaged one",
    ),
    "table.csv": (lambda folder: b"name,knee\nAnna,12\n", "expected the columns t_s,"),
    "other.zip": (lambda folder: zipped("a.txt"), "no landmarks.csv in it"),
    "words.trc": (lambda folder: b"Dear diary", "not a TRC file"),
    "words.c3d": (lambda folder: b"Dear diary", "not a C3D file"),
    "words.json": (lambda folder: b"Dear diary", "not JSON, or damaged"),
    "words.mp4": (lambda folder: b"Dear diary", "not a video that can be read"),
    "program.py": (lambda folder: b"import this\n", "not a video that can be read"),
    "nothing.mov": (lambda folder: b"", "the file is empty"),
    "cut.mp4": (cut_off, "the video is cut off"),
    "sound.mp4": (sound, "the file holds no video stream"),
}


def zipped(name: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, "Dear diary")
    return packed.getvalue()


def refused(content: bytes, name: str) -> RequestError:
    with pytest.raises(RequestError) as caught:
        score_upload(
            content,
            name,
            load_template("squat"),
            "both",
            progress=lambda what, share: None,
            open_backend=BACKEND,
        )
    return caught.value


@pytest.mark.parametrize("name", WRONG)
def test_the_reason_is_that_of_the_command_line(name: str, tmp_path: Path) -> None:
    make, reason = WRONG[name]
    path = tmp_path / name
    path.write_bytes(make(tmp_path))
    with pytest.raises(RequestError) as caught:
        read_file(path) if holds_landmarks(path) else open_video(path)
    error = refused(path.read_bytes(), name)
    with in_language("en"):
        english = plain_words(error, name)
    assert reason in english and english.startswith(f"{name}: ")
    assert english == str(caught.value).replace(str(path), name)
    for language in ("de", "es"):
        with in_language(language):
            said = plain_words(error, name)
        assert said.startswith(name) and said != english
        assert not re.search(r"\b(the|not|expected|copy|again|is)\b", said), said


def test_nobody_in_a_video_is_reported_with_what_to_do(tmp_path: Path) -> None:
    with in_language("de"):
        error = RequestError(
            "a.mp4: nobody was found in it; film one person, the whole body in view, in good light"
        )
        assert plain_words(error, "a.mp4").startswith(
            "a.mp4: Es ist niemand zu sehen; filmen Sie eine Person"
        )


def test_a_video_or_landmarks_under_another_name_are_read_as_what_they_are(tmp_path: Path) -> None:
    def read(content: bytes, name: str) -> int:
        return len(poses_of_upload(content, name, progress=lambda what, share: None, open_backend=BACKEND))

    assert read(landmarks(tmp_path), "holiday.mp4") == 5
    clip = write_clip(tmp_path / "a.mp4", [quadrants(64, 48)] * 6).read_bytes()
    assert read(clip, "landmarks.csv") == 6


def test_what_is_reported_about_a_demonstration_comes_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path))
    save_map({"left_knee": "RKNE", "right_knee": "LKNE"})
    poses = poses_of_upload(
        trc(SHORT).encode(), "a.trc", progress=lambda what, share: None, open_backend=BACKEND
    )
    assert poses.notes == (
        "A saved marker map is used: left_knee = RKNE, right_knee = LKNE.",
        "Left and right look swapped: knee. Check which marker stands for which side.",
    )
