"""Text and binary files as laboratories, phones and spreadsheets leave them: read rightly, or refused in one line."""

from __future__ import annotations

import csv
import errno
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import ezc3d
import numpy as np
import pytest

from base.atomic_file import whole_file
from base.errors import MissingFactError, RequestError
from patterns.features.table import feature_table
from patterns.templates.library import load_template
from patterns.templates.template_file import parse_template, write_template
from sessions.exchange.table import EXPORTERS, write_session
from sessions.intake.opening import MarkerFacts, ending_of, import_landmarks, read_landmarks
from sessions.intake.points import unit_of
from sessions.intake.score_source import notes_of, score_source
from tests.sessions.exchange.test_exchange import dossier
from tests.sessions.intake.test_opening import Lab, write_c3d
from tests.support.c3d_by_hand import Value, c3d_by_hand
from tests.support.lab_files import SHORT, read_same, trc, written
from vision.pose import INDEX, PoseSequence
from vision.recording import write_recording


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> PoseSequence:
    return read_landmarks(written(tmp_path_factory.mktemp("lab") / "a.trc", trc(SHORT)))


@pytest.mark.parametrize(
    ("spelled", "unit"),
    [
        ("m", "m"), ("M", "m"), ("meters", "m"), ("Meter", "m"), ("metres", "m"), ("[m]", "m"), ("metros", "m"),
        ("mm", "mm"), ("MM", "mm"), ("millimeters", "mm"), ("Millimetres", "mm"), ("milímetros", "mm"), ("(mm)", "mm"),
        ("cm", "cm"), ("centimeters", "cm"), ("Centimetre", "cm"), ("Zentimeter", "cm"), ("mm\0", "mm"),
        ("inches", None), ("", None), ("furlongs", None), ("mmm", None), ("meterstick", None),
    ],
)  # fmt: skip
def test_units_are_known_in_any_spelling(spelled: str, unit: str | None) -> None:
    assert unit_of(spelled) == unit


@pytest.mark.parametrize(
    ("unit", "factor"), [("meters", 1.0), ("Millimeters", 1000.0), ("centimetres", 100.0)]
)
def test_a_trc_in_a_unit_spelled_out_is_read(
    tmp_path: Path, whole: PoseSequence, unit: str, factor: float
) -> None:
    read_same(written(tmp_path / "a.trc", trc(SHORT, unit=unit, factor=factor)), whole)


@pytest.mark.parametrize("stated", ["furlongs", "", "m"])
def test_the_unit_that_a_person_says_overrides_the_files(
    tmp_path: Path, whole: PoseSequence, stated: str
) -> None:
    path = written(tmp_path / "a.trc", trc(SHORT, unit=stated, factor=1000.0))
    read_same(path, whole, MarkerFacts(unit="mm"))
    with pytest.raises(RequestError, match="--unit") as asked:
        read_landmarks(path)
    assert str(asked.value).startswith(str(path))
    if stated != "m":
        assert isinstance(asked.value, MissingFactError)
        assert (asked.value.fact, asked.value.choices) == ("unit", ("m", "cm", "mm"))


def test_a_c3d_in_millimeters_spelled_out_is_read(tmp_path: Path, whole: PoseSequence) -> None:
    write_c3d(tmp_path / "plain.c3d", SHORT)
    read = ezc3d.c3d(str(tmp_path / "plain.c3d"))
    read["parameters"]["POINT"]["UNITS"]["value"] = ["millimeters"]
    read.write(str(tmp_path / "spelled.c3d"))
    read_same(tmp_path / "spelled.c3d", whole)


def test_as_many_frames_count_as_are_there(tmp_path: Path, whole: PoseSequence) -> None:
    poses = read_same(written(tmp_path / "a.trc", trc(SHORT, frames=900)), whole)
    assert poses.notes == ("The head of this file says 900 frames, 30 are there.",)
    apart = import_landmarks(tmp_path / "a.trc")
    assert apart.notes == poses.notes
    assert notes_of(apart) == poses.notes


def test_a_line_that_was_cut_off_is_no_frame(tmp_path: Path, whole: PoseSequence) -> None:
    """A number cut in two would be another number."""
    text = trc(SHORT)
    path = written(tmp_path / "a.trc", text[: text.rindex("\n", 0, -1) - 2])
    poses = read_landmarks(path)
    assert len(poses) == 28
    assert poses.notes == ("The head of this file says 30 frames, 28 are there.",)
    assert whole.world_m is not None and poses.world_m is not None
    np.testing.assert_allclose(poses.world_m, whole.world_m[:28], atol=1e-4)


