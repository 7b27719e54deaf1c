"""The techniques as data: complete, plain, and wrong files told in one line."""

from itertools import pairwise
from pathlib import Path

import pytest

from patterns.programs.program import FOLDER as PROGRAMS
from patterns.programs.program import load_program, parse_program, program_ids
from patterns.programs.technique import (
    COMMON,
    FOLDER,
    PacingSentences,
    load_technique,
    offered,
    pacing_sentences,
    parse_technique,
    read_technique,
    technique_ids,
    write_technique,
)
from patterns.templates.errors import ProgramError, TechniqueError
from patterns.templates.library import load_template, template_ids

IDS = technique_ids()
ISOTONICS = (FOLDER / "combination-of-isotonics.toml").read_text()
REVERSALS = (FOLDER / "dynamic-reversals.toml").read_text()
THERAPIST = {"hold-relax", "contract-relax"}


def test_the_wanted_techniques_are_there() -> None:
    wanted = {"own-pace", "metronome", "rhythmic-initiation", "replication", "combination-of-isotonics"}
    assert wanted | THERAPIST | {"dynamic-reversals"} <= set(IDS)


@pytest.mark.parametrize("name", IDS)
def test_every_technique_reads_and_writes_back_equal(name: str) -> None:
    technique = load_technique(name)
    again = parse_technique(write_technique(technique).encode(), name)
    assert again.model_copy(update={"sha256": technique.sha256}) == technique


@pytest.mark.parametrize("name", IDS)
def test_every_technique_speaks_plainly_and_keeps_safe(name: str) -> None:
    technique = load_technique(name)
    sentences = [technique.explanation, *technique.safety]
    sentences += [step.sentence for stage in technique.stage for step in stage.step]
    for sentence in sentences:
        assert sentence[0].isupper() and sentence.endswith((".", ";")), sentence
    safety = " ".join(technique.safety)
    assert "hold your breath" in safety and "hurts" in safety
    assert "proposal" in technique.source or name == "own-pace"


@pytest.mark.parametrize("name", IDS)
def test_the_steps_take_the_time_that_is_asked_for(name: str) -> None:
    """The pacer must not lead where the score then punishes: each whole way and hold is within its tolerance."""
    tempo = load_technique(name).tempo
    for stage in load_technique(name).stage:
        place = 0.0
        for step in stage.step:
            asked = None
            if step.do == "move" and step.to in (0.0, 1.0) and abs(step.to - place) == 1.0:
                asked = tempo.out_s if step.to == 1.0 else tempo.back_s
            if step.do == "hold":
                asked = tempo.hold_s
            if asked is not None and step.seconds is not None and asked.wrong == "both":
                assert step.seconds == asked.seconds
            place = step.to if step.to is not None else place


def test_what_the_clinical_sheet_asks_of_each() -> None:
    """Section 3.3: watch, slow metronome, alone; ever nearer the start; concentric, hold, eccentric; 5-8 s."""
    rhythmic = load_technique("rhythmic-initiation").stage
    assert [stage.step[0].do for stage in rhythmic] == ["watch", "ready", "repeat"]
    assert [stage.beat_s is not None for stage in rhythmic] == [False, True, False]
    parts = [
        step.to for stage in load_technique("replication").stage for step in stage.step if step.do == "move"
    ]
    back = [to for to in parts[:-1] if to is not None and to < 1]
    assert all(b < a for a, b in pairwise(back)) and back[-1] == 0.0 and len(back) >= 3
    assert [step.do for step in load_technique("combination-of-isotonics").stage[-1].step] == [
        "move",
        "hold",
        "move",
    ]
    assert [step.do for step in load_technique("dynamic-reversals").stage[-1].step] == ["move", "move"]
    for name in THERAPIST:
        push = load_technique(name).stage[0].step[2]
        assert push.seconds is not None and 5 <= push.seconds <= 8
        assert "pain" in load_technique(name).safety[0]


def test_only_a_therapist_brings_what_needs_one() -> None:
    arm = load_template("ue-d2-flexion")
    names = [technique.id for technique in offered(arm)]
    assert names[0] == "own-pace" and not THERAPIST & set(names)
    assert {name for name in IDS if load_technique(name).needs_therapist} == THERAPIST
    assert "hold-relax" in [technique.id for technique in offered(arm, {"hold-relax"})]
    assert "hold-relax" not in [technique.id for technique in offered(load_template("squat"), THERAPIST)]


@pytest.mark.parametrize("pattern", template_ids())
def test_every_exercise_can_be_done_in_ones_own_time(pattern: str) -> None:
    assert offered(load_template(pattern))[0].id == "own-pace"


@pytest.mark.parametrize("program_id", program_ids())
def test_no_program_that_comes_along_uses_what_needs_a_therapist(program_id: str) -> None:
    program = load_program(program_id)
    assert not program.therapist_enables
    assert not THERAPIST & {item.technique for item in program.item}


