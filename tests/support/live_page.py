"""The live page alone in a real Chromium: its own files, a server played by the test, no camera and no network."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, cast

from playwright.sync_api import Browser, Page, Route

from i18n.live_sentences import live_words
from patterns.templates.library import load_template
from patterns.templates.template import Side
from tests.support.browsers import ROOT, new_page, part
from ui.live.figure_json import demonstration
from ui.practise.live_component import STYLES, Wishes

FILES: Final = ROOT / "ui" / "live" / "static"
DEMO: Final = Path(__file__).parents[1] / "data" / "d2_flexion_right_6s.mp4"
ORIGIN: Final = "http://localhost:9"
CHOSEN: Final[dict[str, Any]] = {
    "pattern": "squat",
    "side": "both",
    "title": "Squat",
    "setup": "",
    "command": "Sit down.",
}
DEMO_ABOUT: Final[dict[str, Any]] = CHOSEN | {
    "pattern": "ue-d2-flexion",
    "side": "right",
    "title": "Diagonal 2",
    "shown": "Diagonal 2 · Right",
    "url": "/demo.mp4",
}
ANNA: Final = {"id": 1, "name": "Anna"}
SET: Final[dict[str, Any]] = CHOSEN | {
    "source": "live",
    "size_wh": None,
    "bones": [],
    "hold_s": 2.0,
    "goal": None,
    "zone": [0.6, 1.0],
    "in_setup": False,
    "silent_s": 15.0,
    "person": ANNA,
    "mirrored": False,
    "repetitions": 0,
    "closed": None,
}

VOICE: Final = "() => { window.voices = [{ localService: true, lang: 'en-GB' }]; window.heard = []; }"
"""Gives the computer a voice, and forgets what was heard."""
_FAKES: Final = """
window.sockets = [];
window.WebSocket = class {
  static OPEN = 1;
  constructor() { this.readyState = 0; this.sent = []; window.sockets.push(this); }
  send(data) {
    if (typeof data === "string") this.sent.push(JSON.parse(data));
    else window.pictureSent?.(new DataView(data).getFloat64(0, true));
  }
  close() { this.readyState = 3; }
  drop() { this.readyState = 3; this.onclose({ code: 1006 }); }
  say(message) { this.readyState = 1; this.onmessage({ data: JSON.stringify(message) }); }
};
window.cameraSize = [640, 480];
window.tracks = [];
navigator.mediaDevices.getUserMedia = async () => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = window.cameraSize;
  canvas.getContext("2d").fillRect(0, 0, 9, 9);
  const stream = canvas.captureStream(30);
  window.tracks.push(...stream.getTracks());
  return stream;
};
window.voices = [];
window.heard = [];
speechSynthesis.getVoices = () => window.voices;
speechSynthesis.speak = (words) => window.heard.push(words.text);
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""
_MOUNT: Final = """async (data) => {
  const { Coach } = await import("/live/files/coach.js");
  const { mount } = await import("/live/files/page.js");
  const told = Coach.prototype.told;
  Coach.prototype.told = function (...what) { window.coach = this; told.apply(this, what); };
  window.mounted = mount(document);
  const tell = { setStateValue() {}, setTriggerValue() {} };
  window.tellPage = (more) => window.mounted.update({ data: { ...data, ...more }, ...tell });
  window.tellPage({});
}"""


@contextmanager
def live_page(browser: Browser, *, still: bool = False, **wishes: Any) -> Iterator[Page]:
    """The page, mounted and idle; what it asks for is in window.sockets[].sent, what it says in window.heard."""
    motion = "reduce" if still else "no-preference"
    with new_page(browser, 1280, 720, reduced_motion=motion) as page:
        page.route(f"{ORIGIN}/**", _answer)
        page.add_init_script(_FAKES)
        page.goto(f"{ORIGIN}/")
        page.evaluate(
            _MOUNT,
            {
                "chosen": CHOSEN,
                "demo": DEMO_ABOUT,
                "words": live_words(str),
                **asdict(Wishes(**wishes)),
                "language": "en",
                "ready": "yes",
                "begin": 0,
                "ticket": "",
                "person": ANNA,
                "rest_ends_ms": 0,
            },
        )
        yield page


def _answer(route: Route) -> None:
    path = route.request.url.removeprefix(ORIGIN)
    if path == "/":
        styles = "".join((FILES / name).read_text() for name in STYLES)
        styled = f"<style>{styles}</style>{(FILES / 'coach.html').read_text()}"
        route.fulfill(content_type="text/html; charset=utf-8", body=styled)
    elif path == "/demo.mp4":
        _answer_part(route, DEMO.read_bytes())
    elif path == "/live/token":
        route.fulfill(json={"token": "t"})
    elif path.startswith("/live/files/"):
        kind = "image/svg+xml" if path.endswith(".svg") else "text/javascript"
        route.fulfill(content_type=kind, path=FILES / path.removeprefix("/live/files/"))
    elif path.startswith("/live/figure/"):
        pattern, side = path.split("/")[-2:]
        route.fulfill(json=demonstration(load_template(pattern), cast(Side, side)))
    else:
        route.fulfill(status=404)


def _answer_part(route: Route, content: bytes) -> None:
    """As a file server does, without which a video cannot be moved to another time."""
    asked_for = re.search(r"bytes=(\d+)-(\d*)", route.request.headers.get("range", "bytes=0-"))
    assert asked_for is not None
    first, last = int(asked_for[1]), int(asked_for[2] or len(content) - 1)
    headers = {"Accept-Ranges": "bytes", "Content-Range": f"bytes {first}-{last}/{len(content)}"}
    route.fulfill(status=206, content_type="video/mp4", headers=headers, body=content[first : last + 1])


def socket(page: Page, number: int) -> None:
    """Wait until the page has opened its socket of that number, from 1."""
    page.wait_for_function("number => window.sockets.length >= number", arg=number)


def say(page: Page, **message: Any) -> None:
    """A message of the server on the newest socket."""
    page.evaluate("text => window.sockets.at(-1).say(JSON.parse(text))", json.dumps(message))


def asked(page: Page) -> list[str]:
    """The types of what the page has sent on the newest socket."""
    return [str(kind) for kind in page.evaluate("window.sockets.at(-1).sent.map((message) => message.type)")]


def begin(page: Page, number: int = 1) -> None:
    """Press Start and let the server begin a set on the socket of that number."""
    part(page, "start").click()
    socket(page, number)
    say(page, type="hello", set=None)
    assert asked(page) == ["begin"]
    say(page, type="begun", resume="R", set=SET)


def update(page: Page, **changed: Any) -> None:
    """An answer of the server to a picture."""
    still: dict[str, Any] = {
        "capture_s": 0.0,
        "state": "ready",
        "message": "",
        "progress": 0.0,
        "repetitions": 0,
    }
    still |= {"size_wh": [480, 360], "landmarks": [None] * 66}
    more: dict[str, Any] = {"arms_in_s": None, "closed": None, "told": None, "problem": "", "timings": {}}
    say(page, type="update", **(still | more | changed))
