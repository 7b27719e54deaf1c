"""Fetchers of archives: a wheel by pip, a package by npm, a file by address.

Each takes a source, an empty folder that its caller removes, and a callback for the bytes so far; it returns
the archive's path or raises WeightsError with the reason. pip and npm are child processes of the user's own
installation, so that mirrors, proxies and certificates are as configured there and no registry is named here.
"""

from __future__ import annotations

import http.client
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from base.errors import WeightsError
from models.manifest import Source

Report = Callable[[int, int | None], None]
"""Called with the bytes so far and the total, None where that is not known."""

Fetcher = Callable[[Source, Path, Report], Path]
"""Fetches a source into a folder."""

Runner = Callable[[Sequence[str], Path, Mapping[str, str], Callable[[], None]], tuple[int, str]]
"""Runs a command in a folder with extra environment, calling back meanwhile: its exit status and its last
words."""

_POLL_S: Final = 0.1
_TIMEOUT_S: Final = 60.0
_CHUNK: Final = 1 << 16


def run_child(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], tick: Callable[[], None]
) -> tuple[int, str]:
    """Exit status and last line of output of a child process, which never outlives this call.

    tick is called about ten times a second while it runs. WeightsError where the program cannot be started.
    """
    log = folder / "child.log"
    with log.open("wb") as output:
        try:
            child = subprocess.Popen(
                list(command),
                cwd=folder,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        except OSError as error:
            raise WeightsError(f"{command[0]} cannot be started: {error}") from error
        try:
            while child.poll() is None:
                tick()
                time.sleep(_POLL_S)
        finally:
            child.kill()
            child.wait()
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    log.unlink()
    return child.returncode, lines[-1] if lines else "it said nothing"


def _bytes_under(folder: Path) -> int:
    total = 0
    for inner, _, names in os.walk(folder):  # which passes over a folder that is gone since it was listed
        for name in names:
            try:
                total += (Path(inner) / name).stat().st_size
            except FileNotFoundError:  # gone since it was listed
                continue
    return total


def _watched(source: Source, folder: Path, report: Report) -> Callable[[], None]:
    """Reports the bytes that a child process has put into the folder so far."""

    def tick() -> None:
        done = _bytes_under(folder)
        report(done if source.size is None else min(done, source.size), source.size)

    return tick


def _only_file(source: Source, folder: Path, suffix: str, outcome: tuple[int, str]) -> Path:
    """The one file with a suffix that a child process left in a folder; its outcome says why not."""
    status, words = outcome
    if status != 0:
        raise WeightsError(f"{source.kind} ended with status {status}: {words}")
    found = sorted(folder.glob(f"*{suffix}"))
    if len(found) != 1:
        raise WeightsError(f"{source.kind} left {len(found)} files *{suffix}, expected one")
    return found[0]


def fetch_pip(source: Source, folder: Path, report: Report, run: Runner = run_child) -> Path:
    """The wheel of a pinned requirement; it is only read, so its platform need not be this machine's."""
    out = folder / "out"
    command = [
        *(sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"),
        *("--implementation", "cp", "--python-version", "3.11", "--platform", "manylinux_2_28_x86_64"),
        *("--no-cache-dir", "--no-input", "--disable-pip-version-check", "--quiet"),
        *("--dest", str(out), source.what),
    ]
    scratch = str(folder)  # pip downloads here first, so that the growing file can be watched
    environment = {"TMPDIR": scratch, "TEMP": scratch, "TMP": scratch}
    return _only_file(
        source, out, ".whl", run(command, folder, environment, _watched(source, folder, report))
    )


def fetch_npm(source: Source, folder: Path, report: Report, run: Runner = run_child) -> Path:
    """The package as npm packs it. WeightsError where npm is not installed."""
    npm = shutil.which("npm")
    if npm is None:
        raise WeightsError("npm is not installed")
    out = folder / "out"
    out.mkdir()
    command = [npm, "pack", source.what, "--silent", "--pack-destination", str(out)]
    environment = {"npm_config_cache": str(folder / "npm"), "npm_config_update_notifier": "false"}
    return _only_file(
        source, out, ".tgz", run(command, folder, environment, _watched(source, folder, report))
    )


def fetch_http(source: Source, folder: Path, report: Report) -> Path:
    """The file at an address, through the proxy of the environment if there is one."""
    target = folder / "archive"
    done = 0
    try:
        with urllib.request.urlopen(source.what, timeout=_TIMEOUT_S) as answer, target.open("wb") as file:
            length = answer.headers.get("Content-Length")
            total = source.size or (int(length) if length and length.isdigit() else None)
            while chunk := answer.read(_CHUNK):
                file.write(chunk)
                done += len(chunk)
                report(done, total)
    except (OSError, http.client.HTTPException) as error:
        raise WeightsError(f"the download failed: {error or type(error).__name__}") from error
    return target


FETCHERS: Final[dict[str, Fetcher]] = {"pip": fetch_pip, "npm": fetch_npm, "http": fetch_http}
"""Kind of source to its fetcher."""
