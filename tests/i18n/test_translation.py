"""Language packs: whole, well formed and read rightly; what is missing falls back to English."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from base.message import Verbatim, placeholders
from i18n import translation as language
from i18n.extraction import missing, plurals, sentences
from i18n.file_reasons import FILE_REASONS
from i18n.live_sentences import WORDS, live_words
from i18n.translation import ENGLISH, FOLDER, LANGUAGES, pack, say
from patterns.programs.program import load_program, program_ids, stop_rules
from patterns.programs.timed_test import load_timed_test, timed_test_ids
from patterns.templates.library import load_template, template_ids
from patterns.templates.template_file import strengths
from sessions.people.preferences import Preferences, load_preferences, save_preferences
from ui.page import language_picker as language_choice

PACKS = [code for code in LANGUAGES if code != ENGLISH]
JOINED = {"{first}, {others}", "{group}: {limits} {unit}"}
SAME = {
    "de": {"Coach", "Person", "Kappa", "{what}, {part}", "s", ", "} | JOINED,
    "es": {"Control", "Kappa", "{what}, {part}", "s", ", "} | JOINED,
}
"""Words that are the same in English."""

LONGEST = 240
SAYABLE = 100
"""Letters that are said in about seven seconds; what is longer may be at most 1.6 times the English."""

TOO_FAMILIAR = {
    "de": r"\b([Dd]u|[Dd]ein\w*|dir|dich|euch|euer)\b",
    "es": r"\b(tú|tus?|ti|contigo|vos|vuestr\w+)\b",
}
MADE_UP = "The quick brown fox has {count} legs."


def raw(code: str) -> list[tuple[str, str]]:
    """Every pair in a pack's file, whether or not the program takes it."""
    with (FOLDER / f"{code}.po").open("rb") as file:
        entries = [entry for entry in read_po(file, locale=code) if entry.id]
    assert not [entry.id for entry in entries if entry.fuzzy]
    return [pair for entry in entries for pair in language._pairs(entry)]


@pytest.fixture(autouse=True)
def nobody_chose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(language.LANGUAGE_VARIABLE, raising=False)
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path))


@pytest.mark.parametrize("code", PACKS)
def test_no_sentence_is_missing(code: str) -> None:
    lacks = "".join(missing(code))
    assert not lacks, f"ui/words/{code}.po lacks, to be put in and translated:\n{lacks}"


@pytest.mark.parametrize("code", PACKS)
def test_no_sentence_is_left_over(code: str) -> None:
    told = {*sentences(), *(text for pair in plurals().items() for text in pair)}
    assert [english for english, _ in raw(code) if english not in told] == []


@pytest.mark.parametrize("code", PACKS)
def test_values_are_the_same_in_each_translation(code: str) -> None:
    wrong = [
        (e, t) for e, t in raw(code) if sorted(re.findall(r"\{\w*\}", e)) != sorted(re.findall(r"\{\w*\}", t))
    ]
    assert wrong == []
    assert [
        t for _, t in raw(code) if t.count("{") != len(placeholders(t)) or t.count("}") != t.count("{")
    ] == []


@pytest.mark.parametrize("code", PACKS)
def test_each_is_translated_and_short_enough_to_be_said(code: str) -> None:
    pairs = raw(code)
    assert {english for english, told in pairs if english == told} == SAME[code]
    assert [t for _, t in pairs if t != t.strip() and t.strip() not in (",", "und", "oder", "y", "o")] == []
    assert [t for e, t in pairs if len(t) > max(LONGEST, len(e)) or len(t) > max(SAYABLE, 1.6 * len(e))] == []


@pytest.mark.parametrize("code", PACKS)
def test_sentences_end_as_they_do_in_english(code: str) -> None:
    assert [t for e, t in raw(code) if e[-1] in ".?" and len(e) > 3 and e != "No." and t[-1] != e[-1]] == []


@pytest.mark.parametrize("code", PACKS)
def test_patients_are_spoken_to_politely(code: str) -> None:
    assert [told for _, told in raw(code) if re.search(TOO_FAMILIAR[code], told)] == []


@pytest.mark.parametrize("code", PACKS)
def test_a_sentence_with_its_values_filled_in_is_found_again(code: str) -> None:
    have = pack(code)
    numbers = ("3", "14", "25", "36")
    for english, told in have.sentences.items():
        values = dict(zip(sorted(placeholders(english)), numbers, strict=False))
        assert say(english.format(**values), code) == language._filled(told, values), english


