"""An ASGI layer that hears every exchange, passes everything through, and changes nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
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
FAILURE = "contract_tests.failure"  # in the scope: why there is no answer, whatever was sent
SPELT = "contract_tests.spelt"  # in the scope: the headers as the client spelt their names
VENDOR = "contract_tests.vendor"  # in the scope: whose base URL this is, with no name before it
CALLER = "x-contract-tests-caller"  # the line that sent a request, told by a hook in a client
_KEPT = 2**20  # bytes of each body
_PATIENT_S = 0.05  # nobody hangs up before
_REST_S = 0.25  # how long an answer waits for a body that its server does not read


@dataclass(frozen=True, slots=True)
class Aim:
    """Where a request goes: the vendor, the target below its base URL, the whole address."""

    vendor: str
    target: str
    url: str


@dataclass(slots=True)
class _Body:
    """The first part of a body that streams by; `passed` counts all of its bytes."""

    most: int
    kept: bytearray = field(default_factory=bytearray)
    passed: int = 0

    def take(self, chunk: bytes) -> None:
        self.passed += len(chunk)
        if room := self.most - len(self.kept):
            self.kept += chunk[:room]

    @property
    def is_cut(self) -> bool:
        return self.passed > len(self.kept)

    @property
    def is_full(self) -> bool:
        return self.passed >= self.most


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
        *,
        aim: Callable[[Message], Aim] | None = None,
        most_bytes: int = _KEPT,
    ) -> None:
        """Hear what goes to `app`; `clock` tells seconds.

        `aim` reads a scope, where the first segment of the path is not the vendor's name.
        Of each body `most_bytes` are kept; `Heard` says where there was more.
        """
        self._app, self._hear, self._clock = app, hear, clock
        self._aim, self._most_bytes = aim or by_first_segment, most_bytes
        self._numbers = count(1)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        hearing = _Hearing(
            next(self._numbers), self._clock, (scope, receive, send), self._most_bytes
        )
        caller = _without_caller(scope)
        failure = ""
        try:
            await self._app(scope, hearing.receive, hearing.send)
        except Exception as error:
            failure = f"{type(error).__name__}: {error}"
            raise
        finally:
            aim = self._aim(scope)
            self._hear(aim.vendor, hearing.heard(aim, caller, failure))


class _Hearing:
    """One exchange while it goes on."""

    def __init__(
        self,
        number: int,
        clock: Callable[[], float],
        call: tuple[Message, Receive, Send],
        most_bytes: int,
    ) -> None:
        self._number, self._clock = number, clock
        self._scope, self._receive, self._send = call
        self._began_s = clock()
        self._asked, self._answered = _Body(most_bytes), _Body(most_bytes)
        self._start: Message | None = None
        self._is_whole = self._given_up = self._is_read = self._is_wanted = False

    async def receive(self) -> Message:
        self._is_wanted = True
        message = await self._receive()
        if message["type"] == "http.request":
            self._asked.take(message.get("body", b""))
            self._is_read = not message.get("more_body")
        elif not self._is_whole:
            self._given_up = True
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body":
            self._answered.take(message.get("body", b""))
            if not message.get("more_body"):
                await self._hear_out()
                await self._notice()
        await self._send(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self._is_whole = True

    async def _hear_out(self) -> None:
        """Read what the application leaves unread: behind the end of its answer nothing comes."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_REST_S):
                while self._has_more():
                    await self.receive()

    def _has_more(self) -> bool:
        if not self._is_unread() or self._given_up or self._asked.is_full:
            return False
        # Who waits for leave to send a body sends none that is refused (RFC 9110, 10.1.1).
        return self._is_wanted or b"expect" not in dict(self._scope["headers"])

    async def _notice(self) -> None:
        """Find out whether the client has left: an application that reads no more is not told."""
        if self._clock() - self._began_s < _PATIENT_S:
            return
        for _ in range(2):  # what it sends comes before that it is gone
            coming = asyncio.ensure_future(self.receive())
            await asyncio.sleep(0)
            if not coming.done():
                coming.cancel()
                return

    def heard(self, aim: Aim, caller: str, failure: str) -> Heard:
        ended_s, scope = self._clock(), self._scope
        told = scope.get(FAILURE, "")
        line, _, scene = caller.partition("\n")
        headers = _headers(scope.get(SPELT) or scope["headers"])
        request = Request(scope["method"], aim.target, headers, bytes(self._asked.kept))
        exchange = Exchange(
            url=aim.url,
            request=request,
            response=None if told else self._response(ended_s),
            failure=told or failure or ("" if self._start else "no answer"),
            at=self._began_s,
            caller=line,
        )
        return Heard(
            exchange,
            self._number,
            self._began_s,
            ended_s,
            given_up=self._given_up and not told,
            surprise=scope.get(SURPRISE, ""),
            request_cut=self._asked.is_cut or self._is_unread(),
            answer_cut=self._answered.is_cut,
            scene=scene,
        )

    def _is_unread(self) -> bool:
        """Say whether the server answered before it had read the body, as for a wrong key."""
        told = {name.lower(): value for name, value in self._scope["headers"]}
        has_body = b"transfer-encoding" in told or told.get(b"content-length", b"0") != b"0"
        return has_body and not self._is_read

    def _response(self, ended_s: float) -> Response | None:
        if self._start is None:
            return None
        return Response(
            self._start["status"],
            _headers(self._start.get("headers", ())),
            bytes(self._answered.kept),
            ended_s - self._began_s,
        )


def by_first_segment(scope: Message) -> Aim:
    """Return the aim of a request to a stand-in: the vendor is the first segment."""
    vendor, target = split(scope)
    return Aim(vendor, target, _url(scope))


def split(scope: Message) -> tuple[str, str]:
    """Return the vendor and the target below its base URL, with its query.

    The vendor is what the scope names, else the first segment of the path.
    """
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    path = raw.partition(b"?")[0].decode("latin-1")
    query = scope.get("query_string", b"").decode("latin-1")
    if VENDOR in scope:
        return scope[VENDOR], path + (f"?{query}" if query else "")
    first, slash, rest = path.lstrip("/").partition("/")
    return unquote(first), f"{slash}{rest}" + (f"?{query}" if query else "")


def _without_caller(scope: Message) -> str:
    named = CALLER.encode()
    found = [value for name, value in scope["headers"] if name == named]
    if found:
        for key in (key for key in ("headers", SPELT) if key in scope):
            scope[key] = [pair for pair in scope[key] if pair[0].lower() != named]
    return unquote(found[0].decode("latin-1")) if found else ""


def _headers(pairs: Any) -> Headers:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs)


def _url(scope: Message) -> str:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    path, query = raw.partition(b"?")[0].decode("latin-1"), scope.get("query_string", b"")
    host = next((v.decode("latin-1") for n, v in scope["headers"] if n == b"host"), "localhost")
    end = f"?{query.decode('latin-1')}" if query else ""
    return f"{scope.get('scheme', 'http')}://{host}{path}{end}"
