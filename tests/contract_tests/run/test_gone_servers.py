"""A server that goes away in the middle of a run is blamed for that, once."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from inspected import KEY

from contract_tests.checks.rule import Effect, Rule
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import Roles
from contract_tests.run.inspection import Inspection, Step
from contract_tests.run.outcome import Outcome
from contract_tests.wire.exchange import Request
from contract_tests.wire.wire import Wire
from contract_tests.world.world import World

_TEXT = {"description": "", "content": {"text/plain": {"schema": {"type": "string"}}}}
CONTRACT: dict[str, Any] = {
    "openapi": "3.0.3",
    "servers": [{"url": "http://h"}],
    "paths": {
        "/item": {"get": {"operationId": "read", "summary": "", "responses": {"200": _TEXT}}}
    },
}
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nok"


@contextmanager
def mortal(answers: int, last: bytes) -> Iterator[int]:
    """Answer so many requests, then send `last`, and listen no more."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for number in range(answers + 1):
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                if number == answers:
                    listener.close()
                connection.sendall(last if number == answers else OK)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    thread.join(10)


def calls(world: World, subject: Any) -> Iterator[Finding]:
    exchange = world.call("read")
    if exchange.response is None:
        yield Finding("a_rule", "GET /item", "x", "", "", "", (exchange,))


def blames(world: World, subject: Any) -> Iterator[Finding]:
    exchange = world.send(Request("GET", "/item?odd=1"))
    if exchange.response is None:
        yield Finding("odd", "GET /item", "x", "", "", "", (exchange,))


def inspected(port: int, check: Any) -> Outcome:
    world = World(CONTRACT, Roles(), Wire(f"http://127.0.0.1:{port}"), KEY)
    inspection = Inspection(world)
    rule = Rule("a_rule", "It holds.", Effect.READS, lambda _: [("it", None)], check)
    inspection.run([Step(rule, f"step {number}", None) for number in range(12)])
    return inspection.done()


def test_one_that_went_away_after_an_answer_is_named_with_the_last_request() -> None:
    with mortal(3, OK) as port:
        outcome = inspected(port, calls)
    (finding,) = outcome.findings
    assert finding.message == "The server went away: after GET /item it refused connections."
    assert finding.exchanges[-1].status == 200
    assert "went away" in outcome.cut_off


@pytest.mark.parametrize("check", [calls, blames])
def test_one_that_fell_over_is_blamed_for_the_request_that_did_it_and_no_other(
    check: Any,
) -> None:
    with mortal(3, b"") as port:
        outcome = inspected(port, check)
    assert {finding.exchanges[-1].failure for finding in outcome.findings} <= {
        "the connection ended without an answer",
        "the connection was refused",
    }
    assert len({id(finding.exchanges[-1]) for finding in outcome.findings}) == 1
    assert "went away" in outcome.cut_off
