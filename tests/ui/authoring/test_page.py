"""The page on which exercises are made, as Streamlit runs it: shown, by hand, from a file; tried, approved, used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from patterns.templates.errors import TemplateError
from patterns.templates.library import load_template, template_ids, use_own
from patterns.templates.template import Side, Template
from patterns.templates.template_file import write_template
from scoring.coach.recording import judge
from scoring.results.session_json import BackendFacts
from scoring.trials.validation import Finding, Proof, Shown
from sessions.store.save_recording import keep_recording
from sessions.store.store import Store
from tests.patterns.learning.test_learn import THREE, filmed, raising
from ui.authoring import version as author_version
from ui.authoring.workbench import Bench, Take, edited, id_of, moving_side
from ui.live.app_state import workplace

FACTS = BackendFacts("onnx", "full", "0" * 64)


def exercises() -> None:
    from ui.authoring import page as author_page

    author_page.show()


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path))
    workplace.cache_clear()
    yield workplace().store
    workplace().store.close()
    workplace.cache_clear()
    use_own(None)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    """Trials without their long work: what is in this list is found, whatever is tried."""
    found = [Finding("still", "", True, "standing still for 20 s: {count} counted", {"count": "0"})]

    def prove(
        template: Template,
        side: Side,
        demonstrations: Sequence[Shown],
        told: Callable[[int, int], object] | None = None,
        alike: Sequence[str] = (),
    ) -> Proof:
        assert sum(len(one.reps) for one in demonstrations) == 3
        if told is not None:
            told(1, 1)
        return Proof(template.sha256, tuple(found), tuple(alike))

    monkeypatch.setattr(author_version, "prove", prove)
    return found


def shown() -> AppTest:
    return AppTest.from_function(exercises, default_timeout=60).run()


def press(page: AppTest, key: str) -> AppTest:
    page.button(key=key).click().run()
    assert not page.exception
    return page


def said(page: AppTest) -> str:
    return " ".join(str(one.value) for kind in (page.error, page.info, page.success) for one in kind)


def by_hand(title: str = "Arm to the side") -> AppTest:
    page = press(shown(), "author-new-hand")
    page.text_input(key="author-title").set_value(title)
    page.slider(key="hand-end-arm_out_right").set_value(100.0).run()
    return page


def test_by_hand_from_two_postures_to_an_approved_exercise_in_a_program(
    kept: Store, quick: list[Finding]
) -> None:
    kept.people.add("Anna")
    page = press(by_hand(), "author-make")
    found = page.table[0].value
    assert "right" in found.iloc[0].iloc[1]
    assert any("3 of 3 are counted" in one.value for one in page.markdown)
    press(page, "author-keep")
    (draft,) = kept.exercises.all()
    assert (draft.template.id, draft.origin, draft.state) == ("arm-to-the-side", "hand", "draft")
    assert page.button(key=f"approve-{draft.id}").disabled
    assert "arm-to-the-side" not in template_ids()
    quick.append(
        Finding("walk", "", False, "walking up to the camera: {count} counted", {"count": "1"}, "Wait.")
    )
    press(page, f"try-{draft.id}")
    assert "1 trial failed" in said(page)
    assert page.button(key=f"approve-{draft.id}").disabled
    quick.pop()
    press(page, f"try-{draft.id}")
    press(page, f"approve-{draft.id}")
    assert load_template("arm-to-the-side").title == "Arm to the side"
    assert kept.exercises.all()[0].state == "approved"
    add = "Add to the program of Anna"
    next(button for button in page.button if button.label == add).click().run()
    assert kept.plan(kept.people.find("Anna").id) is None, "no side is chosen beforehand"
    next(box for box in page.radio if box.label == "Affected side").set_value("right")
    next(button for button in page.button if button.label == add).click().run()
    assert "Anna has it under Today." in said(page)
    plan = kept.plan(kept.people.find("Anna").id)
    assert plan is not None
    assert [(item.pattern, item.dose.repetitions) for item in plan.program.item] == [("arm-to-the-side", 8)]
    press(page, f"withdraw-{draft.id}")
    with pytest.raises(TemplateError):
        load_template("arm-to-the-side")


def test_from_a_stored_session_whose_repetitions_are_found(kept: Store, quick: list[Finding]) -> None:
    poses = filmed(THREE, raising("left"))
    template = load_template("shoulder-abduction")
    reps = judge((poses.frame(i) for i in range(len(poses))), template, "left").reps
    anna = kept.people.add("Anna")
    keep_recording(kept, template, "left", poses, reps, FACTS, person_id=anna.id)
    page = press(press(shown(), "author-new-show"), "author-take-session")
    assert page.radio(key="author-side").value == "left", "the side that moves is proposed"
    assert any("3 repetitions are used" in one.value for one in page.markdown)
    assert page.button(key="author-make").disabled, "it has no name yet"
    page.text_input(key="author-title").set_value("Arm hoch").run()
    press(page, "author-make")
    press(page, "author-keep")
    (draft,) = kept.exercises.all()
    assert draft.template.id == "arm-hoch"
    (lesson,) = kept.exercises.lessons(draft.id)
    assert (lesson.side, lesson.person_id, len(lesson.reps)) == ("left", anna.id, 3)
    press(page, f"try-{draft.id}")


def test_the_wrong_side_is_told_and_nothing_is_kept(kept: Store) -> None:
    poses = filmed(THREE, raising("left"))
    template = load_template("shoulder-abduction")
    keep_recording(kept, template, "left", poses, judge(
        (poses.frame(i) for i in range(len(poses))), template, "left").reps, FACTS)  # fmt: skip
    page = press(press(shown(), "author-new-show"), "author-take-session")
    page.text_input(key="author-title").set_value("Arm up")
    page.radio(key="author-side").set_value("right").run()
    if not page.button(key="author-make").disabled:
        press(page, "author-make")
    told = said(page) + " ".join(one.value for one in page.warning)
    assert "side" in told
    assert kept.exercises.all() == ()


def test_other_exercises_that_are_counted_are_said_to_be_of_its_kind(
    kept: Store, quick: list[Finding]
) -> None:
    for name in ("shoulder-abduction", "squat"):
        found = "{count} of {shown} of this other exercise are counted"
        values = {"count": "3", "shown": "3"}
        quick.append(Finding("other", name, False, found, values, "Say so."))
    page = press(press(by_hand(), "author-make"), "author-keep")
    (draft,) = kept.exercises.all()
    press(page, f"try-{draft.id}")
    assert "counts 2 other exercises" in page.warning[0].value
    page.multiselect(key=f"alike-{draft.id}").select("shoulder-abduction").run()
    assert "counts 1 other exercise." in page.warning[0].value
    assert page.button(key=f"approve-{draft.id}").disabled
    press(page, f"alike-all-{draft.id}")
    assert not page.warning
    press(page, f"approve-{draft.id}")
    assert load_template(draft.template.id) == draft.template


@pytest.mark.slow
def test_changing_a_version_makes_another_and_says_what_changed(kept: Store, quick: list[Finding]) -> None:
    page = press(press(by_hand(), "author-make"), "author-keep")
    (first,) = kept.exercises.all()
    press(page, "author-change")
    page.segmented_control(key="author-section").set_value("tempo").run()
    page.number_input(key=f"author-tempo-0-{first.template.sha256}-most").set_value(12.0).run()
    page.segmented_control(key="author-section").set_value("words").run()
    page.text_input(key=f"author-words-command-{first.template.sha256}").set_value("Lift it slowly.").run()
    page.segmented_control(key="author-section").set_value("limits").run()
    page.checkbox(
        key=f"author-limit-trunk_lean-trunk_lean-both-{first.template.sha256}-judged"
    ).uncheck().run()
    page.multiselect(key=f"author-unseen-{first.template.sha256}").select("jerky").run()
    press(page, "author-keep")
    one, two = kept.exercises.all()
    assert one == first, "versions never change in place"
    assert (two.template.version, two.template.tempo.out_s[1], two.template.command) == (
        2,
        12.0,
        "Lift it slowly.",
    )
    assert "trunk_lean" not in {target.fault for target in two.template.target}
    assert two.template.not_measured["jerky"] == "This exercise hardly shows it."
    assert len(kept.exercises.lessons(two.id)) == 1
    told = " ".join(table.value.to_string() for table in page.table)
    assert "time of the way out" in told
    assert "Lift it slowly." in told


def test_when_cues_would_come_is_shown_beforehand(kept: Store) -> None:
    page = press(by_hand(), "author-make")
    page.segmented_control(key="author-section").set_value("cues").run()
    assert "No sentence would have come in the repetitions shown." in said(page)
    page.segmented_control(key="author-preview").set_value("With faults put into them").run()
    assert not page.exception
    table = page.table[-1].value
    found = dict(zip(table["Recording"], table["Found"], strict=False))
    assert found["With trunk lean"] == "trunk lean"
    assert found["With too fast"] == "too fast"
    sentences = {cue.fault: cue.text for cue in page.session_state["author-bench"].template.cue}
    lean = table[table["Found"] == "trunk lean"].iloc[0]
    assert lean["Sentence"] == sentences["trunk_lean"]
    assert lean["No."] == "2"


def test_a_translated_sentence_is_kept(kept: Store) -> None:
    page = press(by_hand(), "author-make")
    page.segmented_control(key="author-section").set_value("languages").run()
    page.text_input(key="author-said-de-Arm to the side").set_value("Arm zur Seite").run()
    press(page, "author-keep")
    (draft,) = kept.exercises.all()
    assert draft.template.translations == {"de": {"Arm to the side": "Arm zur Seite"}}


FILE = write_template(load_template("squat").model_copy(update={"id": "my-squat", "title": "My squat"}))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (write_template(load_template("squat")), "has this id already"),
        (FILE.replace('id = "my-squat"', 'id = "../../my-squat"'), "key id"),
        (FILE.replace("version = ", "version = 'x' #"), "key version"),
        (FILE + "a = " + "[" * 5000 + "]" * 5000, "nested too deeply"),
        (FILE + "#" * 300_000, "at most 200000 bytes"),
        ("\x00\x01", "not valid TOML"),
    ],
    ids=["an id of ours", "path in the id", "wrong type", "deep", "huge", "no text"],
)
def test_a_file_that_is_not_right_is_told_in_one_line(kept: Store, content: str, told: str) -> None:
    page = shown()
    page.file_uploader(key="author-file").set_value(("mine.toml", content.encode(), "application/toml")).run()
    press(page, "author-read-file")
    (error,) = page.error
    assert told in error.value
    assert len(error.value.splitlines()) == 1
    assert kept.exercises.all() == ()


def test_a_file_becomes_a_draft(kept: Store) -> None:
    page = shown()
    page.file_uploader(key="author-file").set_value(("mine.toml", FILE.encode(), "application/toml")).run()
    press(page, "author-read-file")
    (draft,) = kept.exercises.all()
    assert (draft.template.id, draft.origin, draft.template.version) == ("my-squat", "file", 1)


def test_ids_are_made_of_titles() -> None:
    assert [id_of(text) for text in ("Arm zur Seite", "Größe – Übung 2!", "..", "  A ")] == [
        "arm-zur-seite",
        "groe-ubung-2",
        "",
        "a",
    ]


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_side_that_moves_is_found(side: str) -> None:
    assert moving_side(filmed(THREE, raising(side))) == side


def test_edits_are_made_on_what_was_proposed_and_a_wrong_one_is_taken_back() -> None:
    bench = Bench()
    bench.propose(load_template("squat"), ())
    assert bench.change(("words", "title"), "Deep squat", "Squat") == ""
    assert bench.template.title == "Deep squat"
    trouble = bench.change(("tempo",), ((5.0, 1.0), (0.5, 8.0)), None)
    assert "shortest must be below longest" in trouble
    assert bench.edits == {("words", "title"): "Deep squat"}
    assert bench.change(("words", "title"), "Squat", "Squat") == ""
    assert bench.edits == {}
    gone = {("said", "de", "Deep squat"): "Tiefe Kniebeuge", ("words", "title"): "Squat again"}
    assert edited(load_template("squat"), gone).translations == {}


def test_a_take_keeps_its_repetitions_for_each_side() -> None:
    take = Take("a", "a", filmed(THREE, raising("right")))
    assert len(take.seen("right").reps) == 3
    t_s, progress = take.curve("right")
    assert t_s.shape == progress.shape
    assert len(take.lesson("right").reps) == 3


def test_a_recording_that_rests_at_the_far_end_is_turned_round() -> None:
    take = Take("a", "a", filmed(THREE, raising("right")))
    take.seen("right")
    there = [one.rep.peak_s for one in take.marked["right"]]
    curve = take.curve("right")[1]
    take.turn_round()
    assert (take.curve("right")[1] == -curve).all()
    again = [one.rep.peak_s for one in take.marked["right"]]
    assert again
    assert not set(again) & set(there), "the far ends are where it rested"
    take.turn_round()
    assert [one.rep.peak_s for one in take.marked["right"]] == there


def test_the_curve_of_somebody_who_stands_still_is_drawn() -> None:
    take = Take("a", "a", filmed([], raising("right"), until_s=6.0))
    assert take.seen("right").reps == ()
    t_s, progress = take.curve("right")
    assert t_s.shape == progress.shape


def test_what_was_made_from_nobody_is_tried_on_its_own_figure() -> None:
    template = load_template("squat")
    (lesson,) = author_version.lessons_for(template, ())
    assert (lesson.side, len(lesson.reps)) == ("both", 3)


def test_at_first_there_is_nothing_but_the_ways_to_begin(kept: Store) -> None:
    page = shown()
    assert "No exercise of your own is kept yet." in said(page)
    assert kept.exercises.all() == ()
    assert not page.table
