"""The widgets of authoring in a real Chromium: by mouse and keys, what they give back, and a recording read back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, Playwright, Route, expect

from i18n.translation import in_language
from patterns.learning.repetition_finder import FoundRep
from sessions.intake.opening import open_movement
from tests.support.browsers import CHROMIUM, CLIP, ROOT, Camera, launched, new_page
from ui.authoring import curve_editor as author_curve
from ui.authoring import recorder as author_recorder
from ui.authoring import timeline_editor as author_timeline
from ui.authoring.component import Name, markup, script, styles
from ui.authoring.timeline_editor import Marked
from vision.video.sources import VideoSource, open_video

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this computer (Debian package chromium)"),
]
ORIGIN: Final = "http://localhost:9"
LONG_S: Final = 30.0
T_S: Final = np.arange(0, LONG_S + 1e-9, 1 / 30)
PROGRESS: Final = np.where((T_S > 20) & (T_S < 22), np.nan, 1 - np.cos(2 * np.pi * T_S / 5))
FOUND: Final = (
    Marked(FoundRep(1.0, 2.5, 3.0, 5.0)),
    Marked(FoundRep(6.0, 8.0, 8.5, 10.0)),
    Marked(FoundRep(11.0, 12.0, 14.0, 15.0)),
)
PHASE: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
VALUES: Final = (20.0, 50.0, 80.0, 100.0, 110.0)
LINES: Final = (np.linspace(15, 105, 40).tolist(), np.linspace(30, 120, 25).tolist())
DARK: Final = (
    "--st-text-color: #fafafa; --st-background-color: #0e1117; --st-secondary-background-color: #262730"
)
_MOUNT: Final = """async ([name, html, css, data]) => {
  const host = document.createElement("div");
  document.body.append(host);
  const root = host.attachShadow({ mode: "open" });
  root.innerHTML = `<style>${css}</style>${html}`;
  const { default: show } = await import(`/${name}.js`);
  const give = (key, value) => window.given.push([key, value]);
  window.shown = (data) => show({ parentElement: root, data, setStateValue: give, setTriggerValue: give });
  window.gone = () => {
    host.remove();
    window.leave();
  };
  window.leave = window.shown(data);
}"""
_WATCHED: Final = """
window.given = [];
window.tracks = [];
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (asked) => {
  window.asked = asked;
  const stream = await open(asked);
  window.tracks.push(...stream.getTracks());
  return stream;
};
"""
_HIDDEN: Final = """() => {
  Object.defineProperty(document, "hidden", { value: true, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
_LIVE: Final = "window.tracks.filter((track) => track.readyState === 'live').length"


@contextmanager
def widget(
    browser: Browser, name: Name, data: dict[str, Any], width: int = 1280, *, camera: bool = True
) -> Iterator[Page]:
    """A widget in the shadow of a bare page, as Streamlit mounts it; what it gives back is in window.given."""

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path == "/":
            route.fulfill(content_type="text/html; charset=utf-8", body="<!doctype html><body>")
        elif path == f"/{name}.js":
            route.fulfill(content_type="text/javascript", body=script(name))
        elif path == "/live/files/picture.js":
            route.fulfill(content_type="text/javascript", path=ROOT / "ui" / "live" / "static" / "picture.js")
        else:
            route.fulfill(status=404)

    wrong: list[str] = []
    with new_page(browser, width, 900, camera=camera) as page:
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.route(f"{ORIGIN}/**", answer)
        page.add_init_script(_WATCHED)
        page.goto(f"{ORIGIN}/")
        page.evaluate(_MOUNT, [name, markup(name), styles(name), data])
        yield page
    assert wrong == []


def timeline(about: str = "one") -> dict[str, Any]:
    return author_timeline.timeline_data(about, T_S, PROGRESS, FOUND)


def curve(about: str = "one") -> dict[str, Any]:
    return author_curve.curve_data(about, "Elbow flexion", "deg", PHASE, VALUES, VALUES, LINES, 10.0)


def given(page: Page) -> list[Any]:
    """The values of every edit that came back."""
    return [value["values"] for _, value in page.evaluate("window.given")]


def edited(page: Page) -> tuple[Marked, ...]:
    """What the program makes of the latest edit; it must not be what was there."""
    now = author_timeline.checked(given(page)[-1], FOUND, 0.0, LONG_S)
    assert now != FOUND
    return now


def handle(page: Page, name: str, number: int) -> Locator:
    """The handle of a repetition, from 1."""
    return page.get_by_role("group", name=f"Repetition {number}").get_by_role("slider", name=name)


def middle(handle: Locator) -> tuple[float, float]:
    box = handle.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, handle: Locator, right: float = 0.0, down: float = 0.0) -> None:
    x, y = middle(handle)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right / 2, y + down / 2)
    page.mouse.move(x + right, y + down)


def second_px(page: Page) -> float:
    box = page.locator(".field").bounding_box()
    assert box is not None
    return box["width"] / LONG_S


def test_a_handle_is_dragged_and_its_time_comes_back_when_it_is_let_go(browser: Browser) -> None:
    with widget(browser, "timeline", timeline()) as page:
        drag(page, handle(page, "Start of the repetition", 2), right=0.7 * second_px(page))
        assert given(page) == []
        page.mouse.up()
        assert len(given(page)) == 1
        first, second, third = edited(page)
        assert (first, third) == (FOUND[0], FOUND[2])
        assert second.rep.start_s == pytest.approx(6.7, abs=0.03)
        assert (second.rep.peak_s, second.rep.leave_s, second.rep.end_s) == (8.0, 8.5, 10.0)


def test_order_is_kept_and_neighbours_are_not_touched(browser: Browser) -> None:
    with widget(browser, "timeline", timeline()) as page:
        for name, far_s in (("End of the repetition", 4.0), ("Far end reached", 9.0), ("Far end left", -9.0)):
            drag(page, handle(page, name, 2), right=far_s * second_px(page))
            page.mouse.up()
        _, second, third = edited(page)
        assert third == FOUND[2]
        assert (second.rep.end_s, second.rep.peak_s, second.rep.leave_s) == (11.0, 8.5, 8.5)
        drag(page, handle(page, "Start of the repetition", 1), right=-9 * second_px(page))
        page.mouse.up()
        assert edited(page)[0].rep.start_s == 0.0


def test_a_handle_goes_by_keys_and_says_where_it_is(browser: Browser) -> None:
    with widget(browser, "timeline", timeline()) as page:
        start = handle(page, "Start of the repetition", 2)
        expect(start).to_have_attribute("aria-valuetext", "Repetition 2, start, 6.0 s")
        start.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Shift+ArrowRight")
        expect(start).to_have_attribute("aria-valuetext", "Repetition 2, start, 6.6 s")
        page.keyboard.press("ArrowLeft")
        expect(page.locator(".at")).to_have_text("Repetition 2, start, 6.55 s")
        assert [row[1][0] for row in given(page)] == [6.05, 6.1, 6.6, 6.55]
        page.keyboard.down("ArrowLeft")
        page.keyboard.down("ArrowLeft")
        assert len(given(page)) == 4
        page.keyboard.up("ArrowLeft")
        assert edited(page)[1].rep.start_s == 6.45


def test_a_repetition_is_dropped_and_taken_again_and_words_say_so(browser: Browser) -> None:
    with widget(browser, "timeline", timeline()) as page:
        choice = page.locator(".choice").nth(1)
        expect(choice).to_have_attribute("aria-pressed", "true")
        choice.focus()
        page.keyboard.press("Space")
        expect(choice).to_have_attribute("aria-pressed", "false")
        expect(choice).to_have_text("Repetition 2: left out")
        expect(page.locator(".band").nth(1)).to_have_text("2 left out")
        assert [one.kept for one in edited(page)] == [True, False, True]
        assert [one.rep for one in edited(page)] == [one.rep for one in FOUND]
        choice.click()
        assert author_timeline.checked(given(page)[-1], (), 0.0, LONG_S) == FOUND


def test_a_repetition_is_added_where_there_is_most_room_or_where_it_was_clicked(browser: Browser) -> None:
    with widget(browser, "timeline", timeline()) as page:
        page.get_by_role("button", name="Add a repetition").click()
        added = edited(page)[3].rep
        assert [added.start_s, added.end_s] == pytest.approx([20.5, 24.5])
        expect(handle(page, "Start of the repetition", 4)).to_be_focused()
        box = page.locator(".field").bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + 5.5 * second_px(page), box["y"] + box["height"] / 2)
        page.get_by_role("button", name="Add a repetition at 5.5 s").click()
        now = edited(page)
        assert len(now) == 5
        assert (now[1].rep.start_s, now[1].rep.end_s) == (5.0, 6.0)
        expect(page.locator(".said")).to_have_text("Repetition 2 was added at 5.0 s.")
        page.mouse.click(box["x"] + 2 * second_px(page), box["y"] + box["height"] / 2)
        expect(page.locator(".add")).to_have_text("Add a repetition")


