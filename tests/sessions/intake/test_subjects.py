"""Several people in one file of markers: listed, asked for, never mixed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from base.errors import MissingFactError, RequestError
from sessions.intake.opening import MarkerFacts, import_landmarks, read_file, read_landmarks
from tests.sessions.intake.test_opening import Lab, squats, write_c3d
from tests.support.lab_files import WHOLE, read_same, trc, written
from vision.pose import INDEX


def two(therapist: Lab, patient: Lab, prefixes: tuple[str, str]) -> Lab:
    names = [
        f"{prefix}{name}"
        for prefix, one in zip(prefixes, (therapist, patient), strict=True)
        for name in one.names
    ]
    return Lab(names, patient.t_s, np.concatenate([therapist.points, patient.points], axis=1))


STANDS = Lab(WHOLE.names, WHOLE.t_s, WHOLE.points[:1].repeat(len(WHOLE.t_s), 0) + np.array([2.0, 0.0, 0.0]))


@pytest.mark.parametrize(
    "prefixes",
    [("Therapist:", "Patient:"), ("Therapist_", "Patient_"), ("Dr Who - ", "Patient - "), ("", "Patient:")],
)
def test_two_people_are_listed_and_never_mixed(tmp_path: Path, prefixes: tuple[str, str]) -> None:
    both = two(STANDS, WHOLE, prefixes)
    path = written(tmp_path / "two.trc", trc(both))
    with pytest.raises(MissingFactError, match=r"it holds 2 subjects .*--subject NAME") as asked:
        read_landmarks(path)
    first, second = asked.value.choices
    assert asked.value.fact == "subject"
    assert second.casefold().startswith("patient")
    alone = read_landmarks(written(tmp_path / "one.trc", trc(WHOLE)))
    read_same(path, alone, MarkerFacts(subject=second))
    assert [kind for _, kind in squats(read_landmarks(path, MarkerFacts(subject=second.upper())))] == [
        "repetition"
    ] * 3
    assert squats(read_landmarks(path, MarkerFacts(subject=first))) == []
    with pytest.raises(MissingFactError, match="no subject 'Nobody'"):
        read_landmarks(path, MarkerFacts(subject="Nobody"))


@pytest.mark.parametrize("apart", [False, True])
def test_the_choice_of_a_subject_crosses_the_process_apart(tmp_path: Path, apart: bool) -> None:
    path = tmp_path / "two.c3d"
    write_c3d(path, two(STANDS, WHOLE, ("Therapist:", "Patient:")))
    reading = import_landmarks if apart else read_landmarks
    with pytest.raises(MissingFactError) as asked:
        reading(path)
    assert asked.value.choices == ("Therapist", "Patient")
    poses = reading(path, MarkerFacts(subject="Patient"))
    assert poses.notes == ("This is Patient; the markers of Therapist are left out.",)


def test_a_subject_without_wrists_gets_none_from_another(tmp_path: Path) -> None:
    kept = [i for i, name in enumerate(WHOLE.names) if "WR" not in name and "FIN" not in name]
    patient = Lab([WHOLE.names[i] for i in kept], WHOLE.t_s, WHOLE.points[:, kept])
    path = written(tmp_path / "two.trc", trc(two(STANDS, patient, ("Therapist:", "Patient:"))))
    poses = read_landmarks(path, MarkerFacts(subject="Patient"))
    assert np.isnan(poses.xy_px[:, INDEX["left_wrist"]]).all()


@pytest.mark.parametrize("prefix", ["", "Anna:"])
def test_two_people_with_the_same_names_are_refused(tmp_path: Path, prefix: str) -> None:
    """The first of them has no wrists, and would get those of the other."""
    kept = [i for i, name in enumerate(WHOLE.names) if "WR" not in name and "FIN" not in name]
    patient = Lab([WHOLE.names[i] for i in kept], WHOLE.t_s, WHOLE.points[:, kept])
    both = two(patient, STANDS, (prefix, prefix))
    path = written(tmp_path / "two.trc", trc(both))
    with pytest.raises(RequestError) as refused:
        read_landmarks(path)
    assert str(refused.value).startswith(f"{path}: two markers are called '{prefix}LSHO'; if they are of two")


def test_a_second_column_of_a_marker_that_is_empty_or_the_same_does_no_harm(tmp_path: Path) -> None:
    copies = [WHOLE.names.index(name) for name in ("LSHO", "RKNE")]
    names = [*WHOLE.names, *(WHOLE.names[i] for i in copies)]
    again = WHOLE.points[:, copies].copy()
    again[:, 1] = np.nan
    path = written(
        tmp_path / "a.trc", trc(Lab(names, WHOLE.t_s, np.concatenate([WHOLE.points, again], axis=1)))
    )
    read_same(path, read_landmarks(written(tmp_path / "whole.trc", trc(WHOLE))))


def test_props_and_segments_in_front_of_names_are_no_people(tmp_path: Path) -> None:
    names = [f"Box:corner{i}" for i in range(8)] + [f"Anna:{name}" for name in WHOLE.names]
    box = np.zeros((len(WHOLE.t_s), 8, 3)) + np.arange(8)[None, :, None] + 5.0
    one = Lab(names, WHOLE.t_s, np.concatenate([box, WHOLE.points], axis=1))
    assert len(squats(read_landmarks(written(tmp_path / "box.trc", trc(one))))) == 3
    parts = {"SHO": "Trunk", "HJC": "Pelvis"}
    names = [f"{parts.get(name[1:], name[1:])}_{name}" for name in WHOLE.names]
    found = read_file(written(tmp_path / "parts.trc", trc(Lab(names, WHOLE.t_s, WHOLE.points))))
    assert found.markers["left_shoulder"] == ("LSHO",)
    assert len(squats(found.poses)) == 3


def test_it_is_not_one_person_whose_names_are_shared_among_several(tmp_path: Path) -> None:
    """Two people with three markers each make no person together."""
    some = [WHOLE.names.index(name) for name in ("LSHO", "RSHO", "LHJC")]
    others = [WHOLE.names.index(name) for name in ("LSHO", "RHJC", "LKNE")]
    names = [f"A:{WHOLE.names[i]}" for i in some] + [f"B:{WHOLE.names[i]}" for i in others]
    one = Lab(names, WHOLE.t_s, WHOLE.points[:, some + others])
    with pytest.raises(RequestError, match="no marker for right_hip"):
        read_landmarks(written(tmp_path / "a.trc", trc(one)))


@pytest.mark.parametrize("prefix", ["", "Anna_", "Anna:"])
def test_further_markers_of_a_person_stay_theirs_and_can_be_mapped(tmp_path: Path, prefix: str) -> None:
    """Rear ends as the right ear would be called, behind a part of the body that is no subject."""
    knee = WHOLE.names.index("LKNE")
    renamed = ["Thigh.Rear" if i == knee else name for i, name in enumerate(WHOLE.names)]
    names = [f"{prefix}{name}" for name in (*renamed, "R.Thigh.Rear", "R.Shank.Rear", "Staff.Tip")]
    points = np.concatenate([WHOLE.points, np.zeros((len(WHOLE.t_s), 3, 3)) + 0.5], axis=1)
    path = written(tmp_path / "a.trc", trc(Lab(names, WHOLE.t_s, points)))
    found = read_file(path)
    assert {"Thigh.Rear", "R.Thigh.Rear", "R.Shank.Rear", "Staff.Tip"} <= set(found.unused)
    assert not {"left_knee", "right_ear"} & found.markers.keys()
    whole = read_landmarks(written(tmp_path / "whole.trc", trc(WHOLE)))
    read_same(path, whole, MarkerFacts(by_hand={"left_knee": "Thigh.Rear"}))
