"""What cannot be written in a format."""

from __future__ import annotations

from base.errors import RequestError


class ExportError(RequestError):
    """A session that a format cannot hold: which, and why."""
