"""Take the screenshots of the documentation: the program on its demonstration clip, in a headless Chromium."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from patterns.templates.library import load_template
from scoring.coach.recording import judge
from scoring.results.session_json import BackendFacts
from sessions.store.save_recording import keep_recording
from sessions.store.store import Store
from tests.docs.generated import DOCS, LARGEST_PICTURE
from tests.support.browsers import CLIP, FAKE_CAMERA, launched, new_page, part, served
from vision.analysis.estimate import estimate_poses, open_source
from vision.backends.backend import BACKENDS
from vision.correction.depth import CORRECTIONS, DEFAULT

FOLDER: Final = DOCS / "images"
_SIZE: Final = (1366, 900)


def take() -> list[Path]:
    """Take every screenshot into docs/images and return the files, each at most LARGEST_PICTURE long."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        (folder / "data").mkdir()
        _store_demo_set(folder / "data" / "sessions.sqlite")
        with served(folder) as server, _browser(launched(playwright, FAKE_CAMERA)) as browser:
            return [_review(browser, server.url), _practise(browser, server.url)]


@contextmanager
def _browser(browser: Browser) -> Iterator[Browser]:
    try:
        yield browser
    finally:
        browser.close()


def _store_demo_set(path: Path) -> None:
    """Store the set of the demonstration clip as a recording, so that there is something to review."""
    template, backend = load_template("ue-d2-flexion"), BACKENDS["onnx"]("full")
    try:
        poses = list(estimate_poses(open_source(CLIP), backend, CORRECTIONS[DEFAULT]()))
    finally:
        backend.close()
    judged = judge(poses, template, "right")
    store = Store.open(path)
    keep_recording(store, template, "right", judged.poses, judged.reps, BackendFacts("onnx", "full", None))
    store.close()


def _practise(browser: Browser, url: str) -> Path:
    """Take the page Practise while the demonstration recording runs, in the third repetition."""
    with new_page(browser, *_SIZE) as page:
        page.goto(f"{url}/")
        part(page, "demo").click(timeout=60_000)
        expect(part(page, "count")).to_contain_text("2", timeout=180_000)
        page.wait_for_timeout(2600)
        return _saved(page, "practise.png")


def _review(browser: Browser, url: str) -> Path:
    """Take the page Review with the curves of a repetition."""
    with new_page(browser, *_SIZE) as page:
        page.goto(f"{url}/review")
        expect(page.locator(".replay figure canvas").first).to_be_visible(timeout=60_000)
        page.wait_for_timeout(4000)
        return _saved(page, "review.png")


def _saved(page: Page, name: str) -> Path:
    """Save what is in the window with as many colours as fit into LARGEST_PICTURE."""
    raw = Image.open(BytesIO(page.screenshot())).convert("RGB")
    path = FOLDER / name
    for colours in (256, 128, 64, 32):
        raw.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= LARGEST_PICTURE:
            break
    return path
