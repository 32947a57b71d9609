"""Whoever shows no credential, or a wrong one, is refused, and nothing is done for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from contract_tests.calls import impostors
from contract_tests.calls.attempts import (
    Attempt,
    groups,
    narrowed,
    reading,
    without_role,
    writes,
    writing,
)
from contract_tests.calls.impostors import Impostor
from contract_tests.checks.nothing_done import Watch
from contract_tests.checks.rule import Effect, Rule
from contract_tests.findings.finding import Finding, Grade
from contract_tests.wire.credential import NOBODY
from contract_tests.wire.exchange import Exchange
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import NotTried, World

NAME = "strangers_are_refused"
_THOROUGHLY = 3  # resources, at the first and the last of whose operations everything is tried
_REFUSALS = frozenset({401, 403})


def check(world: World, shelf: Shelf | None) -> Iterator[Finding]:
    """Try the operations of a resource, or all that belong to none, as a stranger."""
    if not world.credential.secret:
        raise NotTried("no credential is known, so none can be held back")
    if shelf is None:
        yield from _others(world, [n for n in without_role(world) if not writes(world, n)])
        return
    item, attempts = reading(shelf)
    tried = _guarded(world, shelf, attempts)
    is_one_of_few = shelf.resource in world.roles.resources[:_THOROUGHLY]
    names = {tried[0].operation} if is_one_of_few else set[str]()
    yield from _on_resource(world, tried, names)
    listing, arguments = shelf.resource.list, narrowed(shelf, item)
    if listing and arguments and _is_guarded(world, listing.operation):
        case = _Case(world, Attempt(listing.operation, arguments), is_exact=True)
        yield from case.tried(impostors.few(world.credential)[:1], [])


def check_changing(world: World, shelf: Shelf | None) -> Iterator[Finding]:
    """Try as a stranger what changes a resource, or belongs to none."""
    if not world.credential.secret:
        raise NotTried("no credential is known, so none can be held back")
    if shelf is None:
        yield from _others(world, [n for n in without_role(world) if writes(world, n)])
        return
    tried = _guarded(world, shelf, writing(shelf))
    is_one_of_few = shelf.resource in world.roles.resources[:_THOROUGHLY]
    names = {tried[-1].operation} if is_one_of_few else set[str]()
    yield from _on_resource(world, tried, names)


def _guarded(world: World, shelf: Shelf, attempts: list[Attempt]) -> list[Attempt]:
    tried = [a for a in attempts if _is_guarded(world, a.operation)]
    if not tried:
        raise NotTried(f"nothing that could be tried on {shelf.resource.name} asks for a key")
    return tried


def _on_resource(world: World, tried: list[Attempt], names: set[str]) -> Iterator[Finding]:
    """Try each operation; those of `names` with everything that comes to mind."""
    watch = Watch.begun(NAME, world, tried)
    known, asked = world.credential, list[Exchange]()
    for attempt in tried:
        those = impostors.many if attempt.operation in names else impostors.few
        yield from _Case(world, attempt, is_exact=True).tried(those(known), asked)
    yield from watch.ended(asked, "Strangers were refused, and yet something was done")


def _others(world: World, names: list[str]) -> Iterator[Finding]:
    those, asked = impostors.few(world.credential), list[Exchange]()
    for operation_id in names:
        if _is_guarded(world, operation_id):
            case = _Case(world, Attempt(operation_id, {}), is_exact=False)
            yield from case.tried(those, asked)
        else:
            yield from _open(world, operation_id)


def _open(world: World, operation_id: str) -> Iterator[Finding]:
    """Yield what speaks against it: what asks for no credential works without one."""
    if writes(world, operation_id):
        return
    exchange = world.call(operation_id, {}, NOBODY)
    if exchange.status in _REFUSALS and world.call(operation_id).ok:
        yield Finding(
            NAME,
            world.label(operation_id),
            "no credential",
            "An operation that asks for no credential refuses those who show none.",
            str(exchange.status),
            "a success",
            (exchange,),
            world.label(operation_id),
        )


def _is_guarded(world: World, operation_id: str) -> bool:
    return impostors.is_guarded(world.contract, world.operations[operation_id].definition)


@dataclass(frozen=True, slots=True)
class _Case:
    """One operation; `is_exact`: its arguments are known to be good."""

    world: World
    attempt: Attempt
    is_exact: bool

    def tried(self, those: Iterable[Impostor], asked: list[Exchange]) -> Iterator[Finding]:
        """Yield what speaks against it: all of `those` are refused."""
        for impostor in those:
            try:
                exchange = self.world.call(
                    self.attempt.operation, self.attempt.arguments, impostor.credential
                )
            except NotTried:
                return
            asked.append(exchange)
            found = self._judged(impostor, exchange)
            if found:
                yield found
            if exchange.ok and impostor.credential == NOBODY:
                return

    def _judged(self, impostor: Impostor, exchange: Exchange) -> Finding | None:
        label = self.world.label(self.attempt.operation)
        refused = 400 <= exchange.status < 500
        if exchange.ok:
            statement, message = label, "A request that shows no good credential succeeds."
        elif self.is_exact and refused and exchange.status not in {*_REFUSALS, 429}:
            statement, message = f"{label} 401", "A stranger is refused for another reason."
        else:
            return None
        return Finding(
            NAME,
            label,
            impostor.name,
            f"{message} What was shown: {impostor.name}.",
            str(exchange.status),
            "401",
            (exchange,),
            statement,
            source="decision" if impostor.holds_key else "",
            grade=Grade.ASSUMPTION if impostor.holds_key else Grade.BREACH,
        )


RULE = Rule(
    name=NAME,
    sentence="Every operation refuses no credential, a malformed one and an unknown one.",
    effect=Effect.READS,
    subjects=groups,
    check=check,
    source="OpenAPI 3.0.3, 4.8.10 (security)",
)
CHANGING_RULE = Rule(
    name="strangers_change_nothing",
    sentence="Whoever shows no good credential creates, changes and deletes nothing.",
    effect=Effect.CHANGES,
    subjects=groups,
    check=check_changing,
    source="OpenAPI 3.0.3, 4.8.10 (security)",
)
