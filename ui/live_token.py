"""Short-lived signed tokens: who may open the live socket."""

from __future__ import annotations

import hmac
import math
from hashlib import sha256
from typing import Final

LIFE_S: Final = 300.0
"""Seconds a token is good for; the page fetches a fresh one each time it connects."""


def issue(secret: bytes, now_s: float, life_s: float = LIFE_S) -> str:
    """A token good until now_s + life_s: the time at which it ends, a dot, and its signature."""
    until = str(math.ceil(now_s + life_s))
    return f"{until}.{_signature(secret, until)}"


def is_good(secret: bytes, token: str, now_s: float) -> bool:
    """Whether the token was issued with this secret and has not expired. Nonsense is False, no error."""
    until, _, signature = token.partition(".")
    if not (until.isascii() and until.isdigit() and signature.isascii() and len(until) <= 12):
        return False
    return hmac.compare_digest(signature, _signature(secret, until)) and now_s < int(until)


def _signature(secret: bytes, until: str) -> str:
    return hmac.new(secret, until.encode(), sha256).hexdigest()
