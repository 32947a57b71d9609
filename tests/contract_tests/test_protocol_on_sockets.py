"""Credentials, methods, errors and limits against a stand-in over sockets, bent in one way."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from contract_tests.checks import (
    errors_are_worded,
    limits_count_down,
    methods_are_documented,
    required_is_required,
    strangers_are_refused,
    too_many_are_refused,
)
from contract_tests.checks.rule import Rule
from contract_tests.findings.finding import Grade
from contract_tests.run.inspection import inspect, plan
from contract_tests.suite.worlds import world_of
from contract_tests.target import stand_in
from contract_tests.wire.limits import Allowance, Limits

pytestmark = pytest.mark.slow
Headers = list[tuple[bytes, bytes]]
Bend = Callable[[dict[str, Any], Headers], Headers]


NAMES = (strangers_are_refused.NAME, required_is_required.NAME, errors_are_worded.NAME)


class Bent:
    """Changes the request's headers on their way in, and the answer's on their way out."""

    def __init__(self, app: Any, going_in: Bend, coming_out: Bend) -> None:
        self._app, self._in, self._out = app, going_in, coming_out

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/__mock"):
            await self._app(scope, receive, send)
            return

        async def bent(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = self._out({**scope, "status": message["status"]}, message["headers"])
                message = {**message, "headers": headers}
            await send(message)

        headers = self._in(scope, list(scope["headers"]))
        await self._app({**scope, "headers": headers}, receive, bent)


def as_it_is(scope: dict[str, Any], headers: Headers) -> Headers:
    del scope
    return headers


def replaced(headers: Headers, name: bytes, value: bytes) -> Headers:
    return [*((n, v) for n, v in headers if n.lower() != name), (name, value)]


def found(
    vendor: str, rule: Rule, going_in: Bend = as_it_is, coming_out: Bend = as_it_is
) -> set[tuple[str, str]]:
    """Return operation and place of what a rule finds that is worse than an assumption."""
    with stand_in(
        lambda app: Bent(app, going_in, coming_out),
        begin_ms=round(time.time() * 1000),
        vendor=(vendor,),
        rate_limit={},
    ) as house:
        world = world_of(house, vendor, "bent")
        world.wire.allowance = Allowance(Limits(), sleep=lambda _: None)
        outcome = inspect(world, plan(world, [rule]))
    assert not outcome.errors
    grave = [f for f in outcome.findings if f.grade is not Grade.ASSUMPTION]
    return {(f.operation, f.place) for f in grave if f.rule in {rule.name, *NAMES}}


@pytest.mark.parametrize("vendor", ["ngrok", "pingplotter"])
@pytest.mark.parametrize(
    "rule",
    [
        errors_are_worded.RULE,
        limits_count_down.RULE,
        methods_are_documented.RULE,
        required_is_required.RULE,
        strangers_are_refused.RULE,
        strangers_are_refused.CHANGING_RULE,
        required_is_required.CHANGING_RULE,
        errors_are_worded.CHANGING_RULE,
        too_many_are_refused.RULE,
    ],
    ids=lambda rule: rule.name,
)
def test_a_stand_in_as_it_is_is_not_accused(vendor: str, rule: Rule) -> None:
    assert found(vendor, rule) == set()


def test_a_deletion_that_asks_for_no_key_is_found() -> None:
    keys: list[bytes] = []

    def lend(scope: dict[str, Any], headers: Headers) -> Headers:
        keys.extend(v for n, v in headers if n == b"authorization")
        if scope["method"] == "DELETE" and keys:
            return replaced(headers, b"authorization", keys[0])
        return headers

    operation = "DELETE /app/sessions/{id}"
    assert (operation, "no credential") in found(
        "ngrok", strangers_are_refused.CHANGING_RULE, lend
    )


def test_a_version_that_is_not_needed_is_found() -> None:
    def versioned(_: dict[str, Any], headers: Headers) -> Headers:
        return replaced(headers, b"ngrok-version", b"2")

    places = {place for _, place in found("ngrok", required_is_required.RULE, versioned)}
    assert places == {"Ngrok-Version", "Ngrok-Version of another value"}


def test_an_allow_of_one_method_is_found() -> None:
    def first(scope: dict[str, Any], headers: Headers) -> Headers:
        return replaced(headers, b"allow", b"GET") if scope["status"] == 405 else headers

    seen = found("ngrok", methods_are_documented.RULE, coming_out=first)
    assert {path for path, _ in seen} == {"PATCH /app/sessions/{id}", "PUT /app/sessions/{id}"} | {
        "POST /app/sessions/{id}"
    }


def test_an_operation_id_that_is_another_in_header_and_body_is_found() -> None:
    def other(_: dict[str, Any], headers: Headers) -> Headers:
        return replaced(headers, b"ngrok-operation-id", f"op_{time.monotonic_ns()}".encode())

    places = {place for _, place in found("ngrok", errors_are_worded.RULE, coming_out=other)}
    assert places == {"/details/operation_id"}


def test_a_remaining_that_stands_still_is_found() -> None:
    def still(_: dict[str, Any], headers: Headers) -> Headers:
        return replaced(headers, b"x-ratelimit-remaining", b"200")

    seen = found("pingplotter", limits_count_down.RULE, coming_out=still)
    assert seen == {("GET /agents", "X-RateLimit-Remaining")}


def test_a_429_without_a_time_is_found() -> None:
    def timeless(_: dict[str, Any], headers: Headers) -> Headers:
        return [(n, v) for n, v in headers if n.lower() != b"retry-after"]

    seen = found("pingplotter", too_many_are_refused.RULE, coming_out=timeless)
    assert seen == {("GET /agents", "Retry-After")}


@pytest.mark.parametrize("vendor", ["ngrok", "pingplotter"])
def test_no_exchange_shows_any_part_of_the_key(vendor: str) -> None:
    with stand_in(vendor=(vendor,)) as house:
        world = world_of(house, vendor, "masked")
        seen: list[str] = []
        world.wire.listeners.append(lambda exchange: seen.append(repr(exchange)))
        rules = [strangers_are_refused.RULE, strangers_are_refused.CHANGING_RULE]
        inspect(world, plan(world, rules))
    key = world.credential.secret
    assert seen
    assert not [text for text in seen for part in (key[:-1], key.swapcase()) if part in text]