@pytest.mark.parametrize(("name", "data"), [("timeline", timeline), ("curve", curve)])
def test_an_edit_stays_when_the_page_runs_again_and_goes_with_other_data(
    browser: Browser, name: Name, data: Callable[[str], dict[str, Any]]
) -> None:
    with widget(browser, name, data("one")) as page:
        slider = page.get_by_role("slider").nth(1)
        before = str(slider.get_attribute("aria-valuetext"))
        slider.focus()
        page.keyboard.press("ArrowUp")
        moved = str(slider.get_attribute("aria-valuetext"))
        assert moved != before
        page.evaluate("(data) => window.shown(data)", data("one"))
        expect(slider).to_have_attribute("aria-valuetext", moved)
        expect(slider).to_be_focused()
        page.evaluate("(data) => window.shown(data)", data("two"))
        expect(slider).to_have_attribute("aria-valuetext", before)


def test_a_knot_is_dragged_up_and_put_back(browser: Browser) -> None:
    with widget(browser, "curve", curve()) as page:
        knot = page.get_by_role("slider", name="Elbow flexion").nth(2)
        expect(knot).to_have_attribute("aria-valuetext", "50 % of the way: 80 degrees")
        up = middle(page.get_by_role("slider").nth(4))[1] - middle(page.get_by_role("slider").nth(2))[1]
        drag(page, knot, right=60.0, down=up)  # as high as the last one, which is at 110
        assert given(page) == []
        expect(page.locator(".number")).to_have_text("110°")
        page.mouse.up()
        assert given(page) == [[20.0, 50.0, 110.0, 100.0, 110.0]]
        page.get_by_role("button", name="Put back as it was").click()
        assert given(page)[-1] == list(VALUES)
        expect(knot).to_have_attribute("aria-valuetext", "50 % of the way: 80 degrees")


