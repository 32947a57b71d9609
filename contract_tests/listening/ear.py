"""An ASGI layer that hears every exchange, passes everything through, and changes nothing."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import unquote

from contract_tests.conduct.heard import Heard
from contract_tests.wire.exchange import Exchange, Headers, Request, Response

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

SURPRISE = "contract_tests.surprise"  # in the scope: the id of what was done to the answer
CALLER = "x-contract-tests-caller"  # the line that sent a request, told by a hook in a client
_KEPT = 2**20  # of each body: more is counted by nobody


@dataclass(slots=True)
class _Body:
    """The first part of a body that streams by."""

    kept: bytearray = field(default_factory=bytearray)

    def take(self, chunk: bytes) -> None:
        self.kept += chunk[: _KEPT - len(self.kept)]


class Ear:
    """Wraps an ASGI application; `hear` is told of every exchange once it is over.

    It is called on the event loop with the vendor's name (the first segment of the path) and what
    was heard, secrets and all: `Conduct.hear` masks them.
    """

    def __init__(
        self,
        app: App,
        hear: Callable[[str, Heard], object],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Hear what goes to `app`; `clock` tells seconds."""
        self._app, self._hear, self._clock = app, hear, clock
        self._numbers = count(1)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        hearing = _Hearing(next(self._numbers), self._clock, receive, send)
        caller = _without_caller(scope)
        failure = ""
        try:
            await self._app(scope, hearing.receive, hearing.send)
        except Exception as error:
            failure = f"{type(error).__name__}: {error}"
            raise
        finally:
            vendor, heard = hearing.heard(scope, caller, failure)
            self._hear(vendor, heard)


class _Hearing:
    """One exchange while it goes on."""

    def __init__(
        self, number: int, clock: Callable[[], float], receive: Receive, send: Send
    ) -> None:
        self._number, self._clock = number, clock
        self._receive, self._send = receive, send
        self._began_s = clock()
        self._asked, self._answered = _Body(), _Body()
        self._start: Message | None = None
        self._is_whole = self._given_up = False

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._asked.take(message.get("body", b""))
        elif not self._is_whole:
            self._given_up = True
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body":
            self._answered.take(message.get("body", b""))
        await self._send(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self._is_whole = True

    def heard(self, scope: Message, caller: str, failure: str) -> tuple[str, Heard]:
        ended_s = self._clock()
        vendor, target = split(scope)
        request = Request(
            scope["method"], target, _headers(scope["headers"]), bytes(self._asked.kept)
        )
        exchange = Exchange(
            url=_url(scope),
            request=request,
            response=self._response(ended_s),
            failure=failure or ("" if self._start else "no answer"),
            at=self._began_s,
            caller=caller,
        )
        return vendor, Heard(
            exchange,
            self._number,
            self._began_s,
            ended_s,
            given_up=self._given_up,
            surprise=scope.get(SURPRISE, ""),
        )

    def _response(self, ended_s: float) -> Response | None:
        if self._start is None:
            return None
        return Response(
            self._start["status"],
            _headers(self._start.get("headers", ())),
            bytes(self._answered.kept),
            ended_s - self._began_s,
        )


def split(scope: Message) -> tuple[str, str]:
    """Return the first segment of the path, and the target below it with its query."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    path = raw.partition(b"?")[0].decode("latin-1")
    first, slash, rest = path.lstrip("/").partition("/")
    query = scope.get("query_string", b"").decode("latin-1")
    return unquote(first), f"{slash}{rest}" + (f"?{query}" if query else "")


def _without_caller(scope: Message) -> str:
    named = CALLER.encode()
    found = [value for name, value in scope["headers"] if name == named]
    if found:
        scope["headers"] = [pair for pair in scope["headers"] if pair[0] != named]
    return unquote(found[0].decode("latin-1")) if found else ""


def _headers(pairs: Any) -> Headers:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs)


def _url(scope: Message) -> str:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    path, query = raw.partition(b"?")[0].decode("latin-1"), scope.get("query_string", b"")
    host = next((v.decode("latin-1") for n, v in scope["headers"] if n == b"host"), "localhost")
    end = f"?{query.decode('latin-1')}" if query else ""
    return f"{scope.get('scheme', 'http')}://{host}{path}{end}"
