"""A request without what the contract requires is refused, and nothing is done for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.calls import pointer
from contract_tests.calls.attempts import Attempt, groups, others, reading, writes, writing
from contract_tests.calls.caller import BODY
from contract_tests.calls.calls import media_type, request_of
from contract_tests.checks.nothing_done import Watch
from contract_tests.checks.rule import Effect, Rule
from contract_tests.findings.finding import Finding
from contract_tests.wire.exchange import Exchange
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import NotTried, World

NAME = "required_is_required"
_SIGNS = {"header": "#", "query": "?"}


@dataclass(frozen=True, slots=True)
class Lack:
    """Something required that is left out, or that has a value which is not one of those named.

    `statement` selects the row of SOURCES.md that requires it; `values` are what is sent.
    """

    place: str
    statement: str
    values: Mapping[str, Any]
    found: str = "nothing"


def check(world: World, shelf: Shelf | None) -> Iterator[Finding]:
    """Leave out one required thing after another, where a request only reads."""
    attempts = others(world) if shelf is None else reading(shelf)[1]
    yield from _tried(world, [a for a in attempts if not writes(world, a.operation)])


def check_changing(world: World, shelf: Shelf | None) -> Iterator[Finding]:
    """Leave out one required thing after another, where a request would change something."""
    attempts = others(world) if shelf is None else writing(shelf)
    yield from _tried(world, [a for a in attempts if writes(world, a.operation)])


def _tried(world: World, attempts: list[Attempt]) -> Iterator[Finding]:
    wanting = [(a, tuple(lacks(world, a))) for a in attempts]
    wanting = [(attempt, found) for attempt, found in wanting if found]
    if not wanting:
        raise NotTried("nothing is required but ids in paths")
    watch, asked = Watch.begun(NAME, world, [a for a, _ in wanting]), list[Exchange]()
    for attempt, found in wanting:
        for lack in found:
            exchange = _sent(world, attempt.operation, lack)
            asked.append(exchange)
            if exchange.ok:
                yield _finding(world, lack, exchange)
    yield from watch.ended(asked, "Incomplete requests were refused, and yet something was done")


def lacks(world: World, attempt: Attempt) -> Iterator[Lack]:
    """Yield every way in which one required thing is missing from an attempt."""
    values = world.values(attempt.operation, attempt.arguments)
    yield from _parameters(world, attempt.operation, values)
    if isinstance(values.get(BODY), dict | list):
        yield from _fields(world, attempt.operation, values)


def _parameters(world: World, operation_id: str, values: dict[str, Any]) -> Iterator[Lack]:
    label = world.label(operation_id)
    for parameter in world.operations[operation_id].parameters:
        name, sign = parameter["name"], _SIGNS.get(parameter["in"])
        if not sign or not parameter.get("required") or name not in values:
            continue
        rest = {key: value for key, value in values.items() if key != name}
        statement = f"{label} {sign}{name}"
        yield Lack(name, statement, rest)
        numbers = [v for v in parameter.get("schema", {}).get("enum", ()) if isinstance(v, int)]
        if numbers:
            other = max(numbers) + 1
            yield Lack(f"{name} of another value", statement, {**rest, name: other}, str(other))


def _fields(world: World, operation_id: str, values: dict[str, Any]) -> Iterator[Lack]:
    operation = world.operations[operation_id]
    media = operation.definition["requestBody"]["content"].get(media_type(operation) or "", {})
    schema, place = media.get("schema", {}), ""
    if "items" in schema and isinstance(values[BODY], list) and values[BODY]:
        schema, place = schema["items"], "/0"
    component = _component(world, schema)
    for name in dict.fromkeys(_required(schema)):
        if not isinstance(pointer.read(values[BODY], place, None), dict):
            continue
        body = pointer.without(values[BODY], [f"{place}/{name}"])
        statement = f"{component}.{name}" if component else world.label(operation_id)
        yield Lack(f"/{name}", statement, {**values, BODY: body})


def _required(schema: Mapping[str, Any]) -> Iterator[str]:
    yield from schema.get("required", ())
    for part in schema.get("allOf", ()):
        yield from _required(part)


def _component(world: World, schema: Mapping[str, Any]) -> str:
    known = world.contract.get("components", {}).get("schemas", {})
    return next((name for name, other in known.items() if other == schema), "")


def _sent(world: World, operation_id: str, lack: Lack) -> Exchange:
    values = dict(lack.values)
    return world.send(request_of(world.operations[operation_id], values), operation_id, values)


def _finding(world: World, lack: Lack, exchange: Exchange) -> Finding:
    return Finding(
        NAME,
        world.label(exchange.operation_id),
        lack.place,
        f"A request is taken although `{lack.place}` is required and was {lack.found}.",
        f"{exchange.status}: {json.dumps(exchange.body())[:100]}",
        "a refusal (4xx)",
        (exchange,),
        lack.statement,
    )


RULE = Rule(
    name=NAME,
    sentence="A request without what is required is refused, and nothing is done for it.",
    effect=Effect.READS,
    subjects=groups,
    check=check,
)
CHANGING_RULE = Rule(
    name="required_to_change",
    sentence="A change without what is required is refused, and nothing is done for it.",
    effect=Effect.CHANGES,
    subjects=groups,
    check=check_changing,
)
