"""The norms of the timed tests against the numbers printed in the clinical sheet, section 3.4, and their file."""

from __future__ import annotations

import pytest

from patterns.programs.timed_test import NORMS, Sex, load_timed_test, parse_timed_tests, timed_test_ids
from patterns.templates.errors import TimedTestError
from scoring.safety.norms import NO_VERDICT, compare
from scoring.safety.timed_tests import Outcome
from tests.architecture import FILES

FIVE, THIRTY, STEP = "five-times-sit-to-stand", "thirty-second-chair-stand", "two-minute-step"
STANCE, PIVA = "single-leg-stance", "lateral-step-down"
FEMALE: Sex = "female"
MALE: Sex = "male"
BANDS = [(age, age + 4) for age in range(60, 95, 5)]


def told(value: float | None, test: str, age: int, sex: Sex, most: float | None = None) -> str:
    return compare(load_timed_test(test), Outcome(value, "s", most=most), age, sex).told


@pytest.mark.parametrize(("ages", "limit"), [((60, 69), 11.4), ((70, 79), 12.6), ((80, 89), 14.8)])
def test_five_stands_are_slower_than_average_beyond_the_printed_limit(
    ages: tuple[int, int], limit: float
) -> None:
    for age in ages:
        for sex in (FEMALE, MALE):
            assert told(limit, FIVE, age, sex) == "not slower than average for this age"
            assert told(limit + 0.1, FIVE, age, sex) == "slower than average for this age"


@pytest.mark.parametrize(
    ("test", "sex", "least", "worse"),
    [
        (THIRTY, MALE, (14, 12, 12, 11, 10, 8, 7), "below average"),
        (THIRTY, FEMALE, (12, 11, 10, 10, 9, 8, 4), "below average"),
        (STEP, MALE, (106, 101, 95, 88, 80, 71, 60), "below the standard"),
        (STEP, FEMALE, (97, 93, 89, 84, 78, 70, 60), "below the standard"),
    ],
)
def test_counts_against_the_printed_numbers(test: str, sex: Sex, least: tuple[int, ...], worse: str) -> None:
    for ages, number in zip(BANDS, least, strict=True):
        for age in ages:
            assert told(number - 1, test, age, sex).startswith(worse)
            assert not told(number, test, age, sex).startswith("below")


@pytest.mark.parametrize(
    ("ages", "low", "high"),
    [
        ((18, 39), 43, 43),
        ((40, 49), 40, 40),
        ((50, 59), 37, 37),
        ((60, 69), 27, 27),
        ((70, 79), 15, 18),
        ((80, 99), 5, 8),
    ],
)
def test_stance_against_the_printed_means(ages: tuple[int, int], low: float, high: float) -> None:
    for age in ages:
        words = [told(value, STANCE, age, "female") for value in (low - 0.1, low, high, high + 0.1)]
        assert [word.split()[0] for word in words] == ["below", "at", "at", "above"]


@pytest.mark.parametrize(
    ("value", "most", "word"),
    [
        (0, 1, "good"),
        (0, 2, "good to medium"),
        (1, 3, "good to medium"),
        (2, 3, "medium"),
        (2, 4, "medium to poor"),
        (4, 6, "poor"),
    ],
)
def test_step_down_bands_are_told_with_what_was_not_seen(value: float, most: float, word: str) -> None:
    """0-1 good, 2-3 medium, 4 and more poor."""
    for age in (20, 90):
        said = told(value, PIVA, age, "male", most)
        assert " to ".join(part.split()[0] for part in said.split(" to ")) == word


@pytest.mark.parametrize(
    ("test", "age"),
    [(FIVE, 59), (FIVE, 90), (THIRTY, 59), (THIRTY, 95), (STEP, 95), (STANCE, 17)],
)
def test_an_age_out_of_the_table_has_no_norm(test: str, age: int) -> None:
    standing = compare(load_timed_test(test), Outcome(10.0, "s"), age, "female")
    assert standing.told == f"there is no norm for women of {age} years" and standing.norm is None


def test_no_result_is_not_compared_and_nothing_is_called_a_risk() -> None:
    assert told(None, FIVE, 65, "male") == "there is no result to compare"
    standing = compare(load_timed_test(THIRTY), Outcome(13.0, "stands"), 62, "male")
    assert standing.norm == "men of 60 to 64 years: at least 14 stands"
    assert "no diagnosis" in NO_VERDICT and "no verdict on any risk" in NO_VERDICT
    for test_id in timed_test_ids():
        norms = load_timed_test(test_id).norms
        words = f"{norms.below} {norms.within} {norms.above}".lower()
        assert not any(word in words for word in ("risk", "fall", "diagnos", "patient", "disease"))


def test_norms_reach_therapists_alone() -> None:
    """By the command, and on the page of progress for the role of a therapist (test_timed_results)."""
    using = {name for name, path in FILES.items() if "from scoring.safety.norms import" in path.read_text()}
    gathering = "i18n/extraction.py"  # for translators: it shows nothing
    assert {name.replace("\\", "/") for name in using} == {
        "commands/timed_tests.py",
        "ui/progress/timed_tests.py",
        gathering,
    }


TABLE = NORMS.read_text()


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        (
            'pattern = "march"',
            'pattern = "mach"',
            "key test.2.pattern: pattern 'mach' is unknown; did you mean march?",
        ),
        ('sides = ["both", "right"]', 'sides = ["middle"]', "key test.2.sides"),
        (
            'pattern = "march"',
            'pattern = "squat"',
            "key test.2.sides: side 'right' does not fit pattern squat",
        ),
        ('kind = "time_of"', 'kind = "time"', "key test.0.measure"),
        ("seconds = 30", "second = 30", "unknown key; did you mean seconds?"),
        ('"foot_y_left"', '"feet_y_left"', "unknown feature 'feet_y_left'"),
        ('fault = "hip_hike"', 'fault = "knee_bend"', "pattern lateral-step-down has no fault 'knee_bend'"),
        ("more_from = 20, ", "", "more_from and more_points go together"),
        ("ages = [70, 79], high", "ages = [69, 79], high", "two norms for the same group"),
        ("ages = [80, 89], high", "ages = [89, 80], high", "ages must rise"),
        ("ages = [80, 89], high", "age = [80, 89], high", "unknown key; did you mean ages?"),
        ('above = "slower than average for this age"', "", "the words for a result over"),
        ("{ low = 2, high = 3 }", "{ low = 3, high = 2 }", "low must not be above high"),
        ('id = "two-minute-step"', 'id = "single-leg-stance"', "single-leg-stance is there twice"),
    ],
)
def test_a_mistake_in_the_table_is_told_in_one_line(old: str, new: str, word: str) -> None:
    assert old in TABLE
    with pytest.raises(TimedTestError) as caught:
        parse_timed_tests(TABLE.replace(old, new).encode(), "norms.toml")
    message = str(caught.value)
    assert word in message and message.startswith("norms.toml: ") and "\n" not in message


def test_unknown_test_and_side_name_those_there_are() -> None:
    with pytest.raises(
        TimedTestError, match=r"test 'two-minute-steps' is unknown; did you mean two-minute-step\?"
    ):
        load_timed_test("two-minute-steps")
    with pytest.raises(
        TimedTestError, match="side 'left' does not fit test two-minute-step; it takes both or right"
    ):
        load_timed_test(STEP).check_side("left")
