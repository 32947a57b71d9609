"""An id that nothing has is answered by no success, and nothing comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from contract_tests.calls.uses import STRANGE, Use, reads, unknown_ids, uses
from contract_tests.checks.harm import Harm, Try
from contract_tests.checks.rule import Effect, Rule
from contract_tests.checks.unchanged import Cause
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import Act
from contract_tests.wire.exchange import Exchange
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import NotTried, World

NAME = "unknown_is_not_found"
CHANGING = "unknown_changes_nothing"
_MESSAGE = "What named an id that nothing has is answered by a success."


def readings(world: World) -> Iterable[tuple[str, tuple[Use, ...]]]:
    """Select resources with the operations that read one of them."""
    return _by_resource(world, lambda act: reads(world, act))


def writings(world: World) -> Iterable[tuple[str, tuple[Use, ...]]]:
    """Select resources with the operations that change one of them."""
    return _by_resource(world, lambda act: not reads(world, act))


def check(world: World, chosen: tuple[Use, ...]) -> Iterator[Finding]:
    """Read by ids that nothing has."""
    for each in _tries(world, chosen):
        exchange = each.send()
        if exchange.ok:
            yield _success(each, exchange)


def check_changing(world: World, chosen: tuple[Use, ...]) -> Iterator[Finding]:
    """Change and delete by ids that nothing has, and compare the lists before and after."""
    tries = _tries(world, chosen, frozenset({STRANGE}))
    seen: dict[int, Exchange] = {}
    kept = [
        Try(each.what, each.label, partial(_kept, seen, number, each), each.source)
        for number, each in enumerate(tries)
    ]
    message = "A request that named an id that nothing has changed something."
    yield from Harm(world, CHANGING, message, lambda _: True).findings(kept)
    for number, exchange in seen.items():
        if exchange.ok:
            yield _success(tries[number], exchange, CHANGING)


def _by_resource(
    world: World, is_wanted: Callable[[Act], bool]
) -> Iterable[tuple[str, tuple[Use, ...]]]:
    for resource in world.roles.resources:
        chosen = tuple(
            use
            for use in uses(world.roles)
            if use.of == resource.name and world.has(use.act.operation) and is_wanted(use.act)
        )
        if chosen:
            yield resource.name, chosen


def _tries(
    world: World, chosen: tuple[Use, ...], without: frozenset[str] = frozenset()
) -> list[Try]:
    name = chosen[0].of
    shelf = Shelf(world, world.roles.resource(name))
    known = unknown_ids(world, name)
    # What reading has been asked by enough is left out, unless there is nothing else.
    found = {kind: i for kind, i in known.items() if kind not in without} or known
    if not found:
        raise NotTried(f"there is no {name}: nobody knows what its ids look like")
    return [
        Try(
            f"{kind} at {world.label(use.act.operation)}",
            world.label(use.act.operation),
            partial(shelf.act, use.act, unknown),
            use.act.source,
        )
        for use in chosen
        for kind, unknown in found.items()
    ]


def _kept(seen: dict[int, Exchange], number: int, each: Try) -> Exchange:
    seen[number] = each.send()
    return seen[number]


def _success(each: Try, exchange: Exchange, rule: str = NAME) -> Finding:
    is_reading = exchange.request.method == "GET"
    # What shows one shows one that is there. What another operation answers, rows tell.
    told: dict[str, Any] = (
        {"source": each.source} if is_reading else {"statement": f"{each.label} 404"}
    )
    return Cause(rule, each.label, (exchange,), **told).finding(
        "success", f"{_MESSAGE} ({each.what})", str(exchange.status), "an error"
    )


RULE = Rule(
    name=NAME,
    sentence="What nobody has cannot be read: a made-up id is answered by no success.",
    effect=Effect.READS,
    subjects=readings,
    check=check,
)
CHANGING_RULE = Rule(
    name=CHANGING,
    sentence="Changing or deleting by a made-up id succeeds nowhere and changes nothing.",
    effect=Effect.CHANGES,
    subjects=writings,
    check=check_changing,
)