@pytest.mark.parametrize("key", ["CameraRate", "DataRate", "OrigDataRate", "NumFrames", "NumMarkers"])
def test_an_empty_cell_of_the_head_moves_no_other(tmp_path: Path, whole: PoseSequence, key: str) -> None:
    assert read_same(written(tmp_path / "a.trc", trc(SHORT, keys={key: ""})), whole).notes == ()


def test_a_marker_without_a_name_moves_no_other(tmp_path: Path, whole: PoseSequence) -> None:
    """The name of the third marker is left out: the others stay at their own places."""
    text = trc(SHORT)
    text = text.replace(f"\t{SHORT.names[2]}\t", "\t\t", 1)
    poses = read_landmarks(written(tmp_path / "a.trc", text))
    part = INDEX["left_elbow"]
    assert np.isnan(poses.xy_px[:, part]).all()
    others = [i for i in range(33) if i != part]
    np.testing.assert_allclose(poses.xy_px[:, others], whole.xy_px[:, others], atol=0.02)


def test_a_recording_in_which_nobody_is_names_the_file(tmp_path: Path) -> None:
    poses = dossier().poses
    assert poses is not None
    path = tmp_path / "empty.npz"
    write_recording(path, replace(poses, xy_px=poses.xy_px * np.nan, visibility=poses.visibility * 0))
    with pytest.raises(RequestError, match="nobody was found") as refused:
        score_source(path, load_template("squat"), "both", None)
    assert str(refused.value).startswith(f"{path}: ")


ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "utf-8": lambda text: text.encode(),
    "utf-8 with a mark": lambda text: text.encode("utf-8-sig"),
    "windows": lambda text: text.encode("cp1252"),
    "utf-16": lambda text: text.encode("utf-16"),
    "lines of windows": lambda text: text.replace("\n", "\r\n").encode("cp1252"),
}


@pytest.mark.parametrize("name", ENCODINGS)
def test_a_trc_is_read_in_any_encoding(tmp_path: Path, whole: PoseSequence, name: str) -> None:
    content = ENCODINGS[name](trc(SHORT, title=r"C:\Büro\Ärzte\kniebeuge.trc"))
    path = written(tmp_path / "a.trc", content)
    read_same(path, whole)
    assert ending_of(path) == ".trc"


def test_a_trc_with_decimal_commas_is_read(tmp_path: Path, whole: PoseSequence) -> None:
    head, _, body = trc(SHORT).partition("\n\n")
    read_same(written(tmp_path / "a.trc", f"{head}\n\n{body.replace('.', ',')}"), whole)


def landmarks_csv() -> str:
    """What export writes."""
    with zipfile.ZipFile(io.BytesIO(EXPORTERS["csv"].made(dossier()))) as archive:
        return archive.read("landmarks.csv").decode()


def separated(text: str, separator: str, *, commas: bool, quoting: Literal[0, 1] = csv.QUOTE_MINIMAL) -> str:
    """A table as a spreadsheet saves it."""
    rows = list(csv.reader(io.StringIO(text, newline="")))
    rows = [rows[0], *([cell.replace(".", ",") if commas else cell for cell in row] for row in rows[1:])]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, quoting=quoting).writerows(rows)
    return out.getvalue()


SAVED: dict[str, Callable[[str], bytes]] = {
    "as it was": lambda text: text.encode(),
    "with a mark": lambda text: text.encode("utf-8-sig"),
    "german": lambda text: separated(text, ";", commas=True).encode("utf-8-sig"),
    "german, with commas between": lambda text: separated(text, ",", commas=True).encode(),
    "unicode text": lambda text: separated(text, "\t", commas=False).encode("utf-16"),
    "its separator named": lambda text: ("sep=;\r\n" + separated(text, ";", commas=True)).encode("utf-8-sig"),
    "empty rows at the end": lambda text: (separated(text, ";", commas=True) + ";" * 11 + "\r\n" * 3).encode(),
    "quoted": lambda text: separated(text, ";", commas=True, quoting=csv.QUOTE_ALL).encode(),
    "another column in front": lambda text: "\n".join(f"x,{line}" for line in text.splitlines()).encode(),
}  # fmt: skip


