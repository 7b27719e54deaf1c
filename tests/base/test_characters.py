"""Invisible characters: refused where text is entered, shown by a sign where it was stored before."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.characters import joined, trouble_in, visible
from base.errors import DiagonalError
from patterns.programs.program import load_program, parse_program, write_program
from patterns.programs.technique import load_technique, parse_technique, write_technique
from patterns.templates.errors import ProgramError, TechniqueError, TemplateError
from patterns.templates.library import load_template
from patterns.templates.template_file import parse_template, write_template
from scoring.trials.validation import Proof
from sessions.database.schema import PersonEntryRow, PlanRow, ReviewRow
from sessions.people.people import PersonError
from sessions.store.reviews import Review
from sessions.store.store import Store
from tests.sessions.store.test_store import START, rep

REORDERING: Final = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
"""Bidirectional classes of UAX 9 that reorder what follows."""
BAD: Final = [
    "\x1b[31m",
    "\n",
    "\r",
    "\t",
    "\0",
    "\x7f",
    "\x9b",
    "\u2028",
    "\u2029",
    "\u202e",
    "\u2066",
    "\u2069",
    "\xad",
    "\u3164",
    "\U000e0041",
]
GOOD: Final = [
    "Zoë",
    "O'Hara-Łoś",
    "שרה",
    "نیلوفر\u200cها",
    "👩\u200d🦽",
    "李 明",
    "a\u200fb",
    "e\u0301",
    "葛\U000e0100城",
    "ᠮᠣ\u180b",
]


IGNORABLE: Final = """
00AD 034F 061C 115F..1160 17B4..17B5 180B..180F 200B..200F 202A..202E 2060..206F 3164 FE00..FE0F FEFF FFA0 FFF0..FFF8
1BCA0..1BCA3 1D173..1D17A E0000..E0FFF
"""
"""Default_Ignorable_Code_Point: what has no shape (Unicode 16, DerivedCoreProperties.txt)."""

NEEDED: Final = "061C 180B..180D 180F 200C..200F FE00..FE0F E0100..E01EF"
"""Of them: variation selectors (StandardizedVariants.txt, UTS 37), joiners and marks of direction."""


def code_points(listed: str) -> frozenset[int]:
    ends = (part.split("..") for part in listed.split())
    return frozenset(
        at for first, *last in ends for at in range(int(first, 16), int((last or [first])[0], 16) + 1)
    )


SHAPELESS: Final = code_points(IGNORABLE) - code_points(NEEDED)


def _refused(character: str) -> bool:
    """What Unicode's own tables say of a character: a control, half a pair, or something that turns or hides text."""
    return (
        unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(character) in REORDERING
        or "\ufff9" <= character <= "\ufffb"
        or ord(character) in SHAPELESS
    )


def test_what_is_refused_is_what_unicode_says_controls_reorders_or_has_no_width() -> None:
    """Every character that there is, so that none is found by chance."""
    every = map(chr, range(sys.maxunicode + 1))
    assert [ascii(one) for one in every if bool(trouble_in(one)) != _refused(one)] == []


@given(st.text())
def test_what_is_shown_holds_no_refused_character_and_is_as_long(written: str) -> None:
    assert trouble_in(visible(written)) == ""
    assert len(visible(written)) == len(written)


def test_the_sentence_names_place_and_character() -> None:
    assert trouble_in("Anna\x1b[2J") == (
        "character 5 (U+001B) is invisible and can change how the text reads; delete it"
    )
    assert trouble_in("An\nna") == "character 3 is a line break; write it on one line"
    assert visible("a\x1bb\x7fc\u202ed\ne", keep="\n") == "a␛b␡c�d\ne"


def person(store: Store, word: str) -> object:
    return store.people.add(word)


def named(store: Store, word: str) -> object:
    return store.people.add("Anna", word)


def login(store: Store, word: str) -> object:
    return store.people.add("Anna", login=word)


def described(store: Store, word: str) -> object:
    return store.people.describe(replace(store.people.add("Anna"), alias=word))


def _review(store: Store, by: str = "Tess", note: str = "") -> None:
    number = store.begin(START, [load_template("squat")])
    store.add_rep(number, rep(1), None)
    store.reviews.add(Review(number, 1, by, "changed", "attempt", None, note=note))


def reviewer(store: Store, word: str) -> None:
    _review(store, by=word)


def note(store: Store, word: str) -> None:
    _review(store, note=word)


def decision(store: Store, word: str) -> object:
    mine = load_template("squat").model_copy(update={"id": "my-squat", "family": "own"})
    one = store.exercises.add(mine, "hand")
    store.exercises.tried(one.id, Proof(one.template.sha256, ()))
    return store.exercises.approve(one.id, word)


ENTERED: Final[dict[str, Callable[[Store, str], object]]] = {
    "Display name": person,
    "Full name": named,
    "Login": login,
    "Display name, described": described,
    "Reviewer": reviewer,
    "Note": note,
    "Note, decision": decision,
}


@pytest.mark.parametrize("entered", ENTERED.values(), ids=ENTERED)
def test_no_field_takes_an_invisible_character_and_its_sentence_names_the_field(
    entered: Callable[[Store, str], object], store: Store
) -> None:
    what = next(name for name, one in ENTERED.items() if one is entered).partition(",")[0]
    with pytest.raises(DiagonalError, match=rf"^{what}: character 3 \(U\+001B\) is invisible"):
        entered(store, "An\x1bna")


@pytest.mark.parametrize("bad", BAD, ids=ascii)
def test_each_of_them_is_refused_in_a_name_and_in_a_note(bad: str, store: Store) -> None:
    for entered in (person, note):
        with pytest.raises(DiagonalError, match="character 2"):
            entered(store, f"A{bad}nna")
    assert store.people.all() == () or all(one.alias == "Me" for one in store.people.all())


