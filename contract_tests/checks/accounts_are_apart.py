"""What belongs to one account, another neither sees nor changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from contract_tests.calls import pointer
from contract_tests.calls.attempts import Attempt, permitted, writes
from contract_tests.checks.nothing_done import Watch
from contract_tests.checks.rule import Effect, Rule
from contract_tests.findings.articles import a
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import Act, Batch, Creation, Listing
from contract_tests.wire.credential import Credential
from contract_tests.wire.exchange import Exchange
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import NotTried, World

NAME = "accounts_are_apart"


def subjects(world: World) -> Iterable[tuple[str, Shelf]]:
    """Select the resources whose items belong to an account: those that come or go."""
    return [
        (resource.name, Shelf(world, resource))
        for resource in world.roles.resources
        if (resource.create or resource.delete) and (resource.list or resource.read)
    ]


def check(world: World, mine: Shelf) -> Iterator[Finding]:
    """Make one, or take one that there is; then look for it, and reach for it, as the other."""
    other = world.other
    if other is None:
        raise NotTried("no second credential (name one to try whether accounts are apart)")
    item, attempts = permitted(mine)
    case = _Case(mine, item, other)
    yield from case.seen()
    attempts = [a for a in attempts if a.act and _reaches(a.act)]
    watch, asked = Watch.begun(NAME, world, attempts), list[Exchange]()
    for attempt in attempts:
        exchange = world.call(attempt.operation, attempt.arguments, other)
        asked.append(exchange)
        yield from case.reached(attempt, exchange)
    yield from watch.changed(asked, "Another account has changed what is not its own")


def _reaches(act: Act) -> bool:
    """Say whether an act is about this very item, or about its owner."""
    return bool(act.parent or act.at) and not isinstance(act, Listing)


@dataclass(frozen=True, slots=True)
class _Case:
    """An item of one account, and the credential of another."""

    mine: Shelf
    item: Any
    other: Credential

    def seen(self) -> Iterator[Finding]:
        """Yield what speaks against it: the other's lists are without it, filtered or not."""
        listing = self.mine.resource.list
        if listing is None:
            return
        theirs = replace_credential(self.mine, self.other)
        for arguments in ({}, *self._narrowed()):
            page: Exchange | None = theirs.page(arguments)
            for _ in range(10):
                if page is None or not page.ok:
                    break
                if self.mine.id_of(self.item) in [theirs.id_of(i) for i in theirs.items_on(page)]:
                    yield self._finding(page, " and ".join(arguments) or "list")
                    break
                page = theirs.after(page, arguments)

    def _narrowed(self) -> Iterator[dict[str, Any]]:
        listing = self.mine.resource.list
        for narrowing in listing.filters if listing else ():
            value = narrowing.value
            if narrowing.kind == "equals":
                value = pointer.read(self.item, narrowing.field, None)
            if value not in (None, ""):
                yield {narrowing.parameter: value}

    def reached(self, attempt: Attempt, exchange: Exchange) -> Iterator[Finding]:
        """Yield what speaks against it: no answer shows it, and nothing is done to it."""
        world, act = self.mine.world, attempt.act
        if not exchange.ok or act is None:
            return
        if isinstance(act, Batch):
            place = f"{act.items}/*{act.id}"
            if self.mine.id_of(self.item) in pointer.found(exchange.body(), place):
                yield self._finding(exchange, "batch")
        elif not isinstance(act, Creation):
            label = world.label(attempt.operation)
            statement = f"{label} 404" if writes(world, attempt.operation) else label
            yield replace(self._finding(exchange, "answer"), statement=statement)

    def _finding(self, exchange: Exchange, place: str) -> Finding:
        label = self.mine.world.label(exchange.operation_id)
        name = self.mine.resource.name
        return Finding(
            NAME,
            label,
            place,
            f"Another account is shown, or may reach, {a(name)} that is not its own.",
            f"{exchange.status}, with {self.mine.id_of(self.item)!r}",
            "nothing of it",
            (exchange,),
            label,
        )


def replace_credential(shelf: Shelf, credential: Credential) -> Shelf:
    """Return the shelf as the owner of another credential sees it."""
    return Shelf(replace_world(shelf.world, credential), shelf.resource, shelf.owner)


def replace_world(world: World, credential: Credential) -> World:
    """Return the same server seen with another credential, over the same wire."""
    return World(
        world.contract,
        world.roles,
        world.wire,
        credential,
        permits=world.permits,
        seed=world.seed,
        settle=world.settle,
        ring=world.other_ring if credential == world.other else None,
    )


RULE = Rule(
    name=NAME,
    sentence="What belongs to one account, another neither sees nor changes.",
    effect=Effect.CHANGES,
    subjects=subjects,
    check=check,
)
