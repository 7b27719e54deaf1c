"""What a camera, a computer or a server can do in the middle of a set: it goes on or says why, and keeps what counted.

The camera is a canvas with the picture of the browser's own camera, so that it can be covered, stopped and pulled out;
all behind it is real: page, socket, pose estimation, Coach, store.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from models.provision import ensure
from sessions.store.store import Store
from tests.support.browsers import (
    CHROMIUM,
    ROOT,
    Camera,
    RunningServer,
    check_in,
    free_port,
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

_CAMERA: Final = """
window.camera = { covered: false, still: false, there: true, tracks: [] };
const own = document.createElement("video");
own.muted = true;
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
const canvas = document.createElement("canvas");
[canvas.width, canvas.height] = [640, 480];
const context = canvas.getContext("2d");
window.setInterval(() => {
  if (document.hidden) return; // a browser gives no pictures to such a page
  if (camera.covered) {
    context.fillStyle = "#0a0a0a";
    context.fillRect(0, 0, 640, 480);
  } else if (camera.still) {
    context.drawImage(canvas, 0, 0);
  } else {
    context.drawImage(own, 0, 0);
    context.fillStyle = `rgb(${performance.now() % 255}, 90, 90)`; // no two pictures are the same
    context.fillRect(0, 0, 12, 12);
  }
}, 33);
navigator.mediaDevices.getUserMedia = async () => {
  if (!camera.there) throw new DOMException("none", "NotFoundError");
  own.srcObject ??= await open({ video: { width: 640, height: 480 } });
  await own.play();
  const stream = canvas.captureStream(30);
  camera.tracks = stream.getTracks();
  return stream;
};
navigator.mediaDevices.enumerateDevices = async () => (camera.there ? [{ kind: "videoinput" }] : []);
camera.unplug = () => {
  camera.there = false;
  for (const track of camera.tracks) track.dispatchEvent(new Event("ended"));
  navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
};
camera.plug = () => {
  camera.there = true;
  navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
};
"""
_HIDDEN: Final = (
    "Object.defineProperty(document, 'hidden', {{ value: {hidden}, configurable: true }});"
    "document.dispatchEvent(new Event('visibilitychange'));"
)
"""What Chromium says of a page behind another; without a window it says so of none."""

_SLOW: Final = """
import time

import vision.analysis.frame_analyzer

look = vision.analysis.frame_analyzer.OwnEye.look


def late(self, *given, **named):
    time.sleep(0.08)
    return look(self, *given, **named)


vision.analysis.frame_analyzer.OwnEye.look = late
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    ensure("full")
    with served(tmp_path_factory.mktemp("server")) as running:
        yield running


@contextmanager
def counting(server: RunningServer, browser: Browser, camera: Camera) -> Iterator[Page]:
    """A page with a set at the camera in which one repetition has counted."""
    check_in(server)
    camera.play()
    with new_page(browser) as page:
        page.add_init_script(_CAMERA)
        page.goto(server.url)
        expect(part(page, "start")).to_be_visible(timeout=30_000)
        part(page, "start").click()
        skip_checks(page)
        wait_for(page, 1)
        yield page


def count(page: Page) -> int:
    return int(part(page, "count").inner_text())


def wait_for(page: Page, least: int) -> None:
    for _ in range(240):
        if count(page) >= least:
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"{count(page)} repetitions, expected {least}")


def end_and_compare(page: Page, server: RunningServer, least: int) -> None:
    """Finish: what the page counted is what the store holds, and nothing less than before."""
    shown = count(page)
    part(page, "stop").click()
    expect(part(page, "notice")).to_contain_text("saved", timeout=20_000)
    assert shown >= least
    assert shown <= stored(server) <= shown + 1


def stored(server: RunningServer) -> int:
    store = Store.open(server.data / "sessions.sqlite")
    last = store.sessions()[0]
    store.close()
    return last.repetitions


def test_a_covered_a_still_and_a_pulled_out_camera_are_said_and_the_set_goes_on(
    server: RunningServer, browser: Browser, camera: Camera
) -> None:
    with counting(server, browser, camera) as page:
        for what, sentence in (("covered", "picture is blank"), ("still", "stands still")):
            page.evaluate(f"camera.{what} = true")
            expect(part(page, "trouble")).to_contain_text(sentence, timeout=15_000)
            expect(part(page, "trouble")).to_be_visible()
            before = count(page)
            page.wait_for_timeout(3000)
            assert count(page) == before, "what is not seen does not count"
            page.evaluate(f"camera.{what} = false")
            expect(part(page, "trouble")).to_be_hidden(timeout=15_000)
        page.evaluate("camera.unplug()")
        expect(part(page, "fault")).to_contain_text("disconnected")
        part(page, "resume").click()
        expect(part(page, "fault")).to_contain_text("No camera was found")
        page.evaluate("camera.plug()")
        expect(part(page, "stop")).to_be_visible(timeout=15_000)
        wait_for(page, before + 1)
        end_and_compare(page, server, before + 1)


def test_after_the_background_and_after_sleep_the_set_goes_on(
    server: RunningServer, browser: Browser, camera: Camera
) -> None:
    """The debugger stops all of the page's script, as sleep does; the clock of the camera goes on."""
    with counting(server, browser, camera) as page:
        before = count(page)
        page.evaluate(_HIDDEN.format(hidden="true"))
        expect(part(page, "state")).to_contain_text("hidden", timeout=5_000)
        page.wait_for_timeout(4000)
        page.evaluate(_HIDDEN.format(hidden="false"))
        expect(part(page, "trouble")).to_contain_text("The pictures stopped", timeout=10_000)
        expect(part(page, "trouble")).to_be_hidden(timeout=15_000)
        devtools = page.context.new_cdp_session(page)
        devtools.send("Debugger.enable")
        devtools.send("Debugger.pause")
        page.wait_for_timeout(5000)
        devtools.send("Debugger.resume")
        devtools.send("Debugger.disable")
        expect(part(page, "trouble")).to_contain_text("The pictures stopped", timeout=10_000)
        expect(part(page, "trouble")).to_be_hidden(timeout=15_000)
        wait_for(page, before + 1)
        end_and_compare(page, server, before + 1)


def test_pose_estimation_that_takes_80_ms_longer_still_counts(
    tmp_path: Path, browser: Browser, camera: Camera
) -> None:
    ensure("full")
    (tmp_path / "sitecustomize.py").write_text(_SLOW)
    with (
        served(tmp_path, PYTHONPATH=f"{tmp_path}:{ROOT}") as server,
        counting(server, browser, camera) as page,
    ):
        expect(part(page, "speed")).not_to_be_empty()
        rate = float(part(page, "speed").inner_text().split()[0])
        assert 3 < rate < 1 / 0.08
        end_and_compare(page, server, 1)


def test_a_server_that_ends_in_the_middle_loses_no_repetition(
    tmp_path: Path, browser: Browser, camera: Camera
) -> None:
    ensure("full")
    port = free_port()
    with served(tmp_path, port) as server, counting(server, browser, camera) as page:
        before = count(page)
        server.kill()
        expect(part(page, "lost")).to_contain_text("Trying again", timeout=15_000)
        assert stored(server) == before
        with served(tmp_path, port):
            expect(part(page, "notice")).to_contain_text("started anew", timeout=60_000)
            expect(part(page, "start")).to_be_visible()
            assert stored(server) == before