def test_some_programs_name_a_technique() -> None:
    named = {item.technique for name in program_ids() for item in load_program(name).item} - {None}
    assert {"rhythmic-initiation", "replication", "combination-of-isotonics", "dynamic-reversals"} <= named


ARM_PROGRAM = (PROGRAMS / "overhead-athlete-shoulder.toml").read_text()
NAMED = 'technique = "combination-of-isotonics"'


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (NAMED, 'technique = "isotonics"', "technique: technique 'isotonics' is unknown; did you mean"),
        (
            'technique = "dynamic-reversals"',
            'technique = "hold-relax"',
            "hold-relax does not suit pattern chop",
        ),
        (NAMED, 'technique = "hold-relax"', "hold-relax only where a therapist has enabled it"),
    ],
)
def test_a_program_with_a_wrong_technique_is_refused(old: str, new: str, told: str) -> None:
    assert old in ARM_PROGRAM
    with pytest.raises(ProgramError, match=told) as caught:
        parse_program(ARM_PROGRAM.replace(old, new).encode(), "mine.toml")
    assert str(caught.value).startswith("mine.toml: key item.")


def test_a_therapist_enables_a_technique_in_the_program() -> None:
    text = ARM_PROGRAM.replace(NAMED, 'technique = "hold-relax"')
    enabled = text.replace("days_a_week", 'therapist_enables = ["hold-relax"]\ndays_a_week', 1)
    program = parse_program(enabled.encode(), "mine.toml")
    assert "hold-relax" in {item.technique for item in program.item}


def test_a_technique_and_a_hold_of_the_dose_are_not_both() -> None:
    text = ARM_PROGRAM.replace("repetitions = ", "hold_s = 2, repetitions = ")
    with pytest.raises(ProgramError, match="technique goes with repetitions, and without hold_s"):
        parse_program(text.encode(), "mine.toml")


@pytest.mark.parametrize(
    ("text", "old", "new", "told"),
    [
        (ISOTONICS, 'goals = ["strength"', 'goals = ["strenght"', "unknown goal 'strenght'"),
        (ISOTONICS, '"pnf-arm"', '"pnf-arms"', "unknown family 'pnf-arms'"),
        (ISOTONICS, '"march"', '"mach"', "unknown pattern 'mach'"),
        (ISOTONICS, "tolerance_s = 0.7", "tolerance = 0.7", "unknown key; did you mean tolerance_s?"),
        (ISOTONICS, "tolerance_s = 0.7", "tolerance_s = 0.0", "key tempo.out_s.tolerance_s: expected"),
        (ISOTONICS, 'do = "hold"', 'do = "stay"', "key stage.1.step.1.do"),
        (ISOTONICS, 'do = "hold"\nseconds = 3.0', 'do = "hold"', "hold needs seconds"),
        (ISOTONICS, 'do = "hold"', 'do = "hold"\nto = 0.5', "to goes with move, and move needs it"),
        (ISOTONICS, 'do = "hold"', 'do = "repeat"', "repeat takes the person's own time"),
        (ISOTONICS, "to = 1.0", "to = 1.5", "less than or equal to 1"),
        (ISOTONICS, "beat_s = 1.0", "beat_s = 0.1", "greater than or equal to 0.3"),
        (REVERSALS, "times = 1\n", "", "only the last may go on as often as one likes"),
        (ISOTONICS, "counts = false", "counts = maybe", "not valid TOML"),
        (ISOTONICS, "version = 1", 'version = 1\nsha256 = "x"', "sha256 is not written"),
        (ISOTONICS, "[[stage]]", "[[stages]]", "unknown key; did you mean stage?"),
    ],
)
def test_a_mistake_in_a_file_is_told_in_one_line(
    tmp_path: Path, text: str, old: str, new: str, told: str
) -> None:
    assert old in text
    file = tmp_path / "mine.toml"
    file.write_text(text.replace(old, new))
    with pytest.raises(TechniqueError) as caught:
        read_technique(file)
    message = str(caught.value)
    assert told in message and message.startswith(str(file)) and "\n" not in message


def test_an_unknown_technique_names_the_nearest() -> None:
    with pytest.raises(TechniqueError, match=r"technique 'replicate' is unknown; did you mean replication\?"):
        load_technique("replicate")


def test_the_common_sentences_are_all_used_somewhere_and_plain() -> None:
    said = pacing_sentences()
    used = "".join(path.read_text() for path in (COMMON.parents[2] / "scoring" / "pacing").glob("*.py"))
    for name in PacingSentences.model_fields:
        sentence = getattr(said, name)
        assert sentence[0].isupper() and sentence.endswith(".")
        assert f"said.{name}" in used or f"pacing_sentences().{name}" in used, name
