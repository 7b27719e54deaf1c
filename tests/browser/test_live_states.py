"""Every state of the live page at laptop and phone size: nothing sticks out, what matters is in the window.

Screenshots go to a folder of pytest's (--basetemp chooses where), to be looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Literal

import pytest
from playwright.sync_api import Browser, Page

from scoring.setup import camera_health
from scoring.setup.checks import CHECKS
from tests.support.browsers import CHROMIUM, mode
from tests.support.live_page import asked, begin, live_page, say, socket, update
from ui.live import waiting_line as live_line

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this computer (Debian package chromium)"),
]

SIZES: Final = {"laptop": (1280, 720), "phone": (390, 844)}
_HEADER: Final = 60
"""What Streamlit's own bar takes of the window."""

CLOSED: Final = {"kind": "repetition", "reason": None, "total": 80, "range": 70, "control": 90}
TOLD: Final = {
    "strength": "That was smooth.",
    "cue": "Keep your breastbone over your belt buckle.",
    "rule": "trunk_lean",
    "text": "That was smooth. Keep your breastbone over your belt buckle.",
}
PACE: Final = {
    "technique": "metronome",
    "stage_title": "With the beat",
    "title": "Out",
    "do": "move",
    "sentence": "",
    "note": "",
    "seconds_left": 1.4,
    "beat": 3,
    "beat_in_s": None,
    "strength": 1.0,
    "next_strength": 1.0,
    "target": 0.6,
    "zone": [0.5, 0.7],
    "done": 2,
    "of": 8,
    "waiting": False,
    "paused": False,
    "finished": False,
}
WAY: Final = {
    "line": [100, 300, 100, 60],
    "width": 20,
    "at": [100, 250],
    "next": [100, 215],
    "target": [100, 60],
}


def idle(page: Page) -> None:
    page.wait_for_timeout(300)


def waiting(page: Page) -> None:
    page.locator('[data-part="start"]').click()
    socket(page, 1)
    say(page, type="hello", set=None)
    assert asked(page) == ["begin"]
    say(page, **live_line.waiting(1))


def set_up(page: Page) -> None:
    begin(page)
    checks = [
        {"id": name, "state": "bad" if k == 2 else "ok", "text": "You are too near. Step back."}
        for k, name in enumerate(CHECKS)
    ]
    ask = "You are too near. Step back."
    shown = {"size_wh": [480, 360], "landmarks": [None] * 66, "capture_s": 0.0, "timings": {}}
    say(
        page,
        type="setup",
        t_s=0.0,
        step="checks",
        ask=ask,
        mirrored=False,
        checks=checks,
        problem="",
        **shown,
    )


def holding(page: Page) -> None:
    begin(page)
    update(page, t_s=0.1, state="ready", arms_in_s=1.4)


def moving(page: Page) -> None:
    begin(page)
    update(page, t_s=0.1, state="moving", progress=0.7, repetitions=3, closed=CLOSED, told=TOLD)
    update(
        page,
        t_s=0.2,
        state="moving",
        progress=0.7,
        repetitions=3,
        guide={"ways": [WAY | {"inside": True}], "arcs": []},
    )


def paced(page: Page) -> None:
    begin(page)
    update(page, t_s=0.1, state="moving", progress=0.5, repetitions=2, pace=PACE)


def troubled(page: Page) -> None:
    begin(page)
    update(
        page, t_s=0.1, state="lost", trouble="The picture is blank. Uncover the camera, or switch on a light."
    )


def disconnected(page: Page) -> None:
    begin(page)
    page.evaluate("window.sockets.at(-1).drop()")


def unplugged(page: Page) -> None:
    begin(page)
    page.evaluate("window.tracks[0].dispatchEvent(new Event('ended'))")


def finished(page: Page) -> None:
    begin(page)
    page.locator('[data-part="stop"]').click()
    say(page, type="finished", session=7, repetitions=8, mean_total=87, attempts=1, problem="", told=TOLD)


STATES: Final[dict[str, tuple[Callable[[Page], None], str, list[str]]]] = {
    "idle": (idle, "idle", ["title"]),
    "waiting": (waiting, "starting", ["stop", "state"]),
    "set-up": (set_up, "running", ["canvas", "cue"]),
    "holding": (holding, "running", ["canvas", "big", "count", "stop", "cue"]),
    "moving": (moving, "running", ["canvas", "meter", "count", "range", "control", "stop", "cue"]),
    "paced": (paced, "running", ["canvas", "paceStep", "paceCount", "count", "stop"]),
    "troubled": (troubled, "running", ["trouble", "stop"]),
    "disconnected": (disconnected, "running", ["lost", "stop"]),
    "unplugged": (unplugged, "paused", ["fault", "resume", "end"]),
    "finished": (finished, "finished", ["notice", "start"]),
}
"""What brings the state about, the mode it is in, and what must then be in the window without scrolling."""

