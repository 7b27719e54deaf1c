"""How fast the live coach is: a real browser and a real server on this computer, measured from outside."""

from __future__ import annotations

import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from models.errors import DiagonalError
from ui.first_start import free_port
from ui.live_component import DEMO_URL
from ui.workplace import MODEL_VARIABLE

_APP: Final = Path(__file__).parents[1] / "app.py"
_WARM_UP_S: Final = 8.0
_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
_SWITCHES: Final = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking")
# A camera that shows the demo clip over and over; each result is noted as the page draws it.
_SCRIPT: Final = """
navigator.mediaDevices.getUserMedia = async () => {
  const clip = document.createElement('video');
  Object.assign(clip, { src: '%s', loop: true, muted: true });
  await clip.play();
  return clip.captureStream();
};
window.results = [];
document.addEventListener('diagonal-result', (event) => window.results.push(event.detail));
"""


class SpeedError(DiagonalError):
    """The live speed cannot be measured on this computer."""


@dataclass(frozen=True)
class LiveSpeed:
    """What was measured.

    median_ms and p95_ms: from a picture being there in the browser to its skeleton drawn. memory in MB (resident) of
    the server after the warm-up and at the end. share_ms: median of each step; "browser and way" is the rest.
    """

    results_per_s: float
    median_ms: float
    p95_ms: float
    memory_start_mb: float
    memory_end_mb: float
    share_ms: dict[str, float]


def measure_live(seconds: float, model: str = "full") -> LiveSpeed:
    """The live speed over so many seconds, pictures of 480 x 360, all on this computer.

    Raises SpeedError where Playwright (tests/requirements.txt), Chromium or /proc is missing, or nothing came back.
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
        tempfile.TemporaryDirectory() as folder,
        _server(Path(folder), model) as (url, process_id),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=browser_path, headless=False, args=list(_SWITCHES)
        )
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.add_init_script(_SCRIPT % DEMO_URL)
        page.goto(url)
        page.locator('[data-part="start"]').click(timeout=60_000)
        page.wait_for_function("window.results.length > 10", timeout=60_000)
        page.wait_for_timeout(1000 * _WARM_UP_S)
        page.evaluate("window.results = []")
        start_mb, began_s = _memory_mb(process_id), time.monotonic()
        page.wait_for_timeout(1000 * seconds)
        results, took_s = page.evaluate("window.results"), time.monotonic() - began_s
        end_mb = _memory_mb(process_id)
        browser.close()
    return _summed(results, took_s, start_mb, end_mb)


def _summed(results: list[dict[str, Any]], took_s: float, start_mb: float, end_mb: float) -> LiveSpeed:
    if len(results) < 10:
        raise SpeedError(f"live speed: only {len(results)} results came in {took_s:.0f} s")
    latencies_ms = [float(result["latencyMs"]) for result in results]
    names = results[0]["timings"]
    share_ms = {
        name.removesuffix("_ms"): statistics.median(float(r["timings"][name]) for r in results)
        for name in names
    }
    median_ms = statistics.median(latencies_ms)
    share_ms["browser and way"] = median_ms - sum(share_ms.values())
    p95_ms = statistics.quantiles(latencies_ms, n=20)[-1]
    return LiveSpeed(len(results) / took_s, median_ms, p95_ms, start_mb, end_mb, share_ms)


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


def _memory_mb(process_id: int) -> float:
    status = Path(f"/proc/{process_id}/status")
    if not status.exists():
        raise SpeedError("live speed: memory is measured on Linux only")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
