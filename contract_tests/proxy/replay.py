"""A recording served without an upstream: what was answered then is answered again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any
from urllib.parse import parse_qsl

from contract_tests.conduct.heard import Heard
from contract_tests.listening.ear import FAILURE, Message, Receive, Send
from contract_tests.proxy import saying
from contract_tests.proxy.hiding import is_masked
from contract_tests.proxy.hops import Pair, end_to_end
from contract_tests.proxy.upstream import target
from contract_tests.wire.exchange import Request, Response

# The body is there decoded, and its length may have changed with it.
_REFRAMED = frozenset({b"content-length", b"content-encoding"})


class Replay:
    """Answers by the entry that is nearest to a request.

    Method, path and query must be those of an entry; among several, one with the same body comes
    first. Entries that fit alike are answered in their order, and the last one again and again.
    What was masked in a recording fits everything.
    """

    def __init__(self, entries: Sequence[Heard]) -> None:
        """Serve entries that were answered."""
        self._entries = [one for one in entries if one.exchange.response]
        self._served: Counter[tuple[int, ...]] = Counter()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if any(name == b"upgrade" and v == b"websocket" for name, v in scope["headers"]):
            scope[FAILURE] = saying.NO_UPGRADE.reason
            await saying.say(saying.NO_UPGRADE, send, ends=True)
            return
        asked = Request(scope["method"], target(scope), (), await _read(receive))
        found = self._next(asked)
        if found is None:
            refusal = saying.Refusal(404, self._unmatched(asked))
            scope[FAILURE] = refusal.reason
            await saying.say(refusal, send)
            return
        await _answer(found, send)

    def _next(self, asked: Request) -> Response | None:
        fitting = [i for i, one in enumerate(self._entries) if _fits(one.exchange.request, asked)]
        same = [i for i in fitting if _has_body(self._entries[i].exchange.request, asked.body)]
        chosen = tuple(same or fitting)
        if not chosen:
            return None
        turn = self._served[chosen]
        self._served[chosen] += 1
        return self._entries[chosen[min(turn, len(chosen) - 1)]].exchange.response

    def _unmatched(self, asked: Request) -> str:
        known = dict.fromkeys(
            f"{one.exchange.request.method} {one.exchange.request.target}" for one in self._entries
        )
        mine = f"{asked.method} {asked.target}"
        near = get_close_matches(mine, list(known), n=1, cutoff=0.0)
        nearest = f"the nearest is {near[0]}" if near else "nothing was recorded"
        return f"the recording has no {asked.method} {asked.target}: {nearest}"


def _fits(own: Request, asked: Request) -> bool:
    path, _, query = own.target.partition("?")
    wanted, _, given = asked.target.partition("?")
    return own.method == asked.method and path == wanted and _is_same_query(query, given)


def _is_same_query(own: str, given: str) -> bool:
    mine, theirs = (sorted(parse_qsl(text, keep_blank_values=True)) for text in (own, given))
    return len(mine) == len(theirs) and all(
        name == other and _is_same(value, text)
        for (name, value), (other, text) in zip(mine, theirs, strict=True)
    )


def _has_body(own: Request, body: bytes) -> bool:
    if own.body == body:
        return True
    try:
        return _is_same(json.loads(own.body), json.loads(body))
    except (ValueError, RecursionError):
        return False


def _is_same(own: Any, given: Any) -> bool:
    """Say whether a value is the recorded one; what is masked stands for any text."""
    if isinstance(own, str) and isinstance(given, str) and is_masked(own):
        return True
    if isinstance(own, dict) and isinstance(given, dict):
        return own.keys() == given.keys() and all(_is_same(own[k], given[k]) for k in own)
    if isinstance(own, list) and isinstance(given, list):
        pairs = zip(own, given, strict=False)
        return len(own) == len(given) and all(_is_same(a, b) for a, b in pairs)
    return bool(own == given)


async def _read(receive: Receive) -> bytes:
    body = bytearray()
    while (message := await receive())["type"] == "http.request":
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return bytes(body)


async def _answer(found: Response, send: Send) -> None:
    pairs: list[Pair] = [(n.encode("latin-1"), v.encode("latin-1")) for n, v in found.headers]
    headers = [pair for pair in end_to_end(pairs) if pair[0].lower() not in _REFRAMED]
    if found.status not in {204, 304}:
        headers.append((b"content-length", str(len(found.body)).encode()))
    start: Message = {"type": "http.response.start", "status": found.status, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": found.body})