@pytest.mark.parametrize("good", GOOD)
def test_names_of_many_scripts_are_taken(good: str, store: Store) -> None:
    assert person(store, good)
    assert [one.alias for one in store.people.all()] == [good]


TEXTS: Final[dict[str, tuple[Callable[..., Any], str, str, type[DiagonalError]]]] = {
    "template": (
        parse_template, write_template(load_template("squat")), load_template("squat").title, TemplateError,
    ),
    "program": (
        parse_program, write_program(load_program("stroke-arm")), load_program("stroke-arm").title, ProgramError,
    ),
    "technique": (
        parse_technique, write_technique(load_technique("metronome")), load_technique("metronome").title,
        TechniqueError,
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("escape", ["\\u001b", "\\n", "\\u202E", "\u2028"], ids=ascii)
def test_a_file_with_such_a_title_is_refused_but_one_stored_before_opens(kind: str, escape: str) -> None:
    parse, written, title, error = TEXTS[kind]
    raw = written.replace(title, f"{title[:3]}{escape}{title[3:]}").encode()
    with pytest.raises(error, match=r"^mine\.toml: key title: character 4 .*(delete it|on one line)"):
        parse(raw, "mine.toml")
    assert parse(raw, "stored", stored=True).title[4:] == title[3:]


def test_names_notes_and_programs_stored_before_still_open(store: Store) -> None:
    anna = store.people.add("Anna")
    _review(store)
    at = "2026-01-01T00:00:00+00:00"
    program = load_program("stroke-arm")
    written = write_program(program).replace(program.title, f"{program.title}\\u001b")
    (made,) = store.all_sessions()
    with store.database.writing() as session:
        session.add(PersonEntryRow(person_id=anna.id, entered_at=at, alias="An\x1bna"))
        session.add(PlanRow(person_id=anna.id, given_at=at, affected="right", program=written))
        said = {"decision": "changed", "kind": "attempt", "blind": False, "reviewed_at": at}
        session.add(ReviewRow(session_id=made.id, number=1, reviewer="T", note="fi\u202ene", **said))
    assert store.people.get(anna.id).alias == "An\x1bna"
    assert store.reviews.of([made.id])[made.id][-1].note == "fi\u202ene"
    plan = store.plan(anna.id)
    assert plan is not None
    assert plan.program.title == f"{program.title}\x1b"


@pytest.mark.parametrize(
    "blank", ["\u200d", "\u200e\u200f", "\u2800\u2800", "\ufe0f", "\u0301", "\u061c"], ids=ascii
)
def test_a_name_that_shows_nothing_is_refused(blank: str, store: Store) -> None:
    for entered in (person, described):
        with pytest.raises(PersonError, match=r"^Display name: it shows nothing; write at least one letter"):
            entered(store, blank)


@pytest.mark.parametrize("number", ["2", "007", "٣"])
def test_a_number_alone_is_no_new_name(number: str, store: Store) -> None:
    """`people delete 2` would delete another person than the one with the number 2."""
    for entered in (person, described):
        with pytest.raises(PersonError, match=r"^Display name: a number alone could be mistaken"):
            entered(store, number)


@pytest.mark.parametrize(
    "twin", ["Ane\u0301", "An\u00e9\u200d", " An\u00e9\u200e", "An\u00e9\ufe0f"], ids=ascii
)
def test_two_people_never_have_names_that_look_the_same(twin: str, store: Store) -> None:
    first = store.people.add("An\u00e9")
    other = store.people.add("Ben")
    with pytest.raises(PersonError, match="already taken"):
        store.people.add(twin)
    with pytest.raises(PersonError, match="already taken"):
        store.people.describe(replace(other, alias=twin))
    assert store.people.find(twin) == first


def test_an_old_name_that_is_anothers_number_chooses_nobody(store: Store) -> None:
    """Stored before numbers were refused: who is meant must be asked, above all where somebody is deleted."""
    anna, ben = store.people.add("Anna"), store.people.add("Ben")
    at = "2026-01-01T00:00:00+00:00"
    with store.database.writing() as session:
        session.add(PersonEntryRow(person_id=anna.id, entered_at=at, alias=str(ben.id)))
    with pytest.raises(
        PersonError, match=rf"^{ben.id}: it could be person {anna.id} .* or person {ben.id} \(Ben\)"
    ):
        store.people.find(str(ben.id))
    assert store.people.find("Ben") == ben
    assert store.people.find(str(anna.id)).id == anna.id
    renamed = store.people.describe(replace(store.people.get(anna.id), name="Anna B."))
    assert renamed.alias == str(ben.id), "described without a new name, an old one stays"


def test_full_names_and_logins_have_a_longest_length(store: Store) -> None:
    assert store.people.add("Anna", "n" * 120, login="l" * 320)
    with pytest.raises(PersonError, match=r"^Full name: at most 120 characters are allowed; this has 121$"):
        named(store, "n" * 121)
    with pytest.raises(PersonError, match=r"^Login: at most 320 characters are allowed; this has 321$"):
        login(store, "l" * 321)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Went down\nhalf way only.", "Went down half way only."),
        ("  one \r\n\r\n two\t\n", "one two"),
        ("a\u2028b\x85c", "a b c"),
        ("no  break", "no  break"),
        ("\n", ""),
    ],
)
def test_lines_are_joined_by_a_space(typed: str, stored: str) -> None:
    assert joined(typed) == stored
    assert trouble_in(joined(typed)) == ""