@pytest.mark.parametrize(("unit", "step"), [("deg", 1.0), ("arm lengths", 0.01)])
def test_a_knot_goes_by_keys_beyond_what_is_shown(browser: Browser, unit: str, step: float) -> None:
    data = author_curve.curve_data("one", "Way", unit, PHASE, VALUES, VALUES)
    with widget(browser, "curve", data) as page:
        knot = page.get_by_role("slider").nth(4)
        knot.focus()
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Shift+ArrowUp")
        page.keyboard.press("ArrowDown")
        changed = [values[4] - 110 for values in given(page)]
        assert changed == pytest.approx([step, 6 * step, 5 * step])
        for _ in range(12):
            page.keyboard.press("Shift+ArrowUp")
        assert given(page)[-1][4] == pytest.approx(110 + 65 * step)
        area = page.locator(".area").bounding_box()
        assert area is not None and middle(knot)[1] > area["y"]


def record(page: Page, seconds: float) -> bytes:
    """What comes of pressing the one button until that much is recorded."""
    button = page.locator(".go")
    button.click()
    expect(button).to_have_text("Start", timeout=20_000)
    assert (
        page.locator("video").evaluate("(video) => new DOMMatrix(getComputedStyle(video).transform).a") == -1
    )
    button.click()
    expect(page.locator(".big")).to_have_text(re.compile("^[321]$"))
    expect(button).to_have_text("Stop", timeout=20_000)
    page.wait_for_timeout(1000 * seconds)
    button.click()
    expect(button).to_have_text("Record again", timeout=20_000)
    ((name, value),) = page.evaluate("window.given")
    video = author_recorder.decoded(value)
    assert name == "recorded" and video is not None
    return video


