"""An ASGI layer that lets the stand-in answer, and then does to the answer what a plan says."""

from __future__ import annotations

import asyncio
import gzip
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote

from contract_tests.listening.ear import FAILURE, SURPRISE, App, Message, Receive, Send, split
from contract_tests.surprise.answer import Answer, Delivery
from contract_tests.surprise.bending import bent
from contract_tests.surprise.book import Book
from contract_tests.surprise.failures import BEFORE_THE_DEED
from contract_tests.surprise.kind import Scene
from contract_tests.surprise.kinds import BY_NAME
from contract_tests.surprise.names import Names
from contract_tests.surprise.severable import sever
from contract_tests.surprise.surprise import Surprise, ids
from contract_tests.surprise.told import told

Sleep = Callable[[float], Awaitable[object]]
_LENGTH = b"content-length"


@dataclass(slots=True)
class _Memory:
    """What is remembered of one vendor while a client runs."""

    names: Names = field(default_factory=Names)
    own: frozenset[Any] = frozenset()
    pages: dict[str, list[Any]] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)


class Surprising:
    """Wraps an ASGI application, inside an Ear; answers of known operations are bent.

    What is not valid by the contract is never sent. `sleep` takes seconds: slow answers wait.
    """

    def __init__(
        self,
        app: App,
        plan: tuple[Surprise, ...],
        books: Mapping[str, Book],
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Do `plan` to the answers of `app`; `books` tell of each vendor that it is about."""
        self._app, self._plan, self._books, self._sleep = app, plan, books, sleep
        self._memories = {vendor: _Memory() for vendor in books}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        vendor, target = split(scope) if scope["type"] == "http" else ("", "")
        known = self._books.get(vendor)
        if known is None or not self._plan:
            await self._app(scope, receive, send)
            return
        one = _One(scope, target, known, self._memories[vendor])
        plan = [each for each in self._plan if each.vendor == vendor]
        answer, done = await one.answered(self._app, receive, plan)
        if done:
            scope[SURPRISE] = ids(done)
        await self._give(scope, receive, send, answer)

    async def _give(self, scope: Message, receive: Receive, send: Send, answer: Answer) -> None:
        how = answer.delivery
        if how.head_after_s:
            await self._sleep(how.head_after_s)
        if how.cut:
            scope[FAILURE] = f"the connection was cut ({how.cut})"
        if how.cut and how.cut_at < 0:
            await _cut(scope, receive, how)
            return
        answer = packed(answer)
        await send(_head(answer))
        body = answer.body if not how.cut else answer.body[: int(len(answer.body) * how.cut_at)]
        pieces = _pieces(body, how.pieces)
        for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            await self._sleep(how.over_s / len(pieces))
        if how.cut:
            await _cut(scope, receive, how)
            return
        await send({"type": "http.response.body", "body": b"", "more_body": False})


@dataclass(slots=True)
class _One:
    """One request, and how it comes to its answer."""

    scope: Message
    target: str
    book: Book
    memory: _Memory
    used: Mapping[Any, Any] = field(default_factory=dict)

    async def answered(
        self, app: App, receive: Receive, plan: list[Surprise]
    ) -> tuple[Answer, tuple[Surprise, ...]]:
        body = await _whole(receive)
        inner = self._meant()
        path, _, query = split(inner)[1].partition("?")
        self.memory.own |= told(query, body)
        operation_id = self.book.operation_id(self.scope["method"], path)
        due = self._due(operation_id, plan)
        if due and due[0].kind in BEFORE_THE_DEED:
            return self._refused(operation_id, due)
        answer = await _asked(app, inner, self.memory.names.body(body))
        if not operation_id or answer.status >= 400 or not due:
            return self._shown(answer), ()
        made, done = bent(self._scene(operation_id, answer), due)
        return self._shown(made), done

    def _due(self, operation_id: str, plan: list[Surprise]) -> list[Surprise]:
        """Return what is to be done to this answer; a refusal excludes all else."""
        if not operation_id or self.scope["method"] == "HEAD":
            return []
        self.memory.answers[operation_id] += 1
        now = self.memory.answers[operation_id]
        own = [each for each in plan if each.operation_id == operation_id and _is_now(each, now)]
        refusals = [each for each in own if each.kind in BEFORE_THE_DEED]
        return refusals[:1] or own

    def _refused(
        self, operation_id: str, due: list[Surprise]
    ) -> tuple[Answer, tuple[Surprise, ...]]:
        return bent(self._scene(operation_id, Answer(0)), due)

    def _shown(self, answer: Answer) -> Answer:
        """Return it with ids as the client knows them."""
        try:
            value = answer.json()
        except ValueError:
            return answer
        shown = self.memory.names.shown(value, self.used)
        return answer if shown == value else answer.saying(shown)

    def _scene(self, operation_id: str, plain: Answer) -> Scene:
        return Scene(
            self.book,
            operation_id,
            plain,
            url=_address(self.scope),
            own=self.memory.own,
            accepts_gzip="gzip" in _header(self.scope, b"accept-encoding"),
            names=self.memory.names,
            pages=self.memory.pages,
        )

    def _meant(self) -> Message:
        raw: bytes = self.scope.get("raw_path") or self.scope["path"].encode()
        path, self.used = self.memory.names.path(raw.partition(b"?")[0].decode("latin-1"))
        query = self.memory.names.query(self.scope.get("query_string", b"").decode("latin-1"))
        if not self.used and query.encode("latin-1") == self.scope.get("query_string", b""):
            return dict(self.scope)
        plain = {"raw_path": path.encode("latin-1"), "path": unquote(path)}
        return {**self.scope, **plain, "query_string": query.encode("latin-1")}


def _is_now(surprise: Surprise, now: int) -> bool:
    if surprise.nth:
        return surprise.nth == now
    first = BY_NAME[surprise.kind].first
    return not first or now <= first


async def _whole(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


async def _asked(app: App, scope: Message, body: bytes) -> Answer:
    """Return what the application answers to a request whose body is known."""
    parts: list[Message] = []
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
    length = str(len(body)).encode()
    headers = [(n, length if n == _LENGTH else value) for n, value in scope["headers"]]

    async def receive() -> Message:
        # The client is there until it has its answer.
        return waiting.pop() if waiting else await asyncio.get_running_loop().create_future()

    async def send(message: Message) -> None:
        parts.append(message)

    await app({**scope, "headers": headers}, receive, send)
    start = next(part for part in parts if part["type"] == "http.response.start")
    pairs = start.get("headers", ())
    spelt = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs)
    whole = b"".join(p.get("body", b"") for p in parts if p["type"] == "http.response.body")
    return Answer(start["status"], spelt, whole)


def _head(answer: Answer) -> Message:
    sent = answer
    if answer.delivery.pieces:
        sent = sent.without_header("content-length")
    pairs = [(n.encode("latin-1"), v.encode("latin-1")) for n, v in sent.headers]
    return {"type": "http.response.start", "status": answer.status, "headers": pairs}


def packed(answer: Answer) -> Answer:
    """Return it with a compressed body, where it is to go out so."""
    if not answer.delivery.is_packed:
        return answer
    small = answer.written(gzip.compress(answer.body, mtime=0))
    return replace(small.with_header("content-encoding", "gzip"))


def _pieces(body: bytes, count: int) -> list[bytes]:
    size = max(1, -(-len(body) // max(1, count)))
    return [body[at : at + size] for at in range(0, len(body), size)]


async def _cut(scope: Message, receive: Receive, how: Delivery) -> None:
    if not sever(scope, how.cut):
        raise ConnectionResetError("the connection was cut")
    while (await receive())["type"] != "http.disconnect":
        pass


def _header(scope: Message, name: bytes) -> str:
    found = [value.decode("latin-1") for own, value in scope["headers"] if own == name]
    return ", ".join(found).lower()


def _address(scope: Message) -> str:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    host = _header(scope, b"host") or "localhost"
    query = scope.get("query_string", b"").decode("latin-1")
    path = raw.partition(b"?")[0].decode("latin-1")
    return f"{scope.get('scheme', 'http')}://{host}{path}" + (f"?{query}" if query else "")
