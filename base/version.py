"""The version of this code, written into every record it makes."""

from __future__ import annotations

from typing import Final

VERSION: Final = "0.1.0"
"""The same as in pyproject.toml, which a test compares; known without git or an installed package."""
