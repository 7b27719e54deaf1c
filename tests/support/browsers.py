"""Drive a real Chromium and a real server, and record what both did on the network."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Playwright, Request, TimeoutError

from scoring.safety.stop_rules import CheckIn
from sessions.store.store import Store
from vision.video.camera_file import write_camera_file

ROOT: Final = Path(__file__).parents[2]
CLIP: Final = ROOT / "ui" / "demo" / "arm-diagonal.mp4"
CHROMIUM: Final = shutil.which("chromium")
QUIET: Final = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NO_PROMPTS: Final = "--deny-permission-prompts"
"""Without it a page that may not use the camera would wait for an answer; a granted permission still holds."""
FAKE_CAMERA: Final = "--use-fake-device-for-media-stream"
POLICY: Final = "Content Security Policy"
HERE: Final = ("127.0.0.1", "localhost")


@dataclass(frozen=True)
class RunningServer:
    """A server started as a user starts it."""

    url: str
    data: Path
    trace: Path | None
    pid: int

    def kill(self) -> None:
        """End it as a power cut does: nothing is tidied up."""
        for pid in [*(traced_ones(self.pid) if self.trace else []), self.pid]:
            os.kill(pid, signal.SIGKILL)

    def connected_to(self) -> list[str]:
        """Every address that the process or a child of it connected to, traced by the kernel."""
        assert self.trace is not None
        text = self.trace.read_text()
        inet = re.findall(r'inet_addr\("([^"]+)"\)', text)
        inet6 = re.findall(r'inet_pton\(AF_INET6, "([^"]+)"', text)
        return inet + inet6


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(
    folder: Path,
    port: int | None = None,
    program: Sequence[str] = (sys.executable, str(ROOT / "app.py")),
    **variables: str,
) -> Iterator[RunningServer]:
    """Run `python app.py`, its connections traced where strace is, and stop it as Ctrl+C does unless it has ended.

    port: a free one unless given. program: the start of its command line. variables: of its environment.
    """
    port = port or free_port()
    strace, trace = shutil.which("strace"), folder / "connections.txt"
    tracing = [strace, "-f", "--seccomp-bpf", "-e", "trace=connect", "-o", str(trace)] if strace else []
    environment = os.environ | {"DIAGONAL_DATA_DIR": str(folder / "data")} | variables
    command = [*tracing, *program, "--port", str(port), "--no-browser"]
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    url = f"http://localhost:{port}"
    try:
        _wait_until_up(url, process, folder / "server.log")
        yield RunningServer(url, folder / "data", trace if strace else None, process.pid)
    finally:
        _stop(process, traced=bool(strace))


def _wait_until_up(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the server did not come up: {log.read_text()}")


def _stop(process: subprocess.Popen[bytes], *, traced: bool) -> None:
    if process.poll() is None:
        for pid in traced_ones(process.pid) if traced else [process.pid]:
            os.kill(pid, signal.SIGINT)
    process.wait(30)


def traced_ones(pid: int) -> list[int]:
    """The processes that a tracer with this number runs."""
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def launched(playwright: Playwright, *switches: str) -> Browser:
    """Start Debian's Chromium without a window."""
    return playwright.chromium.launch(
        executable_path=CHROMIUM,
        headless=False,
        args=[*QUIET, NO_PROMPTS, *switches],
        ignore_default_args=["--headless"],
    )


@contextmanager
def new_page(
    browser: Browser,
    width: int = 1366,
    height: int = 768,
    *,
    camera: bool = True,
    but_for: str | None = None,
    **wishes: Any,
) -> Iterator[Page]:
    """Yield a page with a profile of its own; afterwards nothing was asked of anybody but this computer, and nothing
    that a page needs was refused by our own Content-Security-Policy.

    camera: whether the person allows it. but_for: start of the addresses of another server, whose own pages may ask
    others. wishes: further options of the browser context.
    """
    permissions = ["camera"] if camera else []
    context = browser.new_context(
        viewport={"width": width, "height": height}, permissions=permissions, **wishes
    )
    outside: list[str] = []

    def note(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.hostname not in HERE:
            outside.append(url)

    refused: list[str] = []
    page = context.new_page()
    page.on("console", lambda said: refused.append(said.text) if POLICY in said.text else None)

    def requested(request: Request) -> None:
        if but_for is None or not request.frame.url.startswith(but_for):
            note(request.url)

    page.on("request", requested)
    page.on("websocket", lambda opened: note(opened.url))
    try:
        yield page
    finally:
        context.close()
    assert refused == [], refused
    assert outside == [], outside


def rest(seconds: float, from_s: float, to_s: float) -> list[tuple[float, float]]:
    """A plan in which a stretch of standing is played to and fro for about so long."""
    there_and_back = [(from_s, to_s), (to_s, from_s)]
    return there_and_back * max(1, round(seconds / (2 * (to_s - from_s))))


PRACTICE: Final = (*rest(3.6, 2.3, 3.5), (2.3, 13.8))
"""Of the demo clip: the start posture for as long as a set asks for it, then two repetitions, each of five seconds."""


class Camera:
    """The fake camera of a browser: it reopens its file each time a page opens it."""

    def __init__(self, folder: Path) -> None:
        """Play nothing yet."""
        self._path = folder / "camera.mjpeg"
        self._made: dict[object, Path] = {}
        self.switch = f"--use-file-for-fake-video-capture={self._path}"

    def play(self, clip: Path = CLIP, plan: Sequence[tuple[float, float]] | None = PRACTICE) -> None:
        """Play a clip over and over from the next opening of the camera on; plan as in write_camera_file."""
        key = (clip, None if plan is None else tuple(plan))
        if key not in self._made:
            self._made[key] = self._path.with_name(f"{len(self._made)}.mjpeg")
            write_camera_file(clip, self._made[key], plan)
        self._path.unlink(missing_ok=True)
        self._path.symlink_to(self._made[key])


def check_in(server: RunningServer) -> None:
    """Answer for the person that nothing is wrong, so that a set at the camera may begin."""
    store = Store.open(server.data / "sessions.sqlite")
    store.add_check_in(CheckIn(datetime.now(UTC), "before", 0, 0))
    store.close()


def unanswered(server: RunningServer) -> None:
    """As on a day on which the person has answered nothing yet; a server for several tests is one after another."""
    with closing(sqlite3.connect(server.data / "sessions.sqlite", timeout=30)) as store, store:
        store.execute("DELETE FROM sign")
        store.execute("DELETE FROM check_in")
        store.execute("DELETE FROM session_end")  # else the questions after the last set come first


def part(page: Page, name: str) -> Any:
    """The locator of one element of the live page."""
    return page.locator(f'[data-part="{name}"]')


def mode(page: Page) -> str:
    """What the live page is doing."""
    return str(page.locator(".coach").get_attribute("data-mode"))


def skip_checks(page: Page) -> None:
    """Wait for the set-up and go on from it to the set."""
    part(page, "skip").wait_for(timeout=30_000)
    past_checks(page)


def past_checks(page: Page) -> None:
    """Go on from a set-up that was seen to the set, unless it has passed by itself meanwhile."""
    while part(page, "skip").is_visible():
        with suppress(TimeoutError):
            part(page, "skip").click(timeout=1000)
        page.wait_for_timeout(50)
