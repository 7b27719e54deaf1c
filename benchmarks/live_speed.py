"""How fast the live coach is: a real browser and a real server on this computer, measured from outside."""

from __future__ import annotations

import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from base.errors import DiagonalError
from base.temporary import temporary_folder
from scoring.safety.stop_rules import CheckIn
from sessions.store.store import Store
from ui.startup import free_port
from vision.backends.backend import MODEL_VARIABLE
from vision.video.camera_file import write_camera_file

_APP: Final = Path(__file__).parents[1] / "app.py"
_WARM_UP_S: Final = 8.0
_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
_SWITCHES: Final = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
)
_CLIP: Final = Path(__file__).parents[1] / "ui" / "demo" / "arm-diagonal.mp4"
_SCRIPT: Final = """
window.results = [];
document.addEventListener('diagonal-result', ({ detail }) => {
  window.results.push({ atMs: performance.now(), ...detail });
});
"""
STEPS: Final = {
    "capture": "camera to browser",
    "turn": "waiting for the picture before",
    "encode": "encoding",
    "network": "network, both ways",
    "wait": "waiting in the server",
    "decode": "decoding",
    "pose": "pose estimation",
    "correct": "correcting depth",
    "pipe": "to the estimating process and back",
    "coach": "coach: smoothing to cue",
    "guide": "guidance and message",
    "store": "keeping",
    "draw": "drawing",
}
"""The steps of a picture from the camera to its overlay, in their order."""


class SpeedError(DiagonalError):
    """The live speed cannot be measured on this computer."""


@dataclass(frozen=True)
class Footprint:
    """What the server and all processes of it hold: resident memory in MB and open files."""

    memory_mb: float
    open_files: int


@dataclass(frozen=True)
class LiveSpeed:
    """What was measured over `seconds`, of everybody together but for the rate, which is that of the slowest.

    median_ms and p95_ms: from the camera's picture to its skeleton drawn. steps_ms: median and 95th percentile of each
    of STEPS. first_ms, last_ms: medians of the first and last minute, or half where it was shorter. start, end:
    footprints after the warm-up and at the end.
    """

    people: int
    seconds: float
    results_per_s: float
    median_ms: float
    p95_ms: float
    steps_ms: dict[str, tuple[float, float]]
    first_ms: float
    last_ms: float
    start: Footprint
    end: Footprint


def measure_live(
    seconds: float, model: str = "full", people: int = 1, waited: Callable[[float], None] | None = None
) -> LiveSpeed:
    """The live speed over so many seconds, pictures of 480 x 360, a browser for each person, all on this computer.

    waited is told how many seconds have been measured. Raises SpeedError where Playwright (tests/requirements.txt),
    Chromium or /proc is missing, or nothing came back.
    """
    browser_path = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser_path is None:
        raise SpeedError("live speed: no Chromium was found (Debian: apt install chromium)")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise SpeedError(
            "live speed: run pip install -r tests/requirements.txt first (Playwright)"
        ) from error
    with (
        temporary_folder() as folder,
        _server(folder, model) as (url, process_id),
        sync_playwright() as playwright,
    ):
        camera = folder / "camera.mjpeg"
        write_camera_file(_CLIP, camera)
        switches = [*_SWITCHES, f"--use-file-for-fake-video-capture={camera}"]
        store = Store.open(folder / "data" / "sessions.sqlite")
        store.add_check_in(CheckIn(datetime.now(UTC), "before", 0, 0))  # who is measured has no pain
        store.close()
        browsers = [
            playwright.chromium.launch(executable_path=browser_path, headless=False, args=switches)
            for _ in range(people)
        ]
        pages = [_practising(browser, url) for browser in browsers]
        pages[0].wait_for_timeout(1000 * _WARM_UP_S)
        for page in pages:
            page.evaluate("window.results = []")
        start, began_s = footprint(process_id), time.monotonic()
        while (so_far_s := time.monotonic() - began_s) < seconds:
            if waited is not None:
                waited(so_far_s)
            pages[0].wait_for_timeout(1000 * min(5.0, seconds - so_far_s))
        results = [page.evaluate("window.results") for page in pages]
        took_s, end = time.monotonic() - began_s, footprint(process_id)
        for browser in browsers:
            browser.close()
    return _summed(results, took_s, start, end)


def _practising(browser: Any, url: str) -> Any:
    """A page with a set going on, past the set-up, of which nothing is measured."""
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.add_init_script(_SCRIPT)
    page.goto(url)
    page.locator('[data-part="start"]').click(timeout=60_000)
    page.locator('[data-part="skip"]').click(timeout=60_000)
    page.wait_for_function("window.results.length > 10", timeout=60_000)
    return page


def _summed(
    results: list[list[dict[str, Any]]], took_s: float, start: Footprint, end: Footprint
) -> LiveSpeed:
    fewest = min(len(one) for one in results)
    if fewest < 20:
        raise SpeedError(f"live speed: only {fewest} results came in {took_s:.0f} s")
    every = [result for one in results for result in one]
    part_ms = 1000 * min(60.0, took_s / 2)
    first, last = [], []
    for one in results:
        begun_ms, ended_ms = one[0]["atMs"], one[-1]["atMs"]
        first += [r["latencyMs"] for r in one if r["atMs"] <= begun_ms + part_ms]
        last += [r["latencyMs"] for r in one if r["atMs"] >= ended_ms - part_ms]
    return LiveSpeed(
        len(results),
        took_s,
        fewest / took_s,
        *_median_and_p95([r["latencyMs"] for r in every]),
        {name: _median_and_p95([r["stepsMs"][name] for r in every]) for name in STEPS},
        statistics.median(first),
        statistics.median(last),
        start,
        end,
    )


def _median_and_p95(values: list[float]) -> tuple[float, float]:
    return statistics.median(values), statistics.quantiles(values, n=20)[-1]


@contextmanager
def _server(folder: Path, model: str) -> Iterator[tuple[str, int]]:
    port = free_port(8700)
    environment = os.environ | {"DIAGONAL_DATA_DIR": str(folder / "data"), MODEL_VARIABLE: model}
    command = [sys.executable, str(_APP), "--port", str(port), "--no-browser"]
    url = f"http://localhost:{port}"
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        _wait_until_up(url, process)
        yield url, process.pid
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _wait_until_up(url: str, process: subprocess.Popen[bytes]) -> None:
    until_s = time.monotonic() + 300
    while process.poll() is None and time.monotonic() < until_s:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise SpeedError("live speed: the server did not come up; try: python app.py")


def footprint(process_id: int) -> Footprint:
    """Of a process and all below it. Raises SpeedError where there is no /proc."""
    if not Path(f"/proc/{process_id}/status").exists():
        raise SpeedError("live speed: memory is measured on Linux only")
    family, memory_kb, files = [process_id], 0, 0
    for one in family:  # grows while its children are found
        folder = Path(f"/proc/{one}")
        status = (folder / "status").read_text().splitlines()
        memory_kb += int(next(line for line in status if line.startswith("VmRSS")).split()[1])
        files += sum(1 for _ in (folder / "fd").iterdir())
        for task in (folder / "task").iterdir():
            family += map(int, (task / "children").read_text().split())
    return Footprint(memory_kb / 1024, files)
