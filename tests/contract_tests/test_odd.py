"""Odd requests: a server that survives them is never accused, one that does not always is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inspected import world as inspected
from reference_rig import world_of

import specs
from benchmarks.mutation.mutants import app_of
from contract_tests.checks import bad_input_is_survived as rules
from contract_tests.checks.rule import Rule
from contract_tests.findings.finding import Finding
from contract_tests.roles.read import roles_of
from contract_tests.wire.exchange import Exchange, Request, Response
from contract_tests.world.world import NotTried, Permits, World

ALL = (rules.ODD_BODIES, rules.ODD_IDS, rules.ODD_ADDRESSES)
_PINGPLOTTER = specs.load("pingplotter"), roles_of("pingplotter")


def _tried(world: World, *chosen: Rule) -> list[Finding]:
    found: list[Finding] = []
    for rule in chosen or ALL:
        for _, subject in rule.subjects(world):
            found += rule.check(world, subject)
    return found


def _answering(server: Callable[[Request], Response]) -> World:
    return inspected(*_PINGPLOTTER, server)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(200, 499).filter(lambda status: status != 429), min_size=1))
def test_no_answer_but_a_failure_is_accused(statuses: list[int]) -> None:
    answers: Iterator[int] = iter(statuses * 400)
    assert _tried(_answering(lambda _: Response(next(answers), (), b""))) == []


@pytest.mark.parametrize("vendor", ["ngrok", "pingplotter"])
@pytest.mark.parametrize("name", ["correct", "stranger"])
def test_a_correct_server_is_not_accused(vendor: str, name: str) -> None:
    assert _tried(world_of(vendor, app_of(vendor, name))) == []


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


_WEAK: dict[str, Callable[[Request], bool]] = {
    "a NUL in an id": lambda r: "%00" in r.target,
    "a text beyond ASCII": lambda r: "%F0%9F" in r.target,
    "bytes that are no UTF-8": lambda r: "%FF" in r.target,
    "a long id": lambda r: len(r.target) > 5000,
    "a slash in an id": lambda r: "%2F" in r.target,
    "a parameter given twice": lambda r: "targetIp=1&" in r.target and "targetIp=x" in r.target,
    "many headers": lambda r: len(r.headers) > 100,
    "a body on GET": lambda r: r.method == "GET" and bool(r.body),
    "no body": lambda r: r.method == "POST" and r.target == "/agents" and not r.body,
    "JSON that is cut off": lambda r: r.body[:1] == b"{" and not r.body.endswith(b"}"),
    "JSON that is too deep": lambda r: r.body.startswith(b"[[[["),
    "a huge number": lambda r: b"1e400" in r.body,
    "half of a pair": lambda r: b"\\ud800" in r.body,
    "null for a field": lambda r: b": null" in r.body,
    "an object for a text": lambda r: b': {"a"' in r.body,
    "a list for an object": lambda r: r.body.startswith(b'[{"a"'),
    "an object for a list": lambda r: r.target == "/sessions" and r.body == b"{}",
    "a face in a name": lambda r: "😀".encode() in r.body and _is_json(r.body),
    "a large body": lambda r: len(r.body) > 2**20,
    "a larger body": lambda r: r.method != "GET" and 20_000 < len(r.body) < 50_000,
    "a larger body on GET": lambda r: r.method == "GET" and len(r.body) > 50_000,
    "HEAD": lambda r: r.method == "HEAD",
    "a browser": lambda r: ("Accept", "text/html") in r.headers,
    "a slash at the end": lambda r: r.target.endswith("/"),
    "an unknown media type": lambda r: (
        ("Content-Type", "text/html") in [(n, v.partition(";")[0]) for n, v in r.headers]
    ),
}


@pytest.mark.parametrize("weakness", _WEAK)
def test_a_server_that_fails_at_it_is_found(weakness: str) -> None:
    fails = _WEAK[weakness]
    found = _tried(_answering(lambda r: Response(500 if fails(r) else 400, (), b"")))
    assert found
    assert all(finding.received == "500" for finding in found)


def test_a_server_that_falls_over_is_found_by_the_plain_request_afterwards() -> None:
    seen: list[Request] = []

    def falling(request: Request) -> Response:
        seen.append(request)
        is_down = any("%2F" in earlier.target for earlier in seen)
        return Response(503 if is_down and "%2F" not in request.target else 400, (), b"")

    found = _tried(_answering(falling), rules.ODD_ADDRESSES)
    assert "afterwards" in {finding.place for finding in found}


def test_a_body_that_breaks_the_connection_is_found() -> None:
    world = _answering(lambda _: Response(400, (), b""))
    send = world.wire.send

    def breaking(request: Request, *given: Any, **named: Any) -> Exchange:
        exchange = send(request, *given, **named)
        is_lost = 20_000 < len(request.body) < 50_000
        failure = "the connection broke" if is_lost else ""
        return replace(exchange, response=None, failure=failure) if is_lost else exchange

    world.wire.send = breaking  # type: ignore[method-assign]
    _, operation_id = next(iter(rules.ODD_BODIES.subjects(world)))
    found = list(rules.ODD_BODIES.check(world, operation_id))
    assert [finding.received for finding in found] == ["the connection broke"]


def test_head_may_be_unknown_to_a_server() -> None:
    world = _answering(lambda r: Response(501 if r.method == "HEAD" else 400, (), b""))
    assert _tried(world, rules.ODD_ADDRESSES) == []


def test_what_a_server_took_marks_the_world_as_spoilt() -> None:
    world = _answering(lambda _: Response(200, (), b"true"))
    _tried(world, rules.ODD_ADDRESSES)
    assert not world.is_spoilt
    _tried(world, rules.ODD_BODIES)
    assert world.is_spoilt


@pytest.mark.parametrize("vendor", specs.vendors())
def test_an_operation_costs_few_requests(vendor: str) -> None:
    world = inspected(specs.load(vendor), roles_of(vendor), lambda _: Response(400, (), b""))
    for rule in ALL:
        for _, subject in rule.subjects(world):
            before = world.wire.allowance.sent
            list(rule.check(world, subject))
            assert world.wire.allowance.sent - before <= 17


def test_a_live_server_is_only_asked_a_few_plain_things() -> None:
    world = _answering(lambda _: Response(200, (), b"[]"))
    world.permits = Permits(writing=False, existing=False)
    assert [name for rule in ALL[2:] for name, _ in rule.subjects(world)] == []
    reads = list(rules.FEW_ADDRESSES.subjects(world))
    assert _tried(world, rules.FEW_ADDRESSES) == []
    assert {request.method for request in world.wire.sent} == {"GET"}
    assert len(world.wire.sent) == 4 * len(reads)
    with pytest.raises(NotTried):
        _tried(world, rules.ODD_BODIES)