@pytest.mark.parametrize("name", SAVED)
def test_our_table_comes_back_from_a_spreadsheet(tmp_path: Path, name: str) -> None:
    before = dossier().poses
    assert before is not None
    content = SAVED[name](landmarks_csv())
    poses = read_landmarks(written(tmp_path / "landmarks.csv", content))
    for field in ("t_s", "xy_px", "world_m", "visibility"):
        np.testing.assert_array_equal(getattr(poses, field), getattr(before, field))
    assert (poses.size_wh, poses.measured) == (before.size_wh, before.measured)
    if name != "another column in front":
        assert ending_of(tmp_path / "landmarks.csv") == ".csv"
    with zipfile.ZipFile(tmp_path / "tables.zip", "w") as archive:
        archive.writestr("landmarks.csv", content)
    assert len(read_landmarks(tmp_path / "tables.zip")) == len(before)


def test_a_table_without_a_column_names_it(tmp_path: Path) -> None:
    path = written(tmp_path / "landmarks.csv", landmarks_csv().replace("z_away_m", "z"))
    with pytest.raises(RequestError, match="z_away_m is not there") as refused:
        read_landmarks(path)
    assert str(refused.value).startswith(str(path))


def test_opensims_storage_reads_every_row_of_angles_that_were_not_always_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opensim = pytest.importorskip("opensim", reason="no wheel for this computer")
    """Gaps are straight lines, ends are held, and the head says where; a wrist never seen is no column."""
    monkeypatch.chdir(tmp_path)  # OpenSim writes a log there
    kept = dossier()
    assert kept.poses is not None and kept.poses.world_m is not None
    xy, world = kept.poses.xy_px.copy(), kept.poses.world_m.copy()
    for start, end, part in ((0, 40, "left_knee"), (60, 90, "left_knee"), (0, len(xy), "left_wrist")):
        xy[start:end, INDEX[part]] = world[start:end, INDEX[part]] = np.nan
    hidden = replace(kept, poses=replace(kept.poses, xy_px=xy, world_m=world))
    path = tmp_path / "set.mot"
    write_session(hidden, "mot", path)
    storage = opensim.Storage(str(path))
    text = path.read_text()
    rows = len(text.split("endheader\n")[1].splitlines()) - 1
    assert storage.getSize() == rows > 300
    table = opensim.TimeSeriesTable(str(path))
    assert table.getNumRows() == rows
    times = np.array(table.getIndependentColumn())
    assert "elbow_flexion_left" not in table.getColumnLabels()
    assert "elbow_flexion_left" in table.getTableMetaDataString("never_seen").split(";")
    knee = table.getDependentColumn("knee_flexion_left").to_numpy()
    gaps = [
        tuple(float(end) for end in gap.split("-"))
        for gap in table.getTableMetaDataString("unseen_knee_flexion_left").split(";")
    ]
    assert len(gaps) == 2
    for begin, until in gaps:
        inside = (times >= begin - 1e-6) & (times <= until + 1e-6)
        assert np.abs(np.diff(knee[inside], 2)).max() < 3e-4
    assert gaps[0][0] == pytest.approx(times[0], abs=1e-3)
    assert np.ptp(knee[times < gaps[0][1]]) == 0
    ours = feature_table(hidden.poses, ["knee_flexion_left"]) if hidden.poses is not None else None
    assert ours is not None
    seen = np.isfinite(ours.values[:, 0])
    outside = ~np.any([(times >= a - 0.05) & (times <= b + 0.05) for a, b in gaps], axis=0)
    expected = np.interp(times, ours.t_s[seen], ours.values[seen, 0])
    np.testing.assert_allclose(knee[outside], expected[outside], atol=0.6)