def test_what_the_camera_recorded_is_read_back_in_a_process_apart(
    browser: Browser, camera: Camera, tmp_path: Path
) -> None:
    camera.play()
    with widget(browser, "recorder", author_recorder.recorder_data(60.0)) as page:
        path = tmp_path / "recorded.webm"
        path.write_bytes(record(page, 3.0))
        assert page.evaluate("window.asked").keys() == {"audio", "video"}
        assert page.evaluate("[window.asked.audio, window.tracks.length]") == [False, 1]
        assert page.evaluate(_LIVE) == 0
        expect(page.locator(".said")).to_have_text(re.compile(r"^Recorded: \d+ s\. The camera is off\.$"))
    opened = open_movement(path, stranger=True)
    assert isinstance(opened, VideoSource)
    frames = list(opened)
    times = np.array([frame.t_s for frame in frames])
    assert (np.diff(times) > 0).all()
    assert times[0] >= 0 and 1.0 < times[-1] < 60.0 and len(times) > 5
    assert opened.loss == ""
    assert [frame.t_s for frame in opened] == times.tolist()
    seen = frames[-1].image
    assert seen.shape[:2] == opened.size_wh[::-1]
    played = [frame.image for frame in open_video(CLIP)][::3]
    assert seen.shape == played[0].shape
    nearest, mirrored = (
        min(float(np.abs(image.astype(float) - picture).mean()) for image in played)
        for picture in (seen, seen[:, ::-1])
    )
    assert nearest < mirrored / 3


def test_a_recording_ends_by_itself(browser: Browser, camera: Camera) -> None:
    camera.play()
    with widget(browser, "recorder", author_recorder.recorder_data(1.5)) as page:
        button = page.locator(".go")
        button.click()
        expect(button).to_have_text("Start", timeout=20_000)
        button.click()
        expect(page.locator(".said")).to_contain_text("as long as a recording can be", timeout=20_000)
        assert page.evaluate(_LIVE) == 0
        assert len(page.evaluate("window.given")) == 1


def test_the_camera_is_let_go_when_the_page_is_hidden_or_the_recorder_gone(
    browser: Browser, camera: Camera
) -> None:
    camera.play()
    for leaves in (_HIDDEN, "window.gone()"):
        with widget(browser, "recorder", author_recorder.recorder_data(60.0)) as page:
            page.locator(".go").click()
            expect(page.locator(".go")).to_have_text("Start", timeout=20_000)
            page.locator(".go").click()
            assert page.evaluate(_LIVE) == 1
            page.evaluate(leaves)
            page.wait_for_function(f"{_LIVE} === 0")
            page.wait_for_timeout(3500)
            assert page.evaluate("window.given") == []
            assert page.evaluate("window.tracks.length") == 1


def test_a_blocked_camera_is_named(browser: Browser) -> None:
    no_camera(browser, "The camera is blocked for this page.")


def test_a_missing_camera_is_named(playwright: Playwright) -> None:
    with closing(launched(playwright)) as without_one:
        no_camera(without_one, "No camera was found.", camera=True)


def no_camera(browser: Browser, sentence: str, *, camera: bool = False) -> None:
    with widget(browser, "recorder", author_recorder.recorder_data(60.0), camera=camera) as page:
        page.locator(".go").click()
        expect(page.locator(".said")).to_contain_text(sentence, timeout=20_000)
        expect(page.locator(".go")).to_have_text("Start with the camera")


@pytest.mark.parametrize("code", ["en", "de", "es"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["timeline", "curve", "recorder"])
def test_nothing_is_wider_than_the_page(
    browser: Browser, name: Name, width: int, code: str, tmp_path: Path
) -> None:
    with in_language(code):
        told = {"timeline": timeline, "curve": curve}.get(name, lambda: author_recorder.recorder_data(60.0))()
    with widget(browser, name, told, width) as page:
        page.evaluate(f"document.body.style.cssText = '{DARK}; background: #0e1117'")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for button in page.get_by_role("button").all():
            box = button.bounding_box()
            assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= width
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
