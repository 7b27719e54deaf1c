"""The live socket: one connection of a page, its frames in and the coach's answers out.

It is a route of its own beside Streamlit, which does not guard it: origin, host and token are checked here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, MutableMapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from base.errors import DiagonalError
from i18n.translation import ENGLISH
from ui.live.app_state import Workplace, workplace
from ui.live.clock import LiveMessageError
from ui.live.live_set import LiveSet
from ui.live.message_translation import in_language
from ui.live.messages import Ask, Begin, Finish, Skip, read_request, written
from ui.live.open_sets import SILENT_S
from ui.live.waiting_line import Turn, waiting
from ui.signin import tokens as live_token
from ui.signin.origins import is_known, is_same_origin
from ui.widgets.plain_errors import reported

MOVED: Final = 4001
"""Close code for a connection whose set is continued on another one."""
ENDED: Final = 4003
"""Close code for a connection whose sign-in has ended."""
_SEND_S: Final = 5.0


async def live_socket(websocket: WebSocket) -> None:
    """Serve one connection; 403 for a foreign origin or host, or without a good token or resume id."""
    place = workplace()
    if not is_allowed(websocket, place):
        await websocket.close(1008)
        return
    await websocket.accept()
    await Connection(websocket, place).serve()


async def token_answer(request: Request) -> Response:
    """A fresh token as JSON, for our own page alone; 403 for another page or under a foreign host name.

    Another site cannot read the answer (no CORS header), nor reach it by a name of its own (the host is checked).
    """
    host = request.headers.get("host", "")
    if (
        not is_known(host, workplace().hosts)
        or request.headers.get("sec-fetch-site", "same-origin") != "same-origin"
    ):
        return PlainTextResponse("Only the coach's own page gets a token.", status_code=403)
    token = live_token.issue(workplace().secret, time.time())
    return JSONResponse({"token": token}, headers={"cache-control": "no-store"})


def is_allowed(websocket: WebSocket, place: Workplace) -> bool:
    """Whether the page that opens this socket is ours and knows a token or the id of an open set."""
    headers = websocket.headers
    if not is_same_origin(headers) or not is_known(headers.get("host", ""), place.hosts):
        return False
    query = websocket.query_params
    known_set = query.get("resume", "") in place.sets
    return known_set or live_token.is_good(place.secret, query.get("token", ""), time.time())


class Connection:
    """One open socket. Frames wait in a queue of one: a newer frame takes the place of one not yet begun."""

    def __init__(self, websocket: WebSocket, place: Workplace) -> None:
        self._socket = websocket
        self._place = place
        self._resume: str | None = None
        self._live: LiveSet | None = None
        self._language = ENGLISH
        self._newest: tuple[bytes, float] | None = None
        self._there_is_one = asyncio.Event()
        self._sending = asyncio.Lock()
        self._sending_soon: set[asyncio.Task[None]] = set()
        self._starting: asyncio.Task[None] | None = None

    async def serve(self) -> None:
        """Talk until the page goes; its set is then kept for a while."""
        judging = asyncio.create_task(self._judge_frames())
        try:
            await self._greet()
            await self._listen(judging)
        except WebSocketDisconnect:
            pass  # gone: what is open is kept below
        finally:
            judging.cancel()
            self._place.sets.leave(self)
            if self._resume is not None:
                self._place.sets.detach(self._resume, self)

    async def move_away(self) -> None:
        """Close, because the set is continued on another connection."""
        if self._socket.application_state is WebSocketState.CONNECTED:
            await self._socket.close(MOVED)

    def send_soon(self, message: Mapping[str, Any], *, last: bool = False) -> None:
        """See Page. A message that the page does not take in time is dropped."""
        task = asyncio.create_task(self._send_within(message, last))
        self._sending_soon.add(task)
        task.add_done_callback(self._sending_soon.discard)

    def ended(self, resume: str, summary: Mapping[str, Any], *, last: bool = False) -> None:
        """See Page."""
        if self._resume == resume:
            self._resume = self._live = self._newest = None
        elif not last:
            return  # it has asked for the end itself meanwhile
        self.send_soon(summary, last=last)

    def begin(self, turn: Turn) -> None:
        """See Page."""
        self._starting = asyncio.create_task(self._start(turn))

    async def _send_within(self, message: Mapping[str, Any], last: bool) -> None:
        try:
            async with asyncio.timeout(_SEND_S):
                await self._send(message)
                if last and self._socket.application_state is WebSocketState.CONNECTED:
                    await self._socket.close(ENDED)
        except (TimeoutError, WebSocketDisconnect):
            return  # it is gone, or about to be: its own connection says so

    async def _greet(self) -> None:
        resume, sets = self._socket.query_params.get("resume", ""), self._place.sets
        before = sets.owner(resume)
        live = sets.attach(resume, self)
        if live is not None:
            if isinstance(before, Connection):
                await before.move_away()
            await _in_thread(live, live.new_connection)
            self._resume, self._live, self._language = resume, live, live.language
        over = None if live is not None else await sets.ended(resume)
        await self._send(over or {"type": "hello", "set": None if live is None else _facts(live)})

    async def _listen(self, judging: asyncio.Task[None]) -> None:
        while True:
            receiving = asyncio.ensure_future(self._socket.receive())
            while not receiving.done():
                working = {judging, *({self._starting} if self._starting else ())}
                await asyncio.wait({receiving, *working}, return_when=asyncio.FIRST_COMPLETED)
                for task in working:
                    if task.done():
                        self._starting = None if task is self._starting else self._starting
                        _raise_of(task, receiving)
            message = await receiving
            if message["type"] == "websocket.disconnect":
                return
            try:
                await self._take(message)
            except DiagonalError as error:
                await self._send({"type": "error", "message": reported(error)})

    async def _take(self, message: MutableMapping[str, Any]) -> None:
        data = message.get("bytes")
        if data is not None:
            if self._live is None:
                raise LiveMessageError("frame: no set has begun; ask to begin first")
            self._newest = (data, time.monotonic())
            self._there_is_one.set()
            return
        request = read_request(message.get("text") or "")
        if isinstance(request, Begin):
            await self._begin(request)
        elif isinstance(request, Finish):
            await self._finish()
        else:
            await self._asked(request)

    async def _begin(self, request: Begin) -> None:
        sets = self._place.sets
        if self._live is not None:
            raise LiveMessageError("begin: a set is open on this connection; finish it first")
        self._language = request.language
        position = sets.line.position(self)
        if position:
            await self._send(waiting(position))
            return
        if self._starting is not None and not self._starting.done():
            return  # its turn has come, and the answer is on its way
        holder = await asyncio.to_thread(self._place.holder, request.ticket)
        await sets.join(Turn(self, holder, request))

    async def _start(self, turn: Turn) -> None:
        """Begin the set whose turn has come."""
        sets = self._place.sets
        try:
            live = await asyncio.get_running_loop().run_in_executor(None, self._place.begin_set, turn.request)
            if turn.given_up:
                await _in_thread(live, live.finish)
                live.worker.shutdown(wait=False)
                return
            self._resume, self._live = sets.add(live, self, turn.holder), live
        except DiagonalError as error:
            await self._send({"type": "error", "message": reported(error)})
            return
        finally:
            sets.begun(turn)
        self._place.get_ready()
        await self._send({"type": "begun", "resume": self._resume, "set": _facts(live)})

    async def _asked(self, request: Ask | Skip) -> None:
        if self._live is None:
            raise LiveMessageError(f"{request.type}: no set is open on this connection")
        if isinstance(request, Skip):
            await _in_thread(self._live, self._live.skip_setup)
        else:
            await self._send(await _in_thread(self._live, self._live.asked))

    async def _finish(self) -> None:
        if self._live is None or self._resume is None:
            raise LiveMessageError("finish: no set is open on this connection")
        resume, self._resume, self._live, self._newest = self._resume, None, None, None
        await self._send(await self._place.sets.finish(resume))
        self._place.get_ready()

    async def _judge_frames(self) -> None:
        while True:
            await self._there_is_one.wait()
            self._there_is_one.clear()
            live, newest, self._newest = self._live, self._newest, None
            if live is not None and newest is not None:
                with self._place.sets.judging(self._resume):
                    answer = await _in_thread(live, live.step, *newest)
                await self._send(answer)

    async def _send(self, message: Mapping[str, Any]) -> None:
        async with self._sending:
            if self._socket.application_state is WebSocketState.CONNECTED:
                await self._socket.send_text(written(in_language(message, self._language)))


def _facts(live: LiveSet) -> dict[str, Any]:
    """Return what a page must know of its set; silent_s: how long it stays open without a picture."""
    return live.facts() | {"silent_s": SILENT_S}


def _raise_of(task: asyncio.Task[None], receiving: asyncio.Future[Any]) -> None:
    """Raise what went wrong in a task, and then wait for no more messages."""
    if task.exception() is not None:
        receiving.cancel()
    task.result()


async def _in_thread(live: LiveSet, work: Any, *given: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(live.worker, work, *given)
