"""An operation that takes a list of new ones makes all of them, each as its entry says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from contract_tests.calls import pointer
from contract_tests.calls.caller import BODY
from contract_tests.calls.calls import request_of
from contract_tests.checks.created_is_readable import as_sent, leaves_trace
from contract_tests.checks.rule import Effect, Rule, resources
from contract_tests.checks.unchanged import Cause, shown
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import Creation
from contract_tests.wire.exchange import Exchange
from contract_tests.world.shelf import Made, Shelf
from contract_tests.world.world import NotTried, World

NAME = "created_together"
_COUNT = 3
_FIRST = "#/0/"
_REFUSED = frozenset({400, 404, 422})


def several(world: World) -> Iterable[tuple[str, Shelf]]:
    """Select resources that are listed, and created by an operation that takes a list."""
    for name, shelf in resources("create", "list")(world):
        creation = shelf.resource.create
        if creation and world.has(creation.operation) and isinstance(_body(shelf, creation), list):
            yield name, shelf


def check(world: World, shelf: Shelf) -> Iterator[Finding]:
    """Send three entries at once, not all of one owner, and look for three new ones."""
    creation = shelf.resource.create
    if creation is None:
        raise NotTried(f"nothing creates {shelf.resource.name}")
    sent = entries(shelf, creation, _COUNT)
    before = {str(shelf.id_of(item)) for item in shelf.all()}
    values = {**world.values(creation.operation, creation.arguments), BODY: bodies(shelf, sent)}
    request = request_of(world.operations[creation.operation], values)
    together = world.send(request, creation.operation, values)
    cause = Cause(NAME, world.label(creation.operation), (together,), creation.source)
    if together.status in _REFUSED:
        yield cause.finding(
            "several", "Several at once are refused.", str(together.status), "a success"
        )
    if not together.ok:
        raise NotTried(f"{creation.operation} answered {together.status}")
    world.awaited(NAME, lambda: len(_new(shelf, before)) >= len(sent))
    items = _new(shelf, before)
    if len(items) != len(sent):
        yield cause.finding(
            "several",
            "As many are made as entries were sent.",
            f"{len(items)} new ones",
            str(len(sent)),
            shelf.page(),
        )
    case = _Case(shelf, creation, cause, together)
    for number, entry in enumerate(sent):
        yield from case.entry(number, entry, items)


def _new(shelf: Shelf, before: set[str]) -> list[Any]:
    return [item for item in shelf.all() if str(shelf.id_of(item)) not in before]


def entries(shelf: Shelf, creation: Creation, count: int) -> list[dict[str, Any]]:
    """Return what to send for so many new ones: places of the first entry, and values.

    The last is for another owner than the others, if there is one.
    """
    made = [shelf.newly(creation, number) for number in range(count)]
    if creation.parent and shelf.resource.parent:
        for entry in made[:-1]:
            entry[creation.parent] = made[0][creation.parent]
        made[-1][creation.parent] = _another_owner(shelf, made[0][creation.parent])
    return made


def bodies(shelf: Shelf, sent: list[dict[str, Any]]) -> list[Any]:
    """Return the body that holds all entries."""
    creation = shelf.resource.create
    return [_body(shelf, creation, entry)[0] for entry in sent] if creation else []


def _body(shelf: Shelf, creation: Creation, entry: dict[str, Any] | None = None) -> Any:
    given = {**creation.arguments, **(entry or {})}
    return shelf.world.values(creation.operation, given).get(BODY)


def _another_owner(shelf: Shelf, first: Any) -> Any:
    parent = shelf.resource.parent
    if parent is None:
        return first
    owners = Shelf(shelf.world, shelf.world.roles.resource(parent.to))
    if owners.resource.create is not None:
        return owners.create().id
    return next((i for i in map(owners.id_of, owners.all()) if i != first), first)


@dataclass(frozen=True, slots=True)
class _Case:
    """The answer to several entries."""

    shelf: Shelf
    creation: Creation
    cause: Cause
    together: Exchange

    def entry(self, number: int, sent: dict[str, Any], items: list[Any]) -> Iterator[Finding]:
        """Yield what speaks against it: exactly one new item shows this entry."""
        texts = [str(sent[place]) for place in self.creation.varied if str(sent[place]).strip()]
        own = _showing(texts, items)
        if len(own) != 1:
            yield self.cause.finding(
                "entry",
                f"Entry {number} of {_COUNT} is not shown by exactly one new item.",
                f"{len(own)} items",
                f"one that shows {shown(texts)}",
            )
            return
        made = Made(self.shelf.id_of(own[0]), sent, own[0], self.together)
        self.shelf.world.ledger.created(self.shelf.resource.name, made.id)
        for place in self.creation.same.keys() & sent.keys():
            at = self.creation.same[place]
            found = pointer.read(own[0], at, None)
            if found != sent[place]:
                yield self.cause.finding(
                    at,
                    f"Entry {number} of {_COUNT} is shown with another value.",
                    shown(found),
                    shown(sent[place]),
                )
        yield from as_sent(self.shelf, self.creation, made)


def _showing(texts: list[str], items: list[Any]) -> list[Any]:
    """Return the items that show what only this entry has: its last words, or its first ones."""
    for words in ([text.split()[-1] for text in texts], [text.split()[0] for text in texts]):
        own = [item for item in items if all(leaves_trace(word, item) for word in words)]
        if own:
            return own
    return []


RULE = Rule(
    name=NAME,
    sentence="Several that are created at once all appear, each as its entry says.",
    effect=Effect.CREATES,
    subjects=several,
    check=check,
)
