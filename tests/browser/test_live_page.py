"""What the live page does with answers that do not come, other cameras, attempts, late voices and the keyboard."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from i18n.live_sentences import WORDS
from patterns.templates.library import load_template, template_ids
from patterns.templates.template import FAULT_IDS
from scoring.coach.cues import PRAISE
from scoring.setup.checks import CHECKS
from tests.support.browsers import CHROMIUM, mode, part
from tests.support.live_page import FILES, SET, VOICE, asked, begin, live_page, say, socket, update

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this computer (Debian package chromium)"),
]


HIGHER = {"strength": "", "cue": "Reach higher.", "rule": "reduced_range", "text": "Reach higher."}
CLOSED = {"kind": "repetition", "reason": None, "total": 80, "range": 70, "control": 90}
_WATCH_SPOKEN = """() => {
  window.spoken = [];
  const region = coach.view.part.spoken;
  new MutationObserver(() => window.spoken.push(region.textContent)).observe(region, { childList: true });
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with live_page(browser) as mounted:
        yield mounted


def test_a_stop_that_is_not_answered_leaves_a_page_that_starts_again(page: Page) -> None:
    begin(page)
    part(page, "stop").click()
    assert asked(page) == ["begin", "finish"]
    page.evaluate("window.sockets.at(-1).drop()")
    socket(page, 2)
    say(page, type="hello", set=None)
    expect(part(page, "notice")).to_contain_text("saved under Sessions")
    begin(page, 3)
    assert mode(page) == "running"
    part(page, "stop").click()
    assert asked(page) == ["begin", "finish"]


def test_a_stop_that_is_refused_leaves_a_page_that_starts_again(page: Page) -> None:
    begin(page)
    part(page, "stop").click()
    say(page, type="error", message="The disk is full.")
    expect(part(page, "fault")).to_have_text("The disk is full.")
    begin(page, 2)
    assert mode(page) == "running"


def test_the_end_of_a_rest_is_said_once_and_not_where_the_rest_was_cut_short(page: Page) -> None:
    page.evaluate(VOICE)
    page.evaluate("window.ends = Date.now() + 400; tellPage({ rest_ends_ms: window.ends })")
    page.evaluate("tellPage({ rest_ends_ms: window.ends })")
    assert page.evaluate("window.heard") == []
    page.wait_for_function("window.heard.length > 0")
    page.evaluate("tellPage({ rest_ends_ms: window.ends }); tellPage({ rest_ends_ms: Date.now() + 300 })")
    page.evaluate("tellPage({ rest_ends_ms: 0 })")
    page.wait_for_timeout(600)
    assert page.evaluate("window.heard") == [WORDS["rest-over"]]


def test_the_figure_has_its_place_before_it_is_there_so_that_nothing_jumps(page: Page) -> None:
    figure = part(page, "demonstration")
    expect(figure).to_be_visible()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/live/figure/**", hold)
    before = figure.bounding_box()
    page.evaluate("void coach.movement.show({ ...coach.data.chosen, pattern: 'lunge' }, coach.words)")
    page.wait_for_function("coach.movement.frames === null")
    assert figure.is_visible()
    assert figure.bounding_box() == before
    page.wait_for_timeout(100)
    held[0].fulfill(status=404)
    expect(figure).to_be_hidden()


def test_a_stop_before_the_set_has_begun_begins_none(page: Page) -> None:
    part(page, "start").click()
    socket(page, 1)
    part(page, "stop").click()
    say(page, type="hello", set=None)
    assert asked(page) == []
    expect(part(page, "notice")).to_contain_text("nothing was saved")
    begin(page, 2)
    assert mode(page) == "running"


def test_a_set_goes_on_in_the_size_it_began_with_whatever_camera_is_plugged_in(page: Page) -> None:
    begin(page)
    assert page.evaluate("coach.size") == [480, 360]
    page.evaluate("window.cameraSize = [1280, 720]")
    page.evaluate("window.tracks[0].dispatchEvent(new Event('ended'))")
    part(page, "resume").click()
    expect(page.locator(".coach")).to_have_attribute("data-mode", "running")
    assert page.evaluate("coach.video.videoWidth") == 1280
    assert page.evaluate("coach.size") == [480, 360]


def test_a_camera_that_does_not_play_is_said_and_let_go(page: Page) -> None:
    page.evaluate("() => { coach.video.play = () => Promise.reject(new DOMException('', 'AbortError')); }")
    part(page, "start").click()
    expect(part(page, "fault")).to_contain_text("in use by another program")
    assert mode(page) == "idle"
    assert page.evaluate("window.tracks.map((track) => track.readyState)") == ["ended"]


def test_every_attempt_is_heard_with_its_reason_by_voice_and_by_screen_reader(page: Page) -> None:
    page.evaluate("() => { window.voices = [{ localService: true, lang: 'en-GB' }]; }")
    begin(page)
    attempt = {"kind": "attempt", "reason": "turned back at 40 % of the way", "total": None}
    page.evaluate("() => { window.heard = []; }")
    sentence = "Not counted: turned back at 40 % of the way."
    page.evaluate(_WATCH_SPOKEN)
    for _ in range(2):
        update(page, closed=attempt | {"range": None, "control": None})
        page.wait_for_timeout(300)
    assert page.evaluate("window.spoken") == [sentence, "", sentence]
    assert page.evaluate("window.heard") == [sentence, sentence]
    expect(part(page, "reason")).to_have_text(sentence)
    update(page, closed=attempt | {"range": 40.0, "control": 90.0}, told=HIGHER)
    assert page.evaluate("window.heard.at(-1)") == "Not counted. Reach higher."


def test_the_keyboard_stays_on_the_main_button_of_each_mode(page: Page) -> None:
    focused = "document.activeElement.dataset.part"
    part(page, "start").focus()
    page.keyboard.press("Enter")
    assert page.evaluate(focused) == "stop"
    socket(page, 1)
    page.keyboard.press("Enter")
    say(page, type="hello", set=None)
    expect(page.locator(".coach")).to_have_attribute("data-mode", "finished")
    assert page.evaluate(focused) == "start"


def test_a_mode_that_changes_by_itself_takes_the_focus_from_nowhere_else(page: Page) -> None:
    part(page, "mute").focus()
    page.evaluate("coach.start('live')")
    expect(part(page, "stop")).to_be_visible()
    assert page.evaluate("document.activeElement.dataset.part") == "mute"


def test_a_voice_that_is_loaded_late_is_used_and_no_longer_called_missing(page: Page) -> None:
    begin(page)
    closed = {"kind": "repetition", "reason": None, "total": 95, "range": 95, "control": 95}
    update(page, closed=closed, repetitions=1)
    expect(part(page, "sound")).to_contain_text("No voice on this computer")
    page.evaluate("() => { window.voices = [{ localService: true, lang: 'en-GB' }]; }")
    update(page, closed=closed, repetitions=2)
    assert page.evaluate("window.heard.at(-1)") == "2."
    expect(part(page, "sound")).to_be_empty()


def test_a_hidden_page_says_that_the_coach_waits(page: Page) -> None:
    page.evaluate("() => { window.voices = [{ localService: true, lang: 'en-GB' }]; }")
    hide = """() => {
      Object.defineProperty(document, "hidden", { value: true, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(hide)
    assert not [text for text in page.evaluate("window.heard") if "hidden" in text], "no set is running"
    begin(page)
    page.evaluate(hide)
    expect(part(page, "state")).to_have_text(
        "This page is hidden: the coach waits a few seconds. Come back to go on."
    )
    assert "the coach waits" in page.evaluate("window.heard.at(-1)")
    page.evaluate("window.mounted.close()")
    page.evaluate("() => { window.heard = []; }")
    page.evaluate(hide)
    assert page.evaluate("window.heard") == []


def test_who_asks_is_told_by_key_and_by_button(page: Page) -> None:
    page.evaluate(VOICE)
    begin(page)
    page.keyboard.press("h")
    part(page, "ask").click()
    assert asked(page) == ["begin", "ask", "ask"]
    say(
        page,
        type="told",
        told=HIGHER | {"strength": "That was smooth.", "text": "That was smooth. Reach higher."},
    )
    expect(part(page, "cue")).to_have_text("That was smooth. Reach higher.")
    assert page.evaluate("window.heard.at(-1)") == "That was smooth. Reach higher."
    say(page, type="told", told=None)
    assert page.evaluate("window.heard.at(-1)").startswith("Do one repetition first")


def test_what_is_not_due_yet_is_not_said(page: Page) -> None:
    page.evaluate(VOICE)
    begin(page)
    update(page, closed=CLOSED, repetitions=1)
    assert page.evaluate("window.heard.at(-1)") == "1."
    expect(part(page, "cue")).to_have_text("Sit down.")


def test_a_set_with_a_goal_shows_it_and_ends_by_itself(browser: Browser) -> None:
    with live_page(browser, goal=2) as page:
        page.clock.install()
        begin(page)
        assert page.evaluate("window.sockets.at(-1).sent[0].goal") == 2
        page.evaluate("coach.set.goal = 2")
        update(page, closed=CLOSED, repetitions=1, reached=False)
        expect(part(page, "word")).to_have_text("of 2")
        update(page, closed=CLOSED, repetitions=2, reached=True)
        expect(part(page, "state")).to_have_text("That was the last one. Well done.")
        assert asked(page) == ["begin"]
        page.clock.run_for(5000)
        assert asked(page) == ["begin", "finish"]


def test_who_turns_speech_off_hears_chimes_and_is_not_told_of_a_missing_voice(browser: Browser) -> None:
    with live_page(browser, sound="chime") as page:
        page.evaluate(VOICE)
        page.evaluate("() => { window.chimes = []; coach.voice.chime = (kind) => window.chimes.push(kind); }")
        begin(page)
        update(page, closed=CLOSED, repetitions=1, told=HIGHER)
        assert (page.evaluate("window.heard"), page.evaluate("window.chimes")) == ([" "], ["cue"])
        expect(part(page, "sound")).to_be_empty()


@pytest.mark.parametrize("look", ["contrast", "large", "pictures"])
def test_looks_are_worn(browser: Browser, look: str) -> None:
    with live_page(browser, looks=(look,)) as page:
        begin(page)
        update(page, closed=CLOSED, repetitions=1, told=HIGHER)
        assert look in str(page.locator(".coach").get_attribute("class"))
        sign = page.locator("[data-part=sign]")
        expect(sign).to_be_visible()
        box = sign.bounding_box()
        assert box is not None and box["width"] > (100 if look == "pictures" else 20)


def test_every_check_fault_and_praise_has_its_picture() -> None:
    drawn = set(re.findall(r'symbol id="(\w+)"', (FILES / "pictures.svg").read_text()))
    assert drawn == {*CHECKS, "hand", *FAULT_IDS, PRAISE}


def test_every_word_of_the_page_is_in_its_table() -> None:
    """Keys asked for by the scripts and the page, with a variable end matched by all that may stand there."""
    source = "".join(p.read_text() for p in FILES.iterdir() if p.suffix in (".js", ".html"))
    keys = set(re.findall(r'(?:\.say\(|data-word=|data-label=|\? )"([a-z][\w.-]+\.?[\w-]+)"', source))
    keys = {key for key in keys if key in WORDS or "." in key or "-" in key}
    assert keys and keys <= set(WORDS)
    for stem in re.findall(r"say\(`(\w+)\.\$", source):
        assert any(key.startswith(f"{stem}.") for key in WORDS)


def test_whose_set_it_is_is_shown_before_during_and_after_it(page: Page) -> None:
    expect(part(page, "person")).to_have_text("Anna")
    begin(page)
    page.evaluate("tellPage({ person: { id: 2, name: 'Ben' } })")  # chosen in the middle of Anna's set
    expect(part(page, "person")).to_have_text("Anna")
    part(page, "stop").click()
    say(page, type="finished", session=7, repetitions=8, mean_total=87, attempts=0, problem="")
    expect(part(page, "notice")).to_contain_text("Saved for Anna.")


def test_an_open_set_of_somebody_else_says_whose_it_is(page: Page) -> None:
    page.evaluate("tellPage({ person: { id: 2, name: 'Ben' } })")
    expect(part(page, "person")).to_have_text("Ben")
    page.evaluate("coach.resume = 'R'; coach.socket.connect()")
    socket(page, 1)
    say(page, type="hello", set=SET)
    expect(part(page, "notice")).to_contain_text("A set of Anna is still open.")
    expect(part(page, "person")).to_have_text("Anna")


_BORDERS: Final = """async () => {
  const { Demonstration } = await import("/live/files/demonstration.js");
  const canvas = document.createElement("canvas");
  document.body.append(canvas);
  const touching = [];
  for (const [name, url] of FIGURES) {
    const frames = await (await fetch(url)).json();
    Object.assign(canvas.style, { width: `${frames.size[0] / 4}px`, height: `${frames.size[1] / 4}px` });
    const player = new Demonstration(canvas);
    player.frames = frames;
    const { width, height } = player.cleared().canvas;
    for (const turn of frames.turns.keys()) for (const phase of [0, 0.5, 1]) {
      player.show(phase, turn);
      const at = (x, y, w, h) => canvas.getContext("2d").getImageData(x, y, w, h).data.some((value) => value > 0);
      const edges = [[0, 0, width, 1], [0, height - 1, width, 1], [0, 0, 1, height], [width - 1, 0, 1, height]];
      if (edges.some((edge) => at(...edge))) touching.push(`${name} ${phase}`);
    }
  }
  return touching;
}"""


def test_every_figure_stays_inside_its_frame(page: Page) -> None:
    figures = [[name, f"/live/figure/{name}/{load_template(name).sides[-1]}"] for name in template_ids()]
    assert page.evaluate(_BORDERS.replace("FIGURES", json.dumps(figures))) == []
