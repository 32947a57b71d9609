"""A body that is not of the documented media type is refused, and nothing is done for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from contract_tests.calls.attempts import Attempt, groups, others, permitted
from contract_tests.calls.calls import request_of
from contract_tests.checks.nothing_done import Watch
from contract_tests.checks.rule import Effect, Rule
from contract_tests.findings.finding import Finding
from contract_tests.wire.exchange import Exchange
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import NotTried, World

NAME = "media_types_count"
_UNKNOWN = "application/x-unheard-of"
_MOST = 3


def check(world: World, shelf: Shelf | None) -> Iterator[Finding]:
    """Send good bodies under the name of another media type."""
    attempts = others(world) if shelf is None else permitted(shelf)[1]
    attempts = [a for a in attempts if _is_documented(world, a)][:_MOST]
    if not attempts:
        raise NotTried("nothing takes a body and documents 415")
    watch, asked = Watch.begun(NAME, world, attempts), list[Exchange]()
    for attempt in attempts:
        exchange = _sent(world, attempt)
        asked.append(exchange)
        if exchange.ok:
            yield _finding(world, attempt, exchange)
    yield from watch.ended(asked, "A body of another media type was refused, and yet was used")


def _is_documented(world: World, attempt: Attempt) -> bool:
    definition = world.operations[attempt.operation].definition
    return "requestBody" in definition and "415" in definition["responses"]


def _sent(world: World, attempt: Attempt) -> Exchange:
    values = world.values(attempt.operation, attempt.arguments)
    request = request_of(world.operations[attempt.operation], values)
    kept = [(n, v) for n, v in request.headers if n.lower() != "content-type"]
    headers = (*kept, ("Content-Type", _UNKNOWN))
    return world.send(replace(request, headers=headers), attempt.operation, values)


def _finding(world: World, attempt: Attempt, exchange: Exchange) -> Finding:
    label = world.label(attempt.operation)
    return Finding(
        NAME,
        label,
        "Content-Type",
        "A body of a media type that the operation does not take is used all the same.",
        str(exchange.status),
        "415",
        (exchange,),
        f"{label} 415",
    )


RULE = Rule(
    name=NAME,
    sentence="A body of another media type is refused, and nothing is done for it.",
    effect=Effect.CHANGES,
    subjects=groups,
    check=check,
    source="RFC 9110, 15.5.16",
)
