"""The whole way in a real browser: picture, skeleton, counter, cue, saved session, no word to anybody else."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from models.provision import ensure
from sessions.store.store import Store
from tests.support.browsers import (
    CHROMIUM,
    HERE,
    Camera,
    RunningServer,
    check_in,
    new_page,
    part,
    served,
    skip_checks,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.camera,
    pytest.mark.weights,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this computer (Debian package chromium)"),
]

# The right wrist of the rendered person in the demo clip, pixels of 640 x 480, from the renderer's own joints
# while the hand rests: (from_s, to_s, x, y). The left wrist hangs beside the body all the while.
RIGHT_WRIST = (
    (2.0, 3.7, 332, 226),
    (6.1, 6.4, 245, 45),
    (8.4, 8.7, 336, 225),
    (11.0, 11.4, 242, 48),
    (13.7, 14.1, 333, 227),
    (16.6, 16.9, 242, 44),
    (19.0, 19.3, 335, 228),
    (21.6, 22.0, 239, 45),
)
_LOOK = """([right, top, size]) => {
  const roots = [...document.querySelectorAll('*')].map((element) => element.shadowRoot).filter(Boolean);
  const canvas = roots.map((root) => root.querySelector('[data-part="canvas"]')).find(Boolean);
  const wide = 2 * size + 1;
  const seen = canvas.getContext('2d').getImageData(right - size, top - size, wide, wide).data;
  let orange = 0;
  for (let i = 0; i < seen.length; i += 4) {
    if (seen[i] > 200 && Math.abs(seen[i + 1] - 159) < 30 && seen[i + 2] < 60 && seen[i + 3] > 200) orange += 1;
  }
  return orange;
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    ensure("full")
    with served(tmp_path_factory.mktemp("server")) as running:
        yield running


def open_coach(page: Page, server: RunningServer) -> None:
    check_in(server)  # which also answers for an earlier test's set
    page.goto(server.url)
    expect(part(page, "start")).to_be_visible(timeout=30_000)


def count(page: Page) -> int:
    return int(part(page, "count").inner_text())


def wait_for_count(page: Page, least: int, timeout_s: float = 60) -> None:
    for _ in range(int(timeout_s / 0.25)):
        if count(page) >= least:
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"{count(page)} repetitions after {timeout_s} s, expected {least}")


def test_the_demo_counts_draws_where_the_hand_is_and_saves(server: RunningServer, browser: Browser) -> None:
    with new_page(browser) as page:
        open_coach(page, server)
        part(page, "demo").click()
        command = "Open your hand, thumb first, and lift your arm up and out."
        on_the_hand, mirrored, seen_cues = [], [], set()
        until = time.monotonic() + 180  # the demo waits for each answer, however slow the computer is
        while page.locator(".coach").get_attribute("data-mode") != "finished":
            assert time.monotonic() < until, page.locator(".coach").inner_text()
            captured = float(part(page, "canvas").get_attribute("data-capture-s") or -1)
            for from_s, to_s, x, y in RIGHT_WRIST:
                if from_s < captured < to_s - 0.15:
                    on_the_hand.append(page.evaluate(_LOOK, [x, y, 6]))
                    mirrored.append(page.evaluate(_LOOK, [640 - x, y, 6]) if y < 100 else 0)
            seen_cues.add(part(page, "cue").inner_text())
            page.wait_for_timeout(60)
        assert len(on_the_hand) >= 8
        assert min(on_the_hand) >= 20, on_the_hand
        assert max(mirrored) == 0, mirrored
        expect(part(page, "notice")).to_contain_text("Saved as a demo: 4 repetitions")
        assert count(page) == 4
        assert len(seen_cues - {"", command}) >= 1, "the cue never changed"
        expect(page.get_by_role("heading", name="Demo")).to_be_visible()
        page.get_by_role("link", name="Sessions").click()
        expect(
            page.get_by_role("cell", name="PNF arm diagonal 2, flexion, elbow straight").first
        ).to_be_visible()
        store = Store.open(server.data / "sessions.sqlite")
        stored = store.sessions()[0]
        assert (stored.repetitions, stored.start.source_kind) == (4, "demo")
        assert stored.finished_at is not None
        t_s = [pose.t_s for pose in store.frames(stored.id)]
        assert t_s[-1] - t_s[0] == pytest.approx(26.0, abs=1.0)
        store.close()


