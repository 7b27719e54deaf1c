"""On which sign-in each page rests.

Streamlit continues a page for whoever has its id, which stands in the addresses of uploads, too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Scope
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

_MOST: Final = 10_000
_PROTOCOLS: Final = "sec-websocket-protocol"
_ID_AT: Final = 2
"""Streamlit's page sends in this header: a name, its token against forged requests, the id of the page."""


@dataclass
class PageSessions:
    """The ids of pages, each with the number of a sign-in. Used on the event loop only."""

    _owners: dict[str, int] = field(default_factory=dict)

    def note(self, message: bytes, sign_in_id: int) -> bool:
        """Remember whose page it is, if a message of Streamlit's has its id; return whether it has."""
        session_id = ForwardMsg.FromString(message).new_session.initialize.session_id
        if session_id:
            self._owners[session_id] = sign_in_id
            for oldest in list(self._owners)[:-_MOST]:
                del self._owners[oldest]
        return bool(session_id)

    def own_only(self, scope: Scope, sign_in_id: int | None) -> Scope:
        """Return a page's request; where it would continue a page of another sign-in, a request for a new one."""
        asked = [part.strip() for part in Headers(scope=scope).get(_PROTOCOLS, "").split(",")]
        if len(asked) <= _ID_AT or not asked[_ID_AT]:
            return scope
        if sign_in_id is not None and self._owners.get(asked[_ID_AT]) == sign_in_id:
            return scope
        scope = {**scope, "headers": list(scope["headers"])}
        MutableHeaders(scope=scope)[_PROTOCOLS] = ", ".join(asked[:_ID_AT])
        return scope
