"""What the live page asks for and says: one thing at a time, the demo as a demo, how long an open set stays so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from i18n.live_sentences import live_words
from i18n.translation import LANGUAGES
from i18n.translation import say as in_words
from tests.support.browsers import CHROMIUM, mode, part
from tests.support.live_page import CHOSEN, DEMO_ABOUT, SET, VOICE, begin, live_page, say, socket, update

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this computer (Debian package chromium)"),
]

START = "Stand tall, your hand at the opposite hip."
NOT_THIS = "The demonstration shows “Diagonal 2 · Right”, not the exercise you chose."
NOTE = "Demonstration: a computer-drawn person shows “Diagonal 2 · Right”. Only watch."
ATTEMPT = {"kind": "attempt", "reason": "too short", "total": None, "range": None, "control": None}
TOLD = {"strength": "", "cue": "Reach higher.", "rule": "reduced_range", "text": "Reach higher."}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with live_page(browser) as mounted:
        yield mounted


def start_demo(page: Page) -> None:
    part(page, "demo").click()
    socket(page, 1)
    say(page, type="hello", set=None)
    say(page, type="begun", resume="R", set=SET | DEMO_ABOUT | {"source": "demo"})


def shown(page: Page) -> str:
    """All words that are in sight."""
    return page.locator(".coach").inner_text()


def test_while_the_start_posture_is_awaited_nothing_else_is_asked_for(page: Page) -> None:
    begin(page)
    assert "Sit down." not in shown(page)
    for state in ("framing", "lost"):
        update(page, state=state, message=START)
        expect(part(page, "cue")).to_have_text(START)
        assert "Sit down." not in shown(page)
        assert shown(page).count(START) == 1
    update(page, state="framing", message="Hold still.", arms_in_s=1.4)
    assert "Sit down." not in shown(page)
    update(page, state="ready")
    expect(part(page, "cue")).to_have_text("Sit down.")


def test_advice_on_the_last_movement_does_not_hide_that_the_start_posture_is_awaited(page: Page) -> None:
    begin(page)
    update(page, state="ready")
    update(page, state="lost", message=START, closed=ATTEMPT, told=TOLD)
    expect(part(page, "cue")).to_have_text(START)
    page.keyboard.press("h")
    say(page, type="told", told=TOLD)
    update(page, state="lost", message=START)
    expect(part(page, "cue")).to_have_text("Reach higher.")  # for some seconds, because the person asked


def test_the_pace_waits_out_of_sight_until_the_start_posture_is_taken(page: Page) -> None:
    pace: dict[str, Any] = {
        "stage_title": "With the beat",
        "title": "Out",
        "do": "move",
        "sentence": "",
        "note": "",
    }
    pace |= {"seconds_left": 1.4, "beat": 0, "beat_in_s": None, "strength": 1.0, "next_strength": None}
    pace |= {
        "target": 0.6,
        "zone": None,
        "done": 0,
        "of": 8,
        "waiting": False,
        "paused": True,
        "finished": False,
    }
    begin(page)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        update(page, state="framing", message=START, pace=pace)
        expect(part(page, "pace")).to_be_hidden()
        expect(part(page, "cue")).to_be_visible()
        update(page, state="ready", pace=pace | {"paused": False})
        expect(part(page, "pace")).to_be_visible()


def test_why_a_movement_was_not_counted_goes_after_some_seconds(page: Page) -> None:
    page.clock.install()
    begin(page)
    update(page, closed=ATTEMPT)
    expect(part(page, "reason")).to_have_text("Not counted: too short.")
    page.clock.run_for(5000)
    expect(part(page, "reason")).to_have_text("Not counted: too short.")
    page.clock.run_for(5000)
    expect(part(page, "reason")).to_be_empty()


def test_the_demo_says_all_the_time_what_it_is_in_sight_and_in_speech(page: Page) -> None:
    page.evaluate(VOICE)
    start_demo(page)
    for size in ((1366, 768), (390, 844), (844, 390)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        for state in ("framing", "ready", "moving", "resting"):
            update(page, state=state, message=START if state == "framing" else "")
            expect(part(page, "demoNote")).to_have_text(f"{NOTE} It is not the exercise you chose.")
            expect(part(page, "demoNote")).to_be_in_viewport(ratio=1)
    update(page, closed=ATTEMPT | {"kind": "repetition", "total": 80}, repetitions=1)
    heard = [text for text in page.evaluate("window.heard") if text.strip()]
    assert heard[0] == f"{NOTE} It is not the exercise you chose."
    assert len(heard) > 2
    assert [text for text in heard if not text.startswith("Demonstration")] == []


@pytest.mark.parametrize("size", [(1366, 768), (390, 844), (844, 390)], ids=str)
def test_a_demo_that_is_found_open_can_be_continued_or_ended(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate("coach.resume = 'R'; coach.socket.connect()")
    socket(page, 1)
    say(page, type="hello", set=SET | DEMO_ABOUT | {"source": "demo"})
    expect(part(page, "notice")).to_be_in_viewport(ratio=1)
    for name in ("demoNote", "resume", "end"):
        part(page, name).scroll_into_view_if_needed()
        expect(part(page, name)).to_be_in_viewport(ratio=1)


def test_the_end_of_a_demo_is_not_called_a_set_of_the_person(page: Page) -> None:
    page.evaluate(VOICE)
    start_demo(page)
    update(page, state="ready")
    part(page, "stop").click()
    say(page, type="finished", session=7, repetitions=4, mean_total=98, attempts=0, problem="")
    expect(part(page, "notice")).to_have_text("The demonstration is over. Saved as a demo: 4 repetitions.")
    assert (
        page.evaluate("window.heard.at(-1)") == "The demonstration is over. Saved as a demo: 4 repetitions."
    )
    expect(part(page, "demoNote")).to_be_hidden()
    begin(page, 2)
    update(page, state="ready")
    expect(part(page, "demoNote")).to_be_hidden()
    update(page, state="lost", message=START)
    assert page.evaluate("window.heard.filter((text) => text.includes('hip'))") == [START]


def test_before_it_starts_the_demo_is_named_where_another_exercise_is_chosen(page: Page) -> None:
    expect(part(page, "demoOther")).to_have_text(NOT_THIS)
    expect(part(page, "demoOther")).to_be_visible()
    page.evaluate("(chosen) => tellPage({ chosen })", CHOSEN | {"pattern": "ue-d2-flexion", "side": "left"})
    expect(part(page, "demoOther")).to_have_text(NOT_THIS)
    page.evaluate("(chosen) => tellPage({ chosen })", CHOSEN | {"pattern": "ue-d2-flexion", "side": "right"})
    expect(part(page, "demoOther")).to_be_hidden()


def test_an_open_set_counts_down_how_long_it_stays_open(page: Page) -> None:
    page.clock.install()
    begin(page)
    page.evaluate("window.tracks[0].dispatchEvent(new Event('ended'))")
    expect(part(page, "left")).to_have_text("In 15 s it ends by itself and is saved.")
    page.clock.run_for(4000)
    expect(part(page, "left")).to_have_text("In 11 s it ends by itself and is saved.")
    say(page, type="silent", left_s=5)
    expect(part(page, "left")).to_have_text("In 5 s it ends by itself and is saved.")
    expect(part(page, "lost")).to_be_empty()
    part(page, "resume").click()
    expect(part(page, "left")).to_be_empty()


def test_a_set_that_is_found_open_counts_down_too(page: Page) -> None:
    page.evaluate("coach.resume = 'R'; coach.socket.connect()")
    socket(page, 1)
    say(page, type="hello", set=SET)
    assert mode(page) == "paused"
    expect(part(page, "left")).to_have_text("In 15 s it ends by itself and is saved.")


def test_the_first_seconds_of_the_set_up_say_what_happens(page: Page) -> None:
    page.evaluate(VOICE)
    part(page, "start").click()
    expect(part(page, "wait")).to_have_text("The coach is getting ready. This takes a few seconds.")
    socket(page, 1)
    say(page, type="hello", set=None)
    say(page, type="begun", resume="R", set=SET | {"in_setup": True})
    looking = "Stand where you will practise. I am looking at the camera picture."
    expect(part(page, "cue")).to_have_text(looking)
    rows = [{"id": name, "state": "wait", "text": ""} for name in ("light", "person")]
    about = {"capture_s": 0.0, "size_wh": [480, 360], "landmarks": [None] * 66, "timings": {}}
    say(page, type="setup", step="checks", ask="", mirrored=False, checks=rows, **about)
    expect(part(page, "cue")).to_have_text(looking)
    assert looking in page.evaluate("window.heard")
    expect(page.locator("[data-part=checks] li")).to_have_text(["…Waiting", "…Waiting"])


def test_somebody_else_in_the_same_browser_is_checked_anew(page: Page) -> None:
    begin(page)
    about = {"capture_s": 0.0, "size_wh": [480, 360], "landmarks": [None] * 66, "timings": {}}
    say(page, type="setup", step="done", ask="", mirrored=True, checks=[], **about)
    for number, person, known in ((2, {"id": 1, "name": "Anna"}, True), (3, {"id": 2, "name": "Ben"}, False)):
        part(page, "stop").click()
        say(page, type="finished", session=None, repetitions=0, problem="")
        page.evaluate("(person) => tellPage({ person })", person)
        begin(page, number)
        (wanted,) = page.evaluate("window.sockets.at(-1).sent")
        assert (wanted["sides_known"], wanted["mirrored"]) == (known, True)


def test_the_name_stands_in_the_live_page_only_while_a_set_is_open(page: Page) -> None:
    expect(part(page, "person")).to_be_hidden()
    begin(page)
    expect(part(page, "person")).to_be_visible()
    expect(part(page, "person")).to_have_text("Anna")


@pytest.mark.parametrize("size", [(1366, 768), (390, 844), (844, 390)], ids=str)
def test_what_came_of_a_set_is_brought_into_sight(page: Page, size: tuple[int, int]) -> None:
    """The page scrolls as Streamlit's does: much above, and more of it comes back after the set."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate(
        """() => {
      document.body.insertAdjacentHTML("afterbegin", '<div id="above" style="height: 10px"></div>');
      document.body.insertAdjacentHTML("beforeend", '<div style="height: 900px"></div>');
    }"""
    )
    begin(page)
    part(page, "stop").click()
    say(page, type="finished", session=7, repetitions=8, mean_total=87, attempts=1, problem="")
    page.evaluate("document.getElementById('above').style.height = '600px'")
    expect(part(page, "notice")).to_be_in_viewport(ratio=1, timeout=2000)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(844, 390), (667, 375)], ids=str)
