"""Short-lived signed tokens: who may open the live socket, and as whom."""

from __future__ import annotations

import base64
import binascii
import hmac
import math
from hashlib import sha256
from typing import Final

LIFE_S: Final = 300.0
"""Seconds a token is good for; the page fetches a fresh one each time it connects."""


def issue(secret: bytes, now_s: float, life_s: float = LIFE_S, about: str = "") -> str:
    """A token good until now_s + life_s: that time, what it is about and its signature, with dots between."""
    body = f"{math.ceil(now_s + life_s)}.{base64.urlsafe_b64encode(about.encode()).decode()}"
    return f"{body}.{_signature(secret, body)}"


def read(secret: bytes, token: str, now_s: float) -> str | None:
    """What a token is about; None where it was not issued with this secret or has expired. Nonsense is no error."""
    body, _, signature = token.rpartition(".")
    until, _, about = body.partition(".")
    if not (until.isascii() and until.isdigit() and len(until) <= 12 and token.isascii()):
        return None
    if not hmac.compare_digest(signature, _signature(secret, body)) or now_s >= int(until):
        return None
    try:
        return base64.urlsafe_b64decode(about).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def is_good(secret: bytes, token: str, now_s: float) -> bool:
    """Whether the token was issued with this secret and has not expired."""
    return read(secret, token, now_s) is not None


def _signature(secret: bytes, body: str) -> str:
    return hmac.new(secret, body.encode(), sha256).hexdigest()
