"""Build the documentation with Zensical and refuse what is broken in it or would be fetched from elsewhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

ROOT: Final = Path(__file__).parents[2]
SITE: Final = ROOT / "out" / "docs"
INSTALL: Final = "python -m pip install -r docs/requirements.txt"
_LOADED: Final = {
    "script": "src",
    "img": "src",
    "link": "href",
    "source": "src",
    "iframe": "src",
    "object": "data",
}
"""What a browser loads by itself, by the tag and attribute that name it."""
_NOT_LOADED: Final = {"canonical", "next", "prev", "alternate"}
_STYLE_URL: Final = re.compile(r"url\(\s*['\"]?(?:https?:)?//|@import\s+['\"](?:https?:)?//")
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")


def build() -> list[str]:
    """Build the site into SITE; return every problem, none where all is well."""
    program = shutil.which("zensical", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if program is None:
        return [f"zensical was not found; run: {INSTALL}"]
    shutil.rmtree(SITE, ignore_errors=True)
    done = subprocess.run(
        [program, "build", "--clean", "--strict"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        said = _COLOURS.sub("", done.stdout + done.stderr)
        return [said.partition("Traceback")[0].strip() or said]
    return list(problems(SITE))


class _Links(HTMLParser):
    """Collect the links and the loaded files of one page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag links to or loads."""
        given = dict(attrs)
        place = given.get(_LOADED.get(tag, ""))
        if place and given.get("rel") not in _NOT_LOADED:
            self.loaded.append(place)
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        if tag == "code" and "mermaid" in str(given.get("class")):
            self.loaded.append("https://a diagram that needs a script from elsewhere")


def problems(site: Path) -> Iterator[str]:
    """Find links to files that are not there, and files that a browser would load from another host."""
    for path in sorted(site.rglob("*.html")):
        page = _Links()
        page.feed(path.read_text(encoding="utf-8"))
        name = path.relative_to(site)
        for place in page.loaded:
            if urlsplit(place).netloc:
                yield f"{name}: loads {place}"
        for place in (*page.loaded, *page.links):
            if not _is_there(place, path, site):
                yield f"{name}: {place} is not there"
    for path in sorted(site.rglob("*.css")):
        if _STYLE_URL.search(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(site)}: loads a file from another host"


def _is_there(place: str, page: Path, site: Path) -> bool:
    parts = urlsplit(place)
    if parts.scheme or parts.netloc or not parts.path:
        return True
    start = site if parts.path.startswith("/") else page.parent
    found = start / unquote(parts.path).lstrip("/")
    return (found / "index.html").is_file() if found.is_dir() else found.is_file()