FILLED = [
    (
        "turned back at 43 % of the way",
        "bei 43 % des Weges umgekehrt",
        "volvió atrás en el 43 % del recorrido",
    ),
    (
        "Step back or turn: your left wrist is not in sight.",
        "Treten Sie zurück oder drehen Sie sich: Ihr linkes Handgelenk ist nicht zu sehen.",
        "Vaya hacia atrás o gire: su muñeca izquierda no se ve.",
    ),
    (
        "Step back: your feet are not in sight.",
        "Treten Sie zurück: Ihre Füße sind nicht zu sehen.",
        "Vaya hacia atrás: sus pies no se ven.",
    ),
    (
        "Your right foot is cut off below. Tip the screen forward a little, or step back.",
        "Ihr rechter Fuß ist unten abgeschnitten. Neigen Sie den Bildschirm etwas nach vorn oder treten Sie zurück.",
        "Su pie derecho queda fuera por abajo. Incline la pantalla un poco hacia delante o vaya hacia atrás.",
    ),
    ("24 pictures a second.", "24 Bilder in der Sekunde.", "24 imágenes por segundo."),
    (
        "it can be told from the front or oblique only, and this was seen from the side",
        "das ist nur von vorn oder schräg vorn zu erkennen, gesehen wurde es von der Seite",
        "solo se puede juzgar desde delante o delante en diagonal, y esto se vio desde el lado",
    ),
    (
        "Smoothness changed over the set: from -1.62 to -2.2.",
        "Gleichmäßigkeit: im Lauf des Satzes verändert, von -1,62 auf -2,2.",
        "Suavidad: cambio durante la serie, de -1,62 a -2,2.",
    ),
    (
        "How far you went differs between sides: left 92.5, right 81 %.",
        "Wie weit Sie gekommen sind: links und rechts verschieden, links 92,5, rechts 81 %.",
        "Hasta dónde llegó: diferencia entre los lados, izquierda 92,5, derecha 81 %.",
    ),
    (
        "the attempt at 3.2 s is not counted: turned back at 43 % of the way",
        "der Ansatz bei 3,2 s zählt nicht: bei 43 % des Weges umgekehrt",
        "el intento del segundo 3,2 no se cuenta: volvió atrás en el 43 % del recorrido",
    ),
    (
        "Repetition 3: 82 of 100 (range 90, control 73)",
        "Wiederholung 3: 82 von 100 (Umfang 90, Kontrolle 73)",
        "Repetición 3: 82 de 100 (amplitud 90, control 73)",
    ),
    (
        "You went the whole way. Keep your breastbone over your belt buckle.",
        "Sie sind den ganzen Weg gegangen. Halten Sie das Brustbein über der Gürtelschnalle.",
        "Hizo todo el recorrido. Mantenga el esternón sobre la hebilla del cinturón.",
    ),
    (
        "Stand as in the demonstration: the elbow is bent 12 degrees, trunk rotation is at 30 degrees.",
        "Stehen Sie wie in der Vorführung, sodass der Ellenbogen 12 Grad gebeugt ist, Rumpfrotation bei 30 Grad ist.",
        "Póngase de pie como en la demostración, de modo que el codo esté flexionado 12 grados, rotación del tronco "
        "esté a 30 grados.",
    ),
    (
        "This set could not be saved. You are number 2 in line.",
        "Dieser Satz konnte nicht gespeichert werden. You are number 2 in line.",
        "Esta serie no se pudo guardar. You are number 2 in line.",
    ),
]


@pytest.mark.parametrize(("english", "german", "spanish"), FILLED)
def test_filled_in_by_hand(english: str, german: str, spanish: str) -> None:
    assert say(english, "en") == english
    assert say(english, "de") == german
    assert say(english, "es") == spanish


@pytest.mark.parametrize("code", [*PACKS, "fr", "", "de-DE"])
def test_what_is_missing_falls_back_to_english(code: str) -> None:
    made_up = MADE_UP.format(count=4)
    assert say(made_up, code) == made_up
    assert say("", code) == ""


def test_what_is_missing_falls_back_within_its_neighbours() -> None:
    assert say("Hello you. The light is good. Bye.", "de") == "Hello you. Das Licht ist gut. Bye."


@given(st.text(max_size=60), st.sampled_from(PACKS))
def test_whatever_is_said_is_neither_lost_nor_an_error(text: str, code: str) -> None:
    assert bool(say(text, code)) == bool(text)


