"""The home programs and their file form."""

from pathlib import Path

import pytest

from patterns.programs.program import (
    FAMILIES,
    FOLDER,
    load_program,
    parse_program,
    program_ids,
    read_program,
    stop_rules,
    write_program,
)
from patterns.programs.safety_rules import safety_rules
from patterns.templates.errors import ProgramError
from patterns.templates.library import load_template, sided

IDS = program_ids()
KNEE = (FOLDER / "after-knee-surgery.toml").read_text()


def test_the_wanted_programs_are_there_in_their_families() -> None:
    families = {program_id: load_program(program_id).family for program_id in IDS}
    wanted = {
        "after-shoulder-surgery": "orthopaedic",
        "after-knee-surgery": "orthopaedic",
        "stroke-arm": "neurological",
        "stroke-leg-balance": "neurological",
        "multiple-sclerosis": "neurological",
        "parkinsons": "neurological",
        "overhead-athlete-shoulder": "sports",
        "landing-and-knee-control": "sports",
    }
    assert wanted.items() <= families.items()
    assert set(families.values()) == set(FAMILIES)


@pytest.mark.parametrize("program_id", IDS)
def test_every_program_reads_and_writes_back_equal(program_id: str) -> None:
    program = load_program(program_id)
    again = parse_program(write_program(program).encode(), program_id)
    assert again.model_copy(update={"sha256": program.sha256}) == program


@pytest.mark.parametrize("program_id", IDS)
def test_every_item_can_be_trained_by_either_side(program_id: str) -> None:
    for item in load_program(program_id).item:
        for affected in ("left", "right"):
            assert sided(load_template(item.pattern), item.side_for(affected))


@pytest.mark.parametrize("program_id", IDS)
def test_every_program_is_a_proposal_with_plain_sentences_and_says_when_to_stop(program_id: str) -> None:
    """Above 5 of 10 stop; the signs are those of the clinical sheet, section 6."""
    program = load_program(program_id)
    assert "proposal, for therapists to tune" in program.source
    assert program.pain_stop_above == 5
    rules = stop_rules(program)
    assert set(program.stop) < set(rules)
    told = " ".join(rules).casefold()
    signs = ("chest", "dizzy", "to talk", "cold sweat", "nausea", "heart", "faint", "sight", "numb", "joint")
    assert all(sign in told for sign in (*signs, "above 5 of 10", "next morning"))
    asked = safety_rules().sign
    assert [rule.partition(": ")[2] for rule in rules[: len(asked)]] == [sign.text for sign in asked]
    for sentence in (*rules[len(asked) :], *(item.note for item in program.item)):
        assert sentence[0].isupper() and sentence.endswith(".")


def test_the_affected_side_is_the_persons_own() -> None:
    raise_, both = load_program("after-knee-surgery").item[2], load_program("after-knee-surgery").item[1]
    assert (raise_.side_for("left"), raise_.side_for("right")) == ("left", "right")
    assert both.side_for("left") == "both"


def test_unknown_program_names_the_nearest() -> None:
    with pytest.raises(ProgramError, match=r"program 'stroke-arms' is unknown; did you mean stroke-arm\?"):
        load_program("stroke-arms")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'pattern = "march"',
            'pattern = "mach"',
            "key item.0.pattern: pattern 'mach' is unknown; did you mean march?",
        ),
        (
            'pattern = "sit-to-stand"\nside = "both"',
            'pattern = "sit-to-stand"\nside = "left"',
            "key item.1.side: side 'left' does not fit pattern sit-to-stand; it takes both",
        ),
        (
            'pattern = "sit-to-stand"\nside = "both"',
            'pattern = "sit-to-stand"\nside = "affected"',
            "key item.1.side: side 'affected' does not fit pattern sit-to-stand; it takes both",
        ),
        (
            'flexing"\nside = "affected"',
            'flexing"\nside = "both"',
            "key item.4.side: side 'both' does not fit pattern le-d1-flexion-knee-flexing; it takes left or right",
        ),
        ('side = "affected"', 'side = "bad"', "key item.2.side"),
        ("days_a_week = 5", "days_a_wek = 5", "unknown key; did you mean days_a_week?"),
        ("days_a_week = 5", "days_a_week = 8", "less than or equal to 7"),
        ("pain_stop_above = 5", "pain_stop_above = 6", "less than or equal to 5"),
        ("pain_stop_above = 5", "", "key pain_stop_above: expected a value, got none"),
        ('family = "orthopaedic"', 'family = "heart"', "key family"),
        ("seconds = 60", "second = 60", "unknown key; did you mean seconds?"),
        ("seconds = 60", "seconds = 60, repetitions = 5", "expected either repetitions or seconds"),
        ("seconds = 60, ", "", "expected either repetitions or seconds"),
        ("seconds = 60", "seconds = 60, hold_s = 5", "hold_s goes with repetitions"),
        ("hold_s = 5", "hold_s = 70", "less than 70 s, the longest repetition of single-leg-stance, got 70"),
        ("sets = 1", "sets = 0", "greater than or equal to 1"),
        ("version = 1", 'version = 1\nsha256 = "x"', "sha256 is not written"),
        ("title =", "title", "not valid TOML"),
        ("[[item]]", "[[items]]", "unknown key; did you mean item?"),
    ],
)
def test_a_mistake_in_a_file_is_told_in_one_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in KNEE
    file = tmp_path / "mine.toml"
    file.write_text(KNEE.replace(old, new))
    with pytest.raises(ProgramError) as caught:
        read_program(file)
    message = str(caught.value)
    assert told in message and message.startswith(str(file))
    assert "\n" not in message


def test_a_program_without_items_and_a_file_that_is_none_are_refused(tmp_path: Path) -> None:
    head = KNEE.split("[[item]]", 1)[0]
    with pytest.raises(ProgramError, match="key item: expected"):
        parse_program((head + "item = []").encode(), "mine")
    with pytest.raises(ProgramError, match="cannot be read"):
        read_program(tmp_path / "none.toml")
    with pytest.raises(ProgramError, match="is this a program"):
        parse_program(b"a" * 300_000, "mine")
