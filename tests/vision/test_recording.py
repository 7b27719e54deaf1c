from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.support.clips import standing
from vision.analysis.estimate import estimate_poses, open_source
from vision.pose import PoseFrame, PoseSequence
from vision.recording import RecordingError, read_recording, write_recording

COORDINATE = st.one_of(
    st.just(float("nan")), st.floats(-1e4, 1e4, allow_nan=False), st.sampled_from([0.0, -0.0, 1 / 3, 5e-324])
)


@st.composite
def sequences(draw: st.DrawFn) -> PoseSequence:
    count = draw(st.integers(1, 4))
    steps = draw(hnp.arrays(np.float64, count, elements=st.floats(1e-6, 100.0), fill=st.nothing()))

    def block(*shape: int) -> npt.NDArray[np.float64]:
        return draw(hnp.arrays(np.float64, (count, *shape), elements=COORDINATE))

    world = draw(st.one_of(st.none(), st.just(block(33, 3))))
    if world is not None:
        world[0, 0, 0] = 0.25  # a world_m without one number is None
    return PoseSequence(
        np.cumsum(steps),
        (draw(st.integers(1, 65_536)), draw(st.integers(1, 65_536))),
        block(33, 2),
        world,
        draw(hnp.arrays(np.float64, (count, 33), elements=st.floats(0.0, 1.0))),
        draw(st.one_of(st.none(), st.just(block(33)))),
        draw(st.booleans()),
    )


def bits(array: npt.NDArray[np.float64] | None) -> bytes | None:
    return None if array is None else array.tobytes()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequence=sequences())
def test_a_recording_comes_back_bit_for_bit(tmp_path: Path, sequence: PoseSequence) -> None:
    path = tmp_path / "a.npz"
    write_recording(path, sequence)
    got = read_recording(path)
    for name in ("t_s", "xy_px", "world_m", "visibility", "world_error_m"):
        assert bits(getattr(got, name)) == bits(getattr(sequence, name)), name
    assert (got.size_wh, got.measured) == (sequence.size_wh, sequence.measured)
    assert [p.name for p in tmp_path.iterdir()] == ["a.npz"]


def good() -> dict[str, npt.NDArray[Any]]:
    pose = standing(5)
    assert pose.world_m is not None
    return {
        "t_s": pose.t_s,
        "xy_px": pose.xy_px.astype(np.float32),
        "world_m": pose.world_m.astype(np.float32),
        "score": pose.visibility.astype(np.float32),
        "size_wh": np.array(pose.size_wh),
    }


def save(path: Path, arrays: dict[str, npt.NDArray[Any]]) -> None:
    np.savez(path, allow_pickle=True, **arrays)


def test_single_precision_and_absent_optional_keys_are_read(tmp_path: Path) -> None:
    arrays = good()
    save(tmp_path / "a.npz", arrays)
    got = read_recording(tmp_path / "a.npz")
    assert np.array_equal(got.xy_px, arrays["xy_px"].astype(np.float64))
    assert got.measured is False
    assert got.world_error_m is None


def test_a_score_that_is_nan_is_not_seen(tmp_path: Path) -> None:
    arrays = good()
    arrays["score"][2, 3] = np.nan
    save(tmp_path / "a.npz", arrays)
    assert read_recording(tmp_path / "a.npz").visibility[2, 3] == 0.0


def changed(key: str, value: npt.NDArray[Any] | None) -> dict[str, npt.NDArray[Any]]:
    arrays = good()
    del arrays[key]
    return arrays if value is None else arrays | {key: value}


