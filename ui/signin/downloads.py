"""Which files a page may fetch: those that the server named to it, for ten minutes, while it is signed in.

Streamlit serves each file under a name that follows from its content, to whoever asks. A page names a file in the
elements that are made for it. The same address in any other text of a message may come from the person at the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from sessions.people.sign_ins import SignIn

MEDIA: Final = "/media/"
LIFE_S: Final = 600.0
_LINK: Final = re.compile(rf"{MEDIA}([0-9a-f]{{32,128}})(?:\.\w+)?")
_FILES: Final = frozenset(("DownloadButton.url", "Video.url", "Audio.url", "Image.url", "PageConfig.favicon"))
"""Fields of Streamlit's messages in which it writes the address of a file, and nobody else writes anything."""
Owner = int | str
"""The number of a sign-in, or at home what the browser is known by."""


@dataclass
class Downloads:
    """Files by their name, each with the pages that it was named to and until when. Used on the event loop only."""

    _until: dict[str, dict[Owner, float]] = field(default_factory=dict)

    def note(self, message: bytes, owner: Owner, now_s: float) -> None:
        """Let a page fetch the files that are named in a message to it."""
        names = named_files(message)
        if names:
            self._forget(now_s)
        for name in names:
            self._until.setdefault(name, {})[owner] = now_s + LIFE_S

    def owners(self, path: str, now_s: float) -> tuple[Owner, ...]:
        """Return to which pages the file at an address was named less than LIFE_S ago."""
        name = path.rpartition("/")[2].partition(".")[0]
        return tuple(owner for owner, until_s in self._until.get(name, {}).items() if now_s < until_s)

    def _forget(self, now_s: float) -> None:
        for name, owners in list(self._until.items()):
            live = {owner: until_s for owner, until_s in owners.items() if now_s < until_s}
            if live:
                self._until[name] = live
            else:
                del self._until[name]


def named_files(message: bytes) -> set[str]:
    """Return the names of the files that a message of Streamlit's puts on a page."""
    if MEDIA.encode() not in message:
        return set()
    addresses = _addresses(ForwardMsg.FromString(message))
    return {found[1] for address in addresses if (found := _LINK.fullmatch(address))}


def _addresses(message: Any) -> Iterator[str]:
    """Yield the addresses of files in a message of protobuf and in the messages that it has."""
    for described, value in message.ListFields():
        if described.full_name in _FILES:
            yield value
        elif described.message_type is not None:
            parts = [value] if hasattr(value, "ListFields") else value
            for part in parts:
                if hasattr(part, "ListFields"):  # not the keys of a map
                    yield from _addresses(part)


def may_fetch(asks: SignIn, owners: tuple[Owner, ...], signed_in: Callable[[int], SignIn | None]) -> bool:
    """Return whether somebody may fetch a file: named to them, to another sign-in of the same person, or a therapist.

    A sign-in that has ended counts for nothing. signed_in: the sign-in of a number, None where it has ended.
    """
    live = [found for owner in owners if isinstance(owner, int) and (found := signed_in(owner)) is not None]
    therapist = asks.role == "therapist"
    return any(therapist or owner.id == asks.id or _same_person(owner, asks) for owner in live)


def _same_person(one: SignIn, other: SignIn) -> bool:
    return one.person_id is not None and one.person_id == other.person_id
