"""The messages of the live socket in the language of the person whose set it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from base.characters import visible
from i18n.translation import say

TOLD: Final = frozenset(
    (
        "message",
        "problem",
        "trouble",
        "reason",
        "ask",
        "text",
        "strength",
        "cue",
        "title",
        "setup",
        "command",
        "stage_title",
        "note",
        "sentence",
    )
)
"""The parts of messages, at any depth, whose texts people read or hear; all others are for the page's script."""


def in_language(message: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The message with its sentences in that language; English where there is no such pack."""
    return {key: _told(key, value, language) for key, value in message.items()}


def _told(key: str, value: Any, language: str) -> Any:
    if isinstance(value, str):
        return visible(say(value, language)) if key in TOLD else value
    if isinstance(value, dict):
        return in_language(value, language)
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [in_language(part, language) for part in value]
    return value