WRONG: dict[str, tuple[str, npt.NDArray[Any] | None, str]] = {
    "no world": ("world_m", None, "world_m: expected shape (T, 33, 3), got no such key"),
    "no time": ("t_s", None, "t_s: expected shape (T,), got no such key"),
    "17 points": ("xy_px", np.zeros((5, 17, 2)), "xy_px: expected shape (5, 33, 2), got (5, 17, 2)"),
    "other length": ("score", np.ones((4, 33)), "score: expected shape (5, 33), got (4, 33)"),
    "two-dimensional time": ("t_s", np.zeros((5, 1)), "t_s: expected shape (T,), got (5, 1)"),
    "no frames": ("t_s", np.zeros(0), "t_s: expected at least one time"),
    "standing time": (
        "t_s",
        np.array([0, 0.1, 0.1, 0.2, 0.3]),
        "strictly increasing seconds, got 0.1 then 0.1 (row 2)",
    ),
    "time not a number": (
        "t_s",
        np.array([0, 0.1, np.nan, 0.2, 0.3]),
        "t_s: expected finite seconds, got nan",
    ),
    "whole-number points": ("xy_px", np.zeros((5, 33, 2), int), "xy_px: expected real numbers, got int64"),
    "complex": ("world_m", np.zeros((5, 33, 3), complex), "world_m: expected real numbers, got complex128"),
    "objects": ("score", np.full((5, 33), None), "score: expected real numbers, got objects (never read)"),
    "words": ("size_wh", np.array(["640", "480"]), "size_wh: expected whole numbers, got <U3"),
    "no size": ("size_wh", np.array([0, 480]), "size_wh: expected 1..65536 pixels, got 0 x 480"),
    "one size": ("size_wh", np.array([640]), "size_wh: expected shape (2,), got (1,)"),
    "score 2": ("score", np.full((5, 33), 2.0), "score: expected 0..1, got 2..2"),
    "infinity": ("xy_px", np.full((5, 33, 2), np.inf), "xy_px: expected numbers or NaN, got infinity"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_recording_is_refused_with_key_expected_and_got(tmp_path: Path, case: str) -> None:
    key, value, says = WRONG[case]
    arrays = changed(key, value)
    if case == "no frames":
        arrays = {k: v if k == "size_wh" else v[:0] for k, v in arrays.items()}
    path = tmp_path / "wrong.npz"
    save(path, arrays)
    with pytest.raises(RecordingError) as caught:
        read_recording(path)
    line = str(caught.value)
    assert says in line
    assert line.startswith(str(path))
    assert "\n" not in line


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    whole = tmp_path / "whole.npz"
    write_recording(whole, standing(5))
    for name, content in {"text": b"hello", "empty": b"", "cut": whole.read_bytes()[:2000]}.items():
        path = tmp_path / f"{name}.npz"
        path.write_bytes(content)
        with pytest.raises(RecordingError, match="not a landmark recording"):
            read_recording(path)
    with pytest.raises(RecordingError, match="no such file"):
        read_recording(tmp_path / "absent.npz")
    with pytest.raises(RecordingError, match="folder"):
        read_recording(tmp_path)


def test_an_array_without_its_ending_is_no_key(tmp_path: Path) -> None:
    save(tmp_path / "a.npz", good())
    path = tmp_path / "bare.npz"
    with zipfile.ZipFile(tmp_path / "a.npz") as whole, zipfile.ZipFile(path, "w") as bare:
        for name in whole.namelist():
            bare.writestr(name.removesuffix(".npy"), whole.read(name))
    with pytest.raises(RecordingError, match=r"key t_s: .* got no such key \(none\)"):
        read_recording(path)


def test_a_flipped_byte_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    write_recording(path, standing(40))
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(RecordingError):
        read_recording(path)


def test_sizes_are_not_believed(tmp_path: Path) -> None:
    lie = io.BytesIO()
    np.lib.format.write_array_header_1_0(lie, {"descr": "<f8", "fortran_order": False, "shape": (10**12,)})
    path = tmp_path / "lie.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("t_s.npy", lie.getvalue())
        for key in ("xy_px", "world_m", "score", "size_wh"):
            archive.writestr(f"{key}.npy", lie.getvalue())
    with pytest.raises(RecordingError, match=r"t_s: the file is damaged"):
        read_recording(path)


def test_a_recording_that_unpacks_to_too_much_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bomb.npz"
    write_recording(path, standing(40))
    monkeypatch.setattr("vision.recording.MAX_BYTES", 10_000)
    with pytest.raises(RecordingError, match="expected at most 10000 bytes unpacked"):
        read_recording(path)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="cannot be written"):
        write_recording(tmp_path / "no" / "a.npz", standing(2))


@pytest.mark.parametrize("measured", [True, False])
def test_a_measured_recording_is_never_corrected(tmp_path: Path, measured: bool) -> None:
    save(tmp_path / "a.npz", good() | {"measured": np.array(measured)})
    source = open_source(tmp_path / "a.npz")
    corrected: list[PoseFrame] = []

    def correct(pose: PoseFrame) -> PoseFrame:
        corrected.append(pose)
        return pose

    poses = list(estimate_poses(source, None, correct))
    assert len(poses) == 5
    assert len(corrected) == (0 if measured else 5)