def test_a_bad_entry_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"',
        'msgid "Rest {seconds} s."\nmsgstr "Ruhen Sie {sekunden} s."',
        '#, fuzzy\nmsgid "Breathe out."\nmsgstr "Atmen Sie ein."',
        'msgid "Breathe in."\nmsgstr ""',
        'msgid "{count} set"\nmsgid_plural "{count} sets"\nmsgstr[0] "{count} Satz"\nmsgstr[1] "{count} Sätze"',
    ]
    (tmp_path / "de.po").write_text("\n\n".join(lines), "utf-8")
    monkeypatch.setattr(language, "FOLDER", tmp_path)
    made = pack.__wrapped__("de")
    assert made.sentences == {"{count} set": "{count} Satz", "{count} sets": "{count} Sätze"}
    assert made.plurals == {"{count} set": ("{count} Satz", "{count} Sätze")}
    assert made.all_of("2 sets") == "2 Sätze"


def test_all_that_the_library_says_is_gathered() -> None:
    told = set(sentences())
    for template in map(load_template, template_ids()):
        said = {template.title, template.start, template.camera, template.command, template.praise}
        assert said | set(template.not_measured.values()) | {cue.text for cue in template.cue} <= told
    for program in map(load_program, program_ids()):
        assert {program.title, program.for_whom, *program.stop, *(item.note for item in program.item)} <= told
        assert {program.source} & told == set()
        assert [rule for rule in stop_rules(program) if say(rule, "de") == rule] == []
    for test in map(load_timed_test, timed_test_ids()):
        assert {test.title, test.differs, test.unit, *test.not_measured.values()} <= told
    assert {text for kind in strengths().values() for text in kind.values()} <= told
    assert {text for text in WORDS.values() if text} <= told


def test_code_is_gathered_without_errors_and_docstrings() -> None:
    told = set(sentences())
    assert {"turned back at {percent} % of the way", "What was found", "PNF, one leg", "Hold still."} <= told
    assert not [text for text in told - {*FILE_REASONS} if re.search("expected|Raises|<", text)]


def test_in_german_a_set_has_one_name() -> None:
    told = [text for _, text in raw("de")]
    assert [text for text in told if re.search(r"\bSerien?\b", text)] == []
    assert sum(bool(re.search(r"\b(Satz|Sätze|Sätzen)\b", text)) for text in told) > 5


def test_a_name_in_a_sentence_is_not_translated() -> None:
    """Left is a word of the pages, and a name that somebody may have."""
    with language.in_language("de"):
        assert language.tr("{name} is added.", name="Left") == "Links ist hinzugefügt."
        assert language.tr("{name} is added.", name=Verbatim("Left")) == "Left ist hinzugefügt."


@pytest.mark.parametrize("code", PACKS)
def test_the_live_page_is_told_every_word(code: str) -> None:
    words = live_words(lambda sentence: say(sentence, code))
    assert words.keys() == WORDS.keys()
    assert [key for key, text in words.items() if bool(text) != bool(WORDS[key])] == []


def page() -> None:
    import streamlit

    from i18n.translation import ask_for_language, ntr, number, tr
    from ui.page.language_picker import choose_language
    from ui.page.page_language import page_language

    ask_for_language(page_language)
    choose_language()
    streamlit.markdown(tr("Nothing was counted in this session."))
    streamlit.markdown(number(1.5))
    streamlit.markdown(tr("{feature}, left", feature="elbow flexion"))
    streamlit.markdown(ntr("{count} unheard thing", "{count} unheard things", 2))


def shown() -> AppTest:
    return AppTest.from_function(page, default_timeout=30).run()


def test_the_language_is_chosen_on_the_page_and_kept(tmp_path: Path) -> None:
    save_preferences(tmp_path, Preferences(large=True))
    seen = shown()
    assert seen.selectbox[0].label == language_choice.LABEL
    assert seen.selectbox[0].options == ["English", "Deutsch", "Español"]
    assert [text.value for text in seen.markdown[:2]] == ["Nothing was counted in this session.", "1.5"]
    seen.selectbox[0].select("de").run()
    said = ["In dieser Sitzung wurde nichts gezählt.", "1,5", "Ellenbogenflexion, links", "2 unheard things"]
    assert [text.value for text in seen.markdown] == said
    assert load_preferences(tmp_path) == Preferences(language="de", large=True)
    assert [text.value for text in shown().markdown] == said