BUSY: Final = camera_health.SLOW
_HEAD_TARGET_BODY: Final = {
    "head": (0.5, 0.08),
    "target": (0.85, 0.05),
    "body": (0.5, 0.5),
    "feet": (0.5, 0.95),
}
"""Where in the picture they are of somebody who fills it, shares of its width and height."""

_COVERED = """(places) => Object.entries(places).filter(([, [across, down]]) => {
  const box = coach.view.part.stage.getBoundingClientRect();
  const [x, y] = [box.left + across * box.width, box.top + down * box.height];
  return y < 0 || y > window.innerHeight - HEADER || !document.elementFromPoint(x, y)?.closest('.picture');
}).map(([name]) => name)""".replace("HEADER", str(_HEADER))


@pytest.mark.parametrize("looks", [(), ("contrast", "large")], ids=["plain", "contrast and large"])
def test_nothing_covers_head_target_and_body(
    browser: Browser, tmp_path: Path, looks: tuple[Literal["contrast", "large", "pictures"], ...]
) -> None:
    sizes = {**SIZES, "wide": (1366, 768), "turned phone": (844, 390)}
    moved: dict[str, Any] = {"t_s": 0.1, "state": "moving", "progress": 0.7, "repetitions": 3}
    with live_page(browser, looks=looks) as page:
        for state in ("set-up", "told", "busy", "paced", "disconnected"):
            if state == "set-up":
                set_up(page)
            elif state == "disconnected":
                page.evaluate("window.sockets.at(-1).drop()")
            else:
                trouble, pace = "" if state == "told" else BUSY, PACE if state == "paced" else None
                update(page, **moved, closed=CLOSED, told=TOLD, trouble=trouble, pace=pace)
            for size, (width, height) in sizes.items():
                page.set_viewport_size({"width": width, "height": height})
                page.wait_for_timeout(50)
                page.screenshot(path=tmp_path / f"{state}-{size}.png")
                assert page.evaluate(_COVERED, _HEAD_TARGET_BODY) == [], (state, size)


def test_the_picture_stays_in_sight_when_the_page_around_it_shrinks_late(browser: Browser) -> None:
    """The choices above the picture are put away when a set begins, on a slow computer long after it began; the page
    does not hold on to what is in sight."""
    with live_page(browser, looks=("contrast", "large")) as page:
        page.set_viewport_size({"width": 1366, "height": 768})
        page.evaluate(
            """() => {
          document.head.insertAdjacentHTML("beforeend", "<style>* { overflow-anchor: none; }</style>");
          document.body.insertAdjacentHTML("afterbegin", '<div id="above" style="height: 500px"></div>');
          document.body.insertAdjacentHTML("beforeend", '<div style="height: 500px"></div>');
        }"""
        )
        begin(page)
        update(page, t_s=0.1, state="ready")
        page.wait_for_timeout(600)
        page.evaluate("document.getElementById('above').remove()")
        page.wait_for_timeout(100)
        assert page.evaluate(_COVERED, _HEAD_TARGET_BODY) == []


_OUT = """(names) => {
  const { root } = coach.view;
  const inner = [...root.querySelectorAll('*')].filter((e) => e.checkVisibility() && !e.closest('.unseen'));
  const wide = inner.filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1 && !e.closest('svg'));
  const low = names.filter((name) => {
    const box = coach.view.part[name].getBoundingClientRect();
    return !coach.view.part[name].checkVisibility() || box.bottom > window.innerHeight - HEADER || box.top < 0;
  });
  return { wide: wide.map((e) => e.dataset.part ?? e.className), low };
}""".replace("HEADER", str(_HEADER))


@pytest.mark.parametrize("state", STATES)
def test_a_state_fits_the_window(browser: Browser, tmp_path: Path, state: str) -> None:
    bring, expected, wanted = STATES[state]
    with live_page(browser) as page:
        bring(page)
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(500)
            assert mode(page) == expected
            page.screenshot(path=tmp_path / f"{state}-{size}.png")
            assert page.evaluate(_OUT, wanted) == {"wide": [], "low": []}, size