def test_a_reload_in_the_middle_of_a_camera_set_keeps_the_count(
    server: RunningServer, browser: Browser, camera: Camera
) -> None:
    camera.play()
    with new_page(browser) as page:
        open_coach(page, server)
        part(page, "start").click()
        skip_checks(page)
        wait_for_count(page, 1)
        before = count(page)
        page.reload()
        expect(part(page, "resume")).to_be_visible(timeout=30_000)
        assert count(page) >= before
        part(page, "resume").click()
        wait_for_count(page, before + 1)
        last = count(page)
        page.keyboard.press("Escape")
        expect(part(page, "notice")).to_contain_text(re.compile(rf"saved: ({last}|{last + 1}) repetitions"))
        store = Store.open(server.data / "sessions.sqlite")
        assert store.sessions()[0].start.source_kind == "live"
        assert store.sessions()[0].repetitions >= last
        store.close()


def test_a_lost_connection_is_said_and_comes_back(
    server: RunningServer, browser: Browser, camera: Camera
) -> None:
    camera.play()
    with new_page(browser) as page:
        sockets: list[WebSocketRoute] = []
        down = {"now": False}

        def through(route: WebSocketRoute) -> None:
            if down["now"]:
                route.close(code=1011)
                return
            sockets.append(route)
            route.connect_to_server()

        page.route_web_socket(re.compile("/live/ws"), through)
        open_coach(page, server)
        part(page, "start").click()
        skip_checks(page)
        down["now"] = True
        sockets[0].close(code=1011)
        expect(part(page, "lost")).to_contain_text("Trying again")
        down["now"] = False
        expect(part(page, "lost")).to_be_hidden(timeout=20_000)
        assert len(sockets) == 2
        assert "resume=" in sockets[1].url
        wait_for_count(page, 1)
        part(page, "stop").click()
        expect(part(page, "notice")).to_contain_text("saved")


THROWN = {
    "missing": ("NotFoundError", "No camera was found"),
    "busy": ("NotReadableError", "in use by another program"),
}
"""What Chromium throws where there is no camera, and where another program holds it."""


@pytest.mark.parametrize("name", ["denied", *THROWN])
def test_each_camera_fault_has_its_own_sentence(server: RunningServer, browser: Browser, name: str) -> None:
    with new_page(browser, camera=False) as page:
        thrown, sentence = THROWN.get(name, ("", "blocked"))
        if thrown:
            page.add_init_script(
                "navigator.mediaDevices.getUserMedia = () => "
                f"Promise.reject(new DOMException('by the test', '{thrown}'));"
            )
        open_coach(page, server)
        part(page, "start").click()
        expect(part(page, "fault")).to_contain_text(sentence)
        expect(part(page, "demo")).to_be_visible()


def test_an_unplugged_camera_keeps_the_set(server: RunningServer, browser: Browser, camera: Camera) -> None:
    camera.play()
    with new_page(browser) as page:
        open_coach(page, server)
        part(page, "start").click()
        expect(part(page, "state")).not_to_have_text("Getting ready", timeout=20_000)
        part(page, "video").evaluate(
            "video => video.srcObject.getTracks()[0].dispatchEvent(new Event('ended'))"
        )
        expect(part(page, "fault")).to_contain_text("disconnected")
        part(page, "resume").click()
        expect(part(page, "stop")).to_be_visible()
        part(page, "stop").click()
        expect(part(page, "start")).to_be_visible()


def test_keys_and_names_serve_those_without_a_mouse_or_screen(
    server: RunningServer, browser: Browser
) -> None:
    with new_page(browser, 390, 844) as page:
        open_coach(page, server)
        page.keyboard.press("m")
        expect(page.get_by_role("button", name="Sound is off")).to_have_attribute("aria-pressed", "true")
        part(page, "demo").focus()
        page.keyboard.press("Enter")
        expect(part(page, "state")).not_to_have_text("Getting ready", timeout=20_000)
        for live in ("state", "spoken", "cue"):
            assert part(page, live).get_attribute("aria-live") in ("polite", "assertive")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390
        page.keyboard.press("Escape")
        expect(part(page, "notice")).not_to_be_empty()


def test_the_server_spoke_to_nobody_outside(server: RunningServer) -> None:
    """Runs last: all the tests above went through this one process."""
    if server.trace is None:
        pytest.skip("no strace on this computer (Debian package strace)")
    outside = [address for address in server.connected_to() if address not in (*HERE, "::1")]
    assert outside == []
    assert Path(server.trace).stat().st_size > 0
