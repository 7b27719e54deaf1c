"""Whether a page of this server's own opens a socket. A browser names the page's address in the header Origin.

Streamlit would also let pages of other ports of this computer in, and for any other address it would ask a server on
the internet for this computer's own: https://github.com/streamlit/streamlit, is_url_from_allowed_origins.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit


def is_known(host: str, hosts: Collection[str]) -> bool:
    """Return whether a header Host names this server; hosts: its names, without a port."""
    return _parts(f"//{host}")[2] in hosts


def is_same_origin(headers: Mapping[str, str]) -> bool:
    """Return whether a page of the very server that is asked opens a socket."""
    scheme, netloc, _ = _parts(headers.get("origin", ""))
    return scheme in ("http", "https") and netloc == headers.get("host", "")


def _parts(address: str) -> tuple[str, str, str | None]:
    """Return scheme, host with port, and host of an address; empty where it is none."""
    try:
        parts = urlsplit(address)
        return parts.scheme, parts.netloc, parts.hostname
    except ValueError:
        return "", "", None
