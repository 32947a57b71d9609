"""Whoever shows no credential, or a wrong one, is refused, and nothing is done for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from contract_tests.calls import impostors
from contract_tests.calls.attempts import (
    Attempt,
    acts,
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
from contract_tests.wire.credential import NOBODY, Credential
from contract_tests.wire.exchange import Exchange
from contract_tests.wire.limits import OutOfLimits
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
        reading_ = [n for n in without_role(world) if not writes(world, n)]
        yield from _others(world, reading_, "all else that reads")
        return
    item, attempts = reading(shelf)
    tried = _guarded(world, shelf, attempts)
    is_one_of_few = shelf.resource in world.roles.resources[:_THOROUGHLY]
    names = {tried[0].operation} if is_one_of_few else set[str]()
    told: set[str] = set()
    for finding in _on_resource(world, tried, names, f"all that reads {shelf.resource.name}"):
        told.add(finding.operation)
        yield finding
    listing, arguments = shelf.resource.list, narrowed(shelf, item)
    if not listing or not arguments or world.label(listing.operation) in told:
        return
    if _is_guarded(world, listing.operation):
        case = _Case(world, Attempt(listing.operation, arguments), is_exact=True)
        yield from case.tried([impostors.NOBODYS], [])


def check_changing(world: World, shelf: Shelf | None) -> Iterator[Finding]:
    """Try as a stranger what changes a resource, or belongs to none."""
    if not world.credential.secret:
        raise NotTried("no credential is known, so none can be held back")
    if shelf is None:
        changing = [n for n in without_role(world) if writes(world, n)]
        yield from _others(world, changing, "all else that changes something")
        return
    tried = _guarded(world, shelf, writing(shelf))
    is_one_of_few = shelf.resource in world.roles.resources[:_THOROUGHLY]
    names = {tried[-1].operation} if is_one_of_few else set[str]()
    yield from _on_resource(world, tried, names, f"all that changes {shelf.resource.name}")


def _guarded(world: World, shelf: Shelf, attempts: list[Attempt]) -> list[Attempt]:
    tried = [a for a in attempts if _is_guarded(world, a.operation)]
    if tried:
        return tried
    operations = [act.operation for act in acts(shelf.resource) if world.has(act.operation)]
    if any(_is_guarded(world, operation_id) for operation_id in operations):
        raise NotTried(f"nothing that asks for a key could be tried on {shelf.resource.name}")
    raise NotTried(f"nothing on {shelf.resource.name} asks for a key")


def _on_resource(
    world: World, tried: list[Attempt], names: set[str], about: str
) -> Iterator[Finding]:
    """Try each operation; those of `names` with everything that comes to mind."""
    watch = Watch.begun(NAME, world, tried)
    asked = list[Exchange]()

    def found() -> Iterator[Finding]:
        for attempt in tried:
            make = impostors.many if attempt.operation in names else impostors.few
            those = make(_known(world, attempt.operation))
            yield from _Case(world, attempt, is_exact=True).tried(those, asked)

    yield from _together(found(), asked, tried, about)
    yield from watch.ended(asked, "Strangers were refused, and yet something was done")


def _others(world: World, names: list[str], about: str) -> Iterator[Finding]:
    asked = list[Exchange]()
    tried = [Attempt(name, {}) for name in names if _is_guarded(world, name)]
    cases = ((_Case(world, a, is_exact=False), _known(world, a.operation)) for a in tried)
    found = (f for case, known in cases for f in case.tried(impostors.few(known), asked))
    yield from _together(found, asked, tried, about)
    for operation_id in names:
        if not _is_guarded(world, operation_id):
            yield from _open(world, operation_id)


def _together(
    findings: Iterator[Finding], asked: list[Exchange], tried: list[Attempt], about: str
) -> Iterator[Finding]:
    """Yield findings; where every one of `tried` is open to everybody, they have one cause.

    `about` names all of `tried`.
    """
    found: list[Finding] = []
    try:
        found += findings
    except OutOfLimits:
        yield from found
        raise
    names, open_ = {a.operation for a in tried}, {e.operation_id for e in asked if e.ok}
    is_one = len(names) > 1 and open_ == names and len(found) == len(tried)
    yield from (replace(finding, about=about) if is_one else finding for finding in found)


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


def _known(world: World, operation_id: str) -> Credential:
    """Return the credential that opens an operation, or nobody's where there is none."""
    try:
        return world.shown(operation_id)
    except NotTried:
        return NOBODY


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
        operation = self.world.operations[self.attempt.operation].definition
        is_breach = impostor.other_scheme and impostors.has_scheme(self.world.contract, operation)
        is_generous = impostor.holds_key and not is_breach
        source = "decision" if is_generous else ("RFC 9110, 11.1 and 11.4" if is_breach else "")
        return Finding(
            NAME,
            label,
            impostor.name,
            f"{message} What was shown: {impostor.name}.",
            str(exchange.status),
            "401",
            (exchange,),
            statement,
            source=source,
            grade=Grade.ASSUMPTION if is_generous else Grade.BREACH,
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
