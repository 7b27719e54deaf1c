"""A zip that is damaged, or packed in an unusual format, ends in one line that names the file, whoever reads it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from base.errors import DiagonalError
from models.archive import networks_in
from models.manifest import manifest
from sessions.backup.archive import read_manifest
from sessions.intake.opening import LANDMARK_FILES
from sessions.intake.own_files import read_tables
from vision.recording import read_recording

NAMES = {"t_s.npy": read_recording, "landmarks.csv": read_tables, "manifest.json": read_manifest}


def array_file(header: bytes) -> bytes:
    """A .npy whose head says that text (NumPy's format, version 1.0)."""
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header


def one_line(read: Callable[[Path], object], path: Path) -> str:
    with pytest.raises(DiagonalError) as raised:
        read(path)
    said = str(raised.value)
    assert str(path) in said and "\n" not in said
    return said


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("member", NAMES)
def test_damage_in_an_unusually_packed_zip_is_one_line(tmp_path: Path, member: str, packing: int) -> None:
    path = tmp_path / "packed.npz"
    with zipfile.ZipFile(path, "w", packing) as made:
        made.writestr(member, bytes(range(256)) * 40)
    raw = bytearray(path.read_bytes())
    start = 30 + len(member) + 12  # behind the head of the member and of its packing
    raw[start : start + 40] = b"\xa5" * 40
    path.write_bytes(raw)
    one_line(NAMES[member], path)


@pytest.mark.parametrize("read", [LANDMARK_FILES[".zip"].read, read_recording, read_manifest])
def test_a_zip_of_a_later_version_is_one_line(tmp_path: Path, read: Callable[[Path], object]) -> None:
    """The version needed to unpack stands 6 bytes behind the beginning of an entry of the list at a zip's end."""
    path = tmp_path / "later.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("t_s.npy", b"x")
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 6] = 250
    path.write_bytes(raw)
    one_line(read, path)


@pytest.mark.parametrize(
    "header", [b"{'descr': '<f8', 'shape': (3,\n", b"{(((", b"'''", b"{'descr': '<f8'\n'''\n"]
)
def test_a_damaged_head_of_an_array_is_one_line(tmp_path: Path, header: bytes) -> None:
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("t_s.npy", array_file(header))
    assert (
        one_line(read_recording, path)
        == f"{path}: not a landmark recording (.npz), or a damaged one; export it again"
    )


def test_a_key_with_a_line_break_in_its_name_stays_on_the_line(tmp_path: Path) -> None:
    path, times = tmp_path / "a.npz", io.BytesIO()
    np.save(times, np.arange(3.0))
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("t\n_s.npy", times.getvalue())
    assert "t␊_s" in one_line(read_recording, path)


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_LZMA])
def test_an_encrypted_bundle_of_weights_is_one_line(tmp_path: Path, packing: int) -> None:
    """Bit 0 of the flags, 8 bytes behind the beginning of an entry of the list, says that a member is encrypted."""
    path = tmp_path / "pose.task"
    with zipfile.ZipFile(path, "w", packing) as made:
        made.writestr(manifest().sources("full")[0].member("landmark"), b"x" * 100)
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    raw[6] |= 1
    path.write_bytes(raw)
    assert "damaged" in one_line(lambda given: networks_in(given, "full", manifest()), path)