POINT: dict[str, Value] = {"USED": 0, "FRAMES": 10, "RATE": 100.0, "SCALE": -1.0, "DATA_START": 3}
ANALOG: dict[str, Value] = {
    "USED": 12,
    "RATE": 100.0,
    "GEN_SCALE": 1.0,
    "LABELS": [f"F{i}" for i in range(12)],
}
PLATES: dict[str, Value] = {
    "USED": 2,
    "TYPE": np.array([1, 1]),
    "ZERO": np.array([0, 0]),
    "CORNERS": np.arange(24.0).reshape(3, 4, 2),
    "ORIGIN": np.ones((3, 2)),
    "CHANNEL": np.arange(1, 13).reshape(6, 2),
}
ROTATION: dict[str, Value] = {"USED": 17, "RATE": 100.0, "DATA_START": 4, "LABELS": ["pelvis"]}
WITHOUT: dict[str, tuple[dict[str, dict[str, Value]], int, str]] = {
    "forces": (
        {"POINT": POINT, "ANALOG": ANALOG, "FORCE_PLATFORM": PLATES},
        12,
        "2 force plates and 12 analog channels",
    ),
    "rotations": ({"POINT": POINT, "ROTATION": ROTATION}, 0, "17 rotations of segments"),
    "nothing": ({"POINT": POINT}, 0, "a head without data"),
}


@pytest.mark.parametrize("name", WITHOUT)
def test_a_c3d_without_markers_says_what_it_holds(tmp_path: Path, name: str) -> None:
    groups, analogs, said = WITHOUT[name]
    path = c3d_by_hand(tmp_path / "other.c3d", groups, analogs=analogs)
    with pytest.raises(RequestError, match=f"it holds no markers, only {said}") as refused:
        read_landmarks(path)
    assert str(refused.value).startswith(str(path))


def test_a_full_disk_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "set.json"
    with pytest.raises(OSError, match="No space left") as full, whole_file(path):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert full.value.filename == str(path)
    assert not list(tmp_path.iterdir())


TITLES = {
    "image": "Lift ![t](http://127.0.0.1/x.png)",
    "html": "Lift <b>x</b>",
    "script": "Lift <script>x</script>",
    "comment": "Lift <!-- x -->",
    "link": "Lift [here](http://127.0.0.1)",
    "reference": "Lift [here][1]",
    "address": "Lift http://127.0.0.1",
    "bold": "Lift **high**",
    "italic": "Lift _high_",
    "code": "Lift `high`",
    "heading": "# Lift",
    "formula": "Lift $x^2$",
    "colour": "Lift :red[high]",
    "icon": "Lift :material/home:",
    "entity": "Lift &lt;b&gt;",
    "bell": "Lift \x07 high",
    "new line": "Lift\nhigh",
    "escape": "Lift \x1b[31mhigh",
    "right to left": "Lift \u202e high",
    "no width": "Lift \u200b high",
}


def template_with(title: str) -> bytes:
    data = load_template("squat").model_copy(update={"title": title})
    return write_template(data).encode()


@pytest.mark.parametrize("name", TITLES)
def test_a_title_with_markup_or_control_characters_is_refused(name: str) -> None:
    with pytest.raises(RequestError, match=r"^bad\.toml: key title: (markup|character)"):
        parse_template(template_with(TITLES[name]), "bad.toml")


@pytest.mark.parametrize(
    "title",
    ["Heben & senken (links), 90°", "Kniebeuge 2 – für Ärzte: langsam!", "snake_case_id 3 < 4", "Raise > 90"],
)
def test_a_title_of_plain_words_is_taken(title: str) -> None:
    assert parse_template(template_with(title), "good.toml").title == title


def test_other_texts_hold_no_image_link_or_html_either() -> None:
    text = write_template(load_template("squat"))
    command = load_template("squat").command
    for evil in ("![t](http://127.0.0.1/x.png)", "<img src=x>", "[t](x)", "\u202e"):
        with pytest.raises(RequestError, match="key command"):
            parse_template(text.replace(command, f"{command} {evil}").encode(), "bad.toml")


def test_a_file_without_the_joints_of_the_exercise_says_so(tmp_path: Path) -> None:
    """No repetition of a squat is counted where there are no legs; "0 repetitions" alone would not say why."""
    legs = ("KNE", "ANK", "HEE", "TOE")
    there = [i for i, name in enumerate(SHORT.names) if name[1:] not in legs]
    one = Lab([SHORT.names[i] for i in there], SHORT.t_s, SHORT.points[:, there])
    found = score_source(written(tmp_path / "a.trc", trc(one)), load_template("squat"), "both", None)
    assert found.judged.reps == ()
    assert found.notes == ("I could not see your feet",)
    whole = score_source(written(tmp_path / "b.trc", trc(SHORT)), load_template("squat"), "both", None)
    assert whole.notes == ()