def test_the_setting_is_the_default_and_the_choice_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(language.LANGUAGE_VARIABLE, "es")
    assert language.spoken() == "es"
    assert shown().markdown[1].value == "1,5"
    save_preferences(tmp_path, Preferences(language="en"))
    assert shown().markdown[1].value == "1.5"
    monkeypatch.setenv(language.LANGUAGE_VARIABLE, "xx")
    assert language.spoken() == "en"


def test_a_choice_that_cannot_be_kept_still_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path / "file"))
    seen = shown()
    seen.selectbox[0].select("es").run()
    assert not seen.exception
    assert "solo para esta visita" in seen.warning[0].value
    assert seen.markdown[1].value == "1,5"


def a_session() -> None:
    import streamlit

    from i18n.names import words
    from i18n.tables import fault_rows, not_measured_rows, rep_rows
    from scoring.records.records import Cue, Fault, MetricValue, NotMeasured, RepScore

    lean = Fault("trunk_lean", "trunk_lean", 0.352, 6.0, "arm lengths", (0.25, 0.5), 0.4)
    measured = MetricValue("trunk_lean", 0.352, "arm lengths", 2.0, 40.0, 0.98)
    cue = Cue("trunk_lean", "Keep your breastbone over your belt buckle.")
    one = RepScore(
        1, "repetition", None, "right", 2.0, 3.5, 5.2, 81.6, 90.0, 73.2, 0.98, (measured,), (lean,), cue
    )
    two = RepScore(2, "attempt", "turned back at 40 % of the way", "left", 6, 7, 8, None, None, None, 0.9)
    streamlit.table(rep_rows([one, two]))
    streamlit.table(fault_rows([one, two]))
    streamlit.table(not_measured_rows([NotMeasured("knee_valgus_left", "too little of it was seen")]))
    streamlit.markdown(words("hand_y_left"))


TOLD = {
    "de": (
        [["Wiederholung", ""], ["Nicht gezählt", "bei 40 % des Weges umgekehrt"]],
        "Halten Sie das Brustbein über der Gürtelschnalle.",
        [
            "1",
            "Seitneigung des Rumpfs",
            "0,35 Armlängen ± 2 Armlängen",
            "6 Armlängen",
            "25 bis 50 % des Weges",
        ],
        [["Knie nach innen, links", "zu wenig davon war zu sehen"]],
        "Höhe der Hand, links",
    ),
    "es": (
        [["Repetición", ""], ["Sin contar", "volvió atrás en el 40 % del recorrido"]],
        "Mantenga el esternón sobre la hebilla del cinturón.",
        [
            "1",
            "inclinación lateral del tronco",
            "0,35 longitudes de brazo ± 2 longitudes de brazo",
            "6 longitudes de brazo",
            "25 a 50 % del recorrido",
        ],
        [["rodilla hacia dentro, izquierda", "se vio demasiado poco"]],
        "altura de la mano, izquierda",
    ),
}


@pytest.mark.parametrize("code", PACKS)
def test_a_session_is_told_in_each_language(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(language.LANGUAGE_VARIABLE, code)
    seen = AppTest.from_function(a_session, default_timeout=30).run()
    assert not seen.exception
    reps, faults, unseen = (table.value.to_numpy().tolist() for table in seen.table)
    assert (
        [[row[1], row[8]] for row in reps],
        reps[0][3],
        faults[0],
        unseen,
        seen.markdown[0].value,
    ) == TOLD[code]
    assert {column for table in seen.table for column in table.value.columns} <= set(
        pack(code).sentences.values()
    )


@pytest.mark.parametrize(
    ("code", "date", "time", "numbers"),
    [
        ("en", "2 Nov 2026", "2 Nov 2026, 14:05", ["7", "0.350", "-3"]),
        ("de", "02.11.2026", "02.11.2026, 14:05", ["7", "0,350", "-3"]),
        ("es", "2 nov 2026", "2 nov 2026, 14:05", ["7", "0,350", "-3"]),
    ],
)
def test_dates_and_numbers(
    monkeypatch: pytest.MonkeyPatch, code: str, date: str, time: str, numbers: list[str]
) -> None:
    monkeypatch.setenv(language.LANGUAGE_VARIABLE, code)
    assert language.day(dt.date(2026, 11, 2)) == date
    assert language.moment(dt.datetime(2026, 11, 2, 14, 5, 59)) == time
    assert [language.number(7), language.number("0.350"), language.number(-3)] == numbers
    assert language.ntr("{count} thing", "{count} things", 1) == "1 thing"