def test_stop_and_cue_are_in_sight_on_a_phone_on_its_side(
    browser: Browser, language: str, size: tuple[int, int]
) -> None:
    """With large letters, high contrast and pictures; below Streamlit's bar of 60 pixels."""
    words = live_words(lambda sentence: in_words(sentence, language))
    advice = in_words("That was smooth. Keep your breastbone over your belt buckle.", language)
    with live_page(browser, looks=("contrast", "large", "pictures")) as page:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.evaluate("(words) => tellPage({ words, language: 'xx' })", words)
        begin(page)
        told = {"strength": "", "cue": advice, "rule": "trunk_lean", "text": advice}
        closed = ATTEMPT | {"reason": in_words("I lost sight of you", language)}
        update(page, state="moving", progress=0.7, repetitions=12, closed=closed, told=told)
        for name in ("stop", "cue"):
            expect(part(page, name)).to_be_in_viewport(ratio=1)
            box = part(page, name).bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= size[1] - 60
        cut = "() => [coach.view.part.banner].some((e) => e.scrollHeight > e.clientHeight + 1)"
        assert page.evaluate(cut) is False


@pytest.mark.parametrize("demo", [False, True], ids=["camera", "demo"])
def test_stop_and_cue_are_in_sight_with_large_letters_on_a_laptop(browser: Browser, demo: bool) -> None:
    """Streamlit's bar takes 75 pixels with large letters, and the page leaves a line's height below it."""
    with live_page(browser, looks=("contrast", "large")) as page:
        page.set_viewport_size({"width": 1366, "height": 768})
        start_demo(page) if demo else begin(page)
        update(page, state="moving", progress=0.7, repetitions=12, closed=ATTEMPT, told=TOLD)
        for name in ("stop", "cue"):
            box = part(page, name).bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= 768 - 75
