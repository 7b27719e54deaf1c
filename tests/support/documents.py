"""Read the pages of the documentation."""

from __future__ import annotations

from typing import Final

from tests.docs.generated import DOCS
from tests.docs.generated import PAGES as GENERATED

PAGES: Final = {
    path.relative_to(DOCS).as_posix(): path.read_text(encoding="utf-8") for path in sorted(DOCS.rglob("*.md"))
}
"""The text of each page by its place in docs/."""
WRITTEN: Final = {name: text for name, text in PAGES.items() if name not in GENERATED}
"""Pages that people wrote."""
BY_HAND: Final = "\n".join(WRITTEN.values())
