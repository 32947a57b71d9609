"""Searching the body for an expression: without stopping the loop, and never for ever."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from http_peers import PATIENCE_S, fetched, says

from probes.failure import FailureKind
from probes.http import HttpResult, matching

ENDLESS = "(a+)+$"
BODY = b"a" * 60 + b"b"


async def answered(body: bytes, expression: str, **settings: Any) -> HttpResult:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    async with says(head + body).serving() as peer:
        return await fetched(peer.url, body_match=expression, **settings)


@pytest.mark.parametrize(
    ("expression", "found"),
    [("sign", True), ("Sign", False), (r"sig\w+ in$", True), (r"^in", False), ("é.", True)],
)
def test_an_expression_is_found_or_not(expression: str, *, found: bool) -> None:
    body = "é, signed in".encode()
    result = asyncio.run(asyncio.wait_for(answered(body, expression), PATIENCE_S))
    assert (result.matched, result.ok) == (found, found)


def test_an_expression_without_end_is_a_failure_that_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(matching, "LEAST_S", 1.0)
    call = answered(BODY, ENDLESS, timeout_s=1.0)
    result = asyncio.run(asyncio.wait_for(call, PATIENCE_S))
    assert result.failure is not None
    assert (result.failure.kind, result.matched) == (FailureKind.CONTENT, None)
    assert "did not end within 1.0 s" in result.failure.message
    assert (result.status, result.total_ms is not None) == (200, True)


def test_the_loop_goes_on_while_a_search_does_not_end() -> None:
    async def ticks() -> int:
        search = asyncio.ensure_future(matching.search(ENDLESS, BODY.decode(), 2.0))
        count = 0
        while not search.done():
            await asyncio.sleep(0.01)
            count += 1
        return count

    assert asyncio.run(asyncio.wait_for(ticks(), PATIENCE_S)) > 5
