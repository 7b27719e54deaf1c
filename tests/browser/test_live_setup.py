"""The live page before and around a set: its checks, the line of those who wait, and the demo on a slow computer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browsers import CHROMIUM, mode, part
from tests.support.live_page import SET, VOICE, asked, begin, live_page, say, socket, update
from ui.live.open_sets import SILENT
from ui.live.waiting_line import waiting

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this computer (Debian package chromium)"),
]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with live_page(browser) as mounted:
        yield mounted


def checks(page: Page, step: str, state: str = "ok", ask: str = "", *, mirrored: bool = False) -> None:
    """A message of the set-up with two checks, of which the second is in this state."""
    rows = [{"id": "light", "state": "ok", "text": "The light is good."}]
    rows.append({"id": "distance", "state": state, "text": ask or "The distance is good."})
    about = {"capture_s": 0.0, "size_wh": [480, 360], "landmarks": [None] * 66, "timings": {}}
    say(page, type="setup", step=step, ask=ask, mirrored=mirrored, checks=rows, **about)


def test_the_set_up_shows_each_check_in_words_and_asks_for_one_thing_aloud(page: Page) -> None:
    page.evaluate(VOICE)
    begin(page)
    checks(page, "checks", "bad", "You are too near. Step back.")
    rows = page.locator("[data-part=checks] li")
    expect(rows).to_have_text(["✓Good: The light is good.", "→To do: You are too near. Step back."])
    expect(part(page, "cue")).to_have_text("You are too near. Step back.")
    expect(part(page, "count")).to_be_hidden()
    assert page.evaluate("window.heard.at(-1)") == "You are too near. Step back."
    checks(page, "checks", "bad", "You are too near. Step back.")
    assert page.evaluate("window.heard.filter((text) => text.includes('near')).length") == 1
    part(page, "skip").click()
    assert asked(page) == ["begin", "skip"]


def test_a_set_begins_after_the_set_up_and_remembers_what_it_found(page: Page) -> None:
    begin(page)
    checks(page, "hand", ask="Raise your right hand.")
    assert "hand" in str(page.locator("[data-part=sign] use").get_attribute("href"))
    checks(page, "done", mirrored=True)
    expect(part(page, "count")).to_be_visible()
    expect(part(page, "picture")).not_to_have_class("picture mirrored")
    part(page, "stop").click()
    say(page, type="finished", session=None, repetitions=0, problem="")
    begin(page, 2)
    (wanted,) = page.evaluate("window.sockets.at(-1).sent")
    assert (wanted["sides_known"], wanted["mirrored"]) == (True, True)


def test_skipped_checks_prove_nothing(page: Page) -> None:
    begin(page)
    checks(page, "checks", "bad", "Step into the picture.")
    part(page, "skip").click()
    update(page)
    expect(part(page, "count")).to_be_visible()
    part(page, "stop").click()
    say(page, type="finished", session=None, repetitions=0, problem="")
    begin(page, 2)
    assert page.evaluate("window.sockets.at(-1).sent[0].sides_known") is False


def test_the_count_down_is_large(page: Page) -> None:
    begin(page)
    update(page, state="framing", arms_in_s=1.4)
    expect(part(page, "big")).to_have_text("2")
    expect(part(page, "state")).to_have_text("Hold still: 2")
    update(page, state="ready")
    expect(part(page, "big")).to_be_empty()


def test_who_waits_sees_their_number_in_line_and_begins_when_it_is_their_turn(page: Page) -> None:
    part(page, "start").click()
    socket(page, 1)
    say(page, type="hello", set=None)
    for position in (2, 1):
        say(page, **waiting(position))
        expect(part(page, "state")).to_contain_text(f"You are number {position} in line")
    assert asked(page) == ["begin"]
    say(page, type="begun", resume="R", set=SET)
    assert mode(page) == "running"


def test_a_set_without_pictures_is_warned_of_and_ended_with_its_reason(page: Page) -> None:
    page.evaluate(VOICE)
    begin(page)
    say(page, type="silent", left_s=5)
    sentence = "No picture reaches the coach. In 5 seconds the set ends and is saved."
    expect(part(page, "lost")).to_have_text(sentence)
    expect(part(page, "lost")).to_be_visible()
    assert page.evaluate("window.heard.at(-1)") == sentence
    update(page)
    expect(part(page, "lost")).to_have_text("")
    say(page, type="finished", session=7, problem="", repetitions=3, mean_total=None, reason=SILENT)
    sentence = f"{SILENT} Set finished and saved: 3 repetitions."
    expect(part(page, "notice")).to_have_text(f"{sentence} Saved for Anna.")
    assert page.evaluate("window.heard.at(-1)") == sentence
    assert mode(page) == "finished"
    assert page.evaluate("window.tracks.map((track) => track.readyState)") == ["ended"]
    begin(page, 2)
    assert mode(page) == "running"


def test_who_does_not_want_to_wait_stops(page: Page) -> None:
    part(page, "start").click()
    socket(page, 1)
    say(page, type="hello", set=None)
    say(page, **waiting(1))
    part(page, "stop").click()
    assert mode(page) == "finished"
    assert page.evaluate("window.sockets[0].readyState") == 3
    begin(page, 2)
    assert mode(page) == "running"


SLOW_ANALYSER = """() => {
  window.times = [];
  window.pictureSent = (captureS) => {
    window.times.push(captureS);
    const answer = { type: "update", capture_s: captureS, t_s: captureS, state: "ready", message: "", progress: 0,
      repetitions: 0, size_wh: [480, 360], landmarks: Array(66).fill(null), arms_in_s: null, closed: null, told: null,
      problem: "", timings: {} };
    window.setTimeout(() => window.sockets.at(-1).say(answer), window.times.length < 12 ? 400 : 0);
  };
}"""


def test_the_demo_waits_for_a_slow_computer_and_passes_nothing_over(page: Page) -> None:
    page.evaluate(SLOW_ANALYSER)
    part(page, "demo").click()
    socket(page, 1)
    say(page, type="hello", set=None)
    say(page, type="begun", resume="R", set=SET | {"source": "demo"})
    page.wait_for_function("window.sockets.at(-1).sent.some((message) => message.type === 'finish')")
    times = page.evaluate("window.times")
    gaps = [after - before for before, after in pairwise([0.0, *times])]
    assert all(gap > 0 for gap in gaps[1:])
    assert max(gaps) < 0.11, "the clip has 30 pictures a second: at least each third was judged"
    assert times[-1] > 5.8, "of six seconds"
