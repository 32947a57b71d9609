"""429, wherever it comes in a run: a true one is never accused, one that is not always is."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspected import KEY, MemoryWire, answer
from notebook import CONTRACT

from contract_tests.findings.finding import Grade
from contract_tests.roles.model import RateLimit, Roles
from contract_tests.run.hearing import Hearing
from contract_tests.run.refusals import Refusals
from contract_tests.wire.exchange import Exchange, Request, Response
from contract_tests.world.world import NotTried, Permits, World

LIMIT = RateLimit(
    "X-Limit",
    "X-Left",
    body={"X-Left": "/left", "Retry-After": "/again"},
    cost="/cost",
)
WINDOW = RateLimit(most=120, window_s=60)
NOTES = Request("GET", "/notes")


def world(limit: RateLimit = LIMIT, **options: Any) -> World:
    wire = MemoryWire(lambda _: answer([]))
    return World(CONTRACT, Roles(rate_limits=(limit,)), wire, KEY, **options)


def refused(
    at: float = 0.0, request: Request = NOTES, body: Any = None, **headers: str
) -> Exchange:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    response = Response(429, named, json.dumps(body).encode(), 0.01)
    return Exchange("http://127.0.0.1:1/notes", request, response, at=at)


def places(world: World, exchanges: Sequence[Exchange]) -> list[str]:
    refusals = Refusals(world)
    return [finding.place for one in exchanges for finding in refusals.heard(one)]


@given(st.integers(1, 40), st.integers(1, 3600), st.integers(0, 1))
def test_a_true_429_is_not_accused(cost: int, again_s: int, left: int) -> None:
    body = {"left": min(left, cost), "cost": cost, "again": again_s}
    one = refused(body=body, Retry_After=str(again_s))
    later = replace(one, at=one.at + again_s + 0.01)
    done = replace(later, response=Response(200, (), b"[]"))
    assert places(world(), [one, done, later, done]) == []


@given(st.integers(3, 10_000), st.booleans())
def test_429_that_says_that_enough_is_left_is_found(left: int, in_body: bool) -> None:  # noqa: FBT001
    told = {} if in_body else {"X_Limit": "20000", "X_Left": str(left)}
    assert places(world(), [refused(body={"left": left} if in_body else {}, **told)])


@given(st.integers(1, 100), st.integers(102, 1000))
def test_two_times_to_wait_are_found(header_s: int, body_s: int) -> None:
    shown = refused(body={"again": body_s}, Retry_After=str(header_s))
    assert places(world(), [shown]) == ["/again"]


@pytest.mark.parametrize("said_s", [1, 7, 60])
def test_429_that_outlives_its_own_time_is_found(said_s: int) -> None:
    times = [n * (said_s + 0.02) for n in range(3)]
    asked = [refused(at, Retry_After=str(said_s)) for at in times]
    assert places(world(), asked[:2]) == []
    assert places(world(), asked) == ["after the time"]


@pytest.mark.parametrize("said_s", [2, 7])
def test_who_comes_too_soon_or_with_something_else_is_refused_again(said_s: int) -> None:
    soon = [refused(n * (said_s - 0.5), Retry_After=str(said_s)) for n in range(5)]
    other = [
        refused(n * (said_s + 1.0), Request("GET", f"/notes/{n}"), Retry_After=str(said_s))
        for n in range(5)
    ]
    assert places(world(), soon) + places(world(), other) == []


def row(counted: int, seconds: float) -> list[Exchange]:
    """So many requests in so many seconds, a minute after the first, and then a refusal."""
    done = replace(refused(), response=Response(200, (), b"[]"))
    times = [0.0, *(61 + seconds * n / counted for n in range(counted))]
    return [*(replace(done, at=at) for at in times), refused(61 + seconds)]


def test_a_promised_number_of_requests_is_compared_with_what_was_asked() -> None:
    assert places(world(WINDOW), row(30, 59)) == ["429 early"]
    assert places(world(WINDOW), row(120, 59)) == []


def test_what_others_use_up_is_no_fault() -> None:
    theirs = world(WINDOW, permits=Permits(existing=False))
    assert places(theirs, row(30, 59)) == []


def test_no_window_is_over_when_a_run_begins() -> None:
    assert places(world(WINDOW), [replace(one, at=one.at / 10) for one in row(3, 5)]) == []


def test_a_run_hears_it() -> None:
    heard = world()
    hearing = Hearing(heard)
    heard.wire.heard(refused(body={"left": 9, "cost": 1}))
    assert "too_many_are_refused" in [finding.rule for finding in hearing.taken().findings]


def test_429_is_the_answer_to_nothing() -> None:
    answers = itertools.repeat(answer({}, 429))
    stubborn = World(CONTRACT, Roles(), MemoryWire(lambda _: next(answers)), KEY)
    with pytest.raises(NotTried, match="429"):
        stubborn.send(NOTES, "list_notes")


@pytest.mark.parametrize(("grows", "grade"), [("", Grade.DRIFT), ("D:1", Grade.ASSUMPTION)])
def test_where_answers_may_grow_an_unknown_field_is_no_drift(grows: str, grade: Grade) -> None:
    schema = {"type": "object", "properties": {"id": {"type": "string"}}}
    content = {"application/json": {"schema": schema}}
    get = {"operationId": "get", "responses": {"200": {"description": "", "content": content}}}
    wire = MemoryWire(lambda _: answer({"id": "a", "more": 1}))
    grown = World({"paths": {"/one": {"get": get}}}, Roles(grows=grows), wire, KEY)
    hearing = Hearing(grown)
    grown.call("get")
    assert [finding.grade for finding in hearing.taken().findings] == [grade]
