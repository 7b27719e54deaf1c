"""A clinic's server as a process of its own, a real OpenID provider, and visitors without a browser."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin

import httpx
import oidc_provider_mock
from joserfc import jwt
from joserfc.jwk import OctKey
from oidc_provider_mock import User
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection
from websockets.sync.client import connect as open_socket
from websockets.typing import Origin, Subprotocol

from tests.support.browsers import free_port, served
from tests.support.live_fakes import BEGIN
from ui.signin.clinic import CLINIC_VARIABLE

SECRET: Final = "a long secret of this test alone, 32 or more"
FILE: Final = """
[auth]
redirect_uri = "http://localhost:{port}/oauth2callback"
cookie_secret = "a long secret of this test alone, 32 or more"
client_id = "diagonal"
client_secret = "of this test"
server_metadata_url = "http://localhost:{provider}/.well-known/openid-configuration"

[clinic]
role_claim = "roles"
"""


def users(roles: Mapping[str, Any]) -> list[User]:
    """Return people at the provider, each with a verified address and these roles."""
    return [
        User(sub=who, claims={"email": f"{who}@clinic.example", "email_verified": True, "roles": of})
        for who, of in roles.items()
    ]


@dataclass(frozen=True)
class ClinicServer:
    """A clinic's server that runs.

    url: its public address. provider: that of the server where people sign in. file: of the clinic. data: the folder
    of its records.
    """

    url: str
    provider: str
    file: Path
    data: Path

    def visitor(self, subject: str = "") -> Visitor:
        """Return somebody in a browser of their own; subject: as whom they sign in."""
        made = Visitor(self.url)
        if subject:
            made.sign_in(subject)
        return made


@contextmanager
def clinic_served(folder: Path, people: Sequence[User], **variables: str) -> Iterator[ClinicServer]:
    """Serve a clinic on a free port with a provider that knows these people."""
    port = free_port()
    with oidc_provider_mock.run_server_in_thread(user_claims=people) as provider:
        path = folder / "clinic.toml"
        path.write_text(FILE.format(port=port, provider=provider.server_port))
        with served(folder, port, **{CLINIC_VARIABLE: str(path)}, **variables) as server:
            theirs = f"http://localhost:{provider.server_port}/"
            yield ClinicServer(server.url, theirs, path, server.data)


@dataclass(frozen=True)
class Visitor:
    """The cookies of one browser, and what they open."""

    url: str
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30))

    def get(self, path: str, **asked: Any) -> httpx.Response:
        """Return the answer to a request of the page's own."""
        return self.client.get(urljoin(self.url, path), **asked)

    def sign_in(self, subject: str) -> httpx.Response:
        """Sign in at the provider; return the answer of the callback, which sets the cookies."""
        self.get("/_stcore/health")
        asked = {"provider": "default", "exp": int(time.time()) + 60}
        token = jwt.encode({"alg": "HS256"}, asked, OctKey.import_key(SECRET))
        sent_on = self.get("/auth/login", params={"provider": token})
        assert sent_on.status_code == 302, sent_on.text
        back = self.client.post(sent_on.headers["location"], data={"sub": subject})
        return self.client.get(back.headers["location"])

    def sign_out(self) -> None:
        """Ask the server to end the sign-in, as the page's button makes the browser do."""
        self.get("/auth/logout")

    def header(self) -> str:
        """Return the cookies as a browser sends them."""
        own = self.client.cookies.jar
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in own)

    @contextmanager
    def tab(self, page_id: str = "", *, named: bool = True) -> Iterator[Tab]:
        """Open a page in this browser.

        page_id: of one to be continued. named: whether Streamlit, too, is to know whose page it is.
        """
        if self.client.cookies.get("_streamlit_xsrf") is None:
            self.get("/_stcore/health")
        xsrf = self.client.cookies.get("_streamlit_xsrf") or ""
        protocols = ["streamlit", xsrf if named else "none", *([page_id] if page_id else [])]
        with self._socket("/_stcore/stream", *map(Subprotocol, protocols)) as socket:
            yield Tab(socket)

    @contextmanager
    def live(self, page: str) -> Iterator[ClientConnection]:
        """Begin a set with the demo, by the ticket in what the server said of the page Practise."""
        ticket = re.findall(r'"ticket\W*([\w.=-]+)', page)[-1]
        token = self.get("/live/token").json()["token"]
        with self._socket(f"/live/ws?token={token}") as socket:
            assert json.loads(socket.recv(10))["type"] == "hello"
            socket.send(json.dumps(BEGIN | {"ticket": ticket}))
            assert json.loads(socket.recv(60))["type"] == "begun"
            yield socket

    def _socket(self, path: str, *protocols: Subprotocol) -> ClientConnection:
        return open_socket(
            self.url.replace("http", "ws", 1) + path,
            origin=Origin(self.url),
            additional_headers={"Cookie": self.header()},
            subprotocols=protocols or None,
            max_size=None,
        )


@dataclass(frozen=True)
class Tab:
    """An open page, as the server's messages make it."""

    socket: ClientConnection

    def run(self, page: str = "", *, fragment: str = "", pressed: str = "", query: str = "") -> str:
        """Run a page, or a fragment of the one that is open; return all that the server says until it is done.

        pressed: the key of a button. query: what stands behind the question mark of the page's address.
        """
        asked = BackMsg()
        asked.rerun_script.query_string = query
        asked.rerun_script.page_name = page
        asked.rerun_script.fragment_id = fragment
        if pressed:
            asked.rerun_script.widget_states.widgets.add(id=pressed, trigger_value=True)
        self.socket.send(asked.SerializeToString())
        return self.until("script_finished")

    def until(self, kind: str, within_s: float = 30.0) -> str:
        """Return what the server says up to a message of that kind, as a person reads it. Raises TimeoutError."""
        said, end = [], time.monotonic() + within_s
        while True:
            data = self.socket.recv(timeout=max(0.0, end - time.monotonic()))
            message = ForwardMsg()
            message.ParseFromString(data if isinstance(data, bytes) else data.encode())
            said.append(str(message))
            if message.WhichOneof("type") == kind:
                return (
                    "\n".join(said).replace(":small[]", "").replace("\\", "")
                )  # what parts an address in Markdown


def element(said: str, key: str) -> str:
    """Return the id of the element with that key in what the server said."""
    return str(re.findall(rf"\$\$ID-[0-9a-f]+-{re.escape(key)}(?=\")", said)[-1])


def fragment_of(said: str) -> tuple[str, float]:
    """Return the fragment that the page is to run again and again, and after how many seconds."""
    found = re.findall(r"auto_rerun \{\s*interval: ([\d.]+)\s*fragment_id: \"(\w+)\"", said)
    return found[-1][1], float(found[-1][0])


def media_links(said: str) -> list[str]:
    """Return the addresses of files in what the server said."""
    return re.findall(r"/media/[0-9a-f]+\.?\w*", said)
