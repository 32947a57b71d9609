"""An update is seen by reading and listing, and touches nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.calls import pointer
from contract_tests.checks.denied import denied
from contract_tests.checks.rule import Effect, Rule, resources
from contract_tests.checks.unchanged import Cause, shown
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import Update
from contract_tests.wire.exchange import Exchange
from contract_tests.world.shelf import Shelf
from contract_tests.world.snapshot import Change, Snapshot, at_place, differing, taken
from contract_tests.world.world import NotTried, World

NAME = "update_is_visible"
_ODD = " Zoë & 測試"


def check(world: World, shelf: Shelf) -> Iterator[Finding]:
    """Update one that was there and a new one, twice each, the second time back."""
    update = shelf.resource.update
    if update is None or not update.same:
        raise NotTried(f"no update of {shelf.resource.name} shows what was sent")
    chosen = _chosen(world, shelf)
    before = taken(world, shelf)
    for item_id in chosen:
        case = _Case(world, shelf, update, item_id, before)
        yield from case.findings()
        before = case.before


def _chosen(world: World, shelf: Shelf) -> list[Any]:
    """Return ids to update: a new one and, where that is allowed, the first that was there."""
    there: list[Any] = []
    if world.permits.existing and shelf.resource.list:
        there = [i for i in map(shelf.id_of, shelf.all()) if i is not None]
    if shelf.resource.create is not None:
        return [*there[:1], shelf.create().id]
    if not there:
        raise NotTried(f"there is no {shelf.resource.name} that may be updated")
    return [there[0], *there[-1:]] if len(there) > 1 else there


@dataclass(slots=True)
class _Case:
    """One to be updated; `before` is what the lists showed last."""

    world: World
    shelf: Shelf
    update: Update
    item_id: Any
    before: Snapshot

    def findings(self) -> Iterator[Finding]:
        """Give it new values, and then those that it had."""
        original = self._item()
        if original is None:
            raise NotTried(f"{self.shelf.resource.name} {self.item_id} cannot be seen")
        was = {p: pointer.read(original, at, None) for p, at in self.update.same.items()}
        held = (*self.update.kept, *self.update.options)
        less = {**{p: was[p] for p in held if was.get(p) is not None}, **self._texts()}
        yield from self._once({**less, **self._others(was)}, original, less)
        back = {p: value for p, value in was.items() if value is not None}
        if was.keys() - back.keys() - set(self.update.kept):
            return
        yield from self._once(back, self._item(), back)

    def _once(
        self, sent: Mapping[str, Any], was: Any, less: Mapping[str, Any]
    ) -> Iterator[Finding]:
        """Send `sent`, or `less` where that is refused: not all that a schema allows goes well."""
        self.shelf.touch(self.item_id)
        done = self.shelf.act(self._act(sent), self.item_id)
        if 400 <= done.status < 500 and less != sent:
            sent, done = less, self.shelf.act(self._act(less), self.item_id)
        cause = Cause(NAME, self.world.label(self.update.operation), (done,), self.update.source)
        if not done.ok:
            yield from _refused(cause, done)
            return
        yield from denied(self.world, NAME, done)
        yield from self._read(cause, sent, was)
        before, self.before = self.before, taken(self.world, self.shelf)
        yield from self._listed(cause, sent)
        strange = [c for c in before.changes(self.before) if not self._is_meant(c)]
        message = "An update changed more than it was sent."
        yield from cause.changed(message, strange, self.before)

    def _read(self, cause: Cause, sent: Mapping[str, Any], was: Any) -> Iterator[Finding]:
        if self.shelf.resource.read is None:
            return
        read = self.shelf.read(self.item_id)
        item = self.shelf.shown(read)
        yield from self._shows(cause, sent, item, read)
        own = self.shelf.resource
        # The time of the last change is of course another.
        but = {*own.moving, *own.in_order[1:], *self.update.same.values()}
        for place in differing(was, item, but):
            yield cause.finding(
                place,
                f"An update changed {place or 'all'}, which it was not sent.",
                shown(at_place(item, place)),
                shown(at_place(was, place)),
                read,
            )

    def _listed(self, cause: Cause, sent: Mapping[str, Any]) -> Iterator[Finding]:
        if self.shelf.resource.list is None:
            return
        item = self.before.item(self.shelf.resource.name, self.item_id)
        for page in self.before.pages(self.shelf.resource.name) if item is not None else ():
            yield from self._shows(cause, sent, item, page)

    def _shows(
        self, cause: Cause, sent: Mapping[str, Any], item: Any, seen: Exchange
    ) -> Iterator[Finding]:
        for place, value in sent.items():
            at = self.update.same.get(place)
            if at is not None and pointer.read(item, at, None) != value:
                where = "list" if seen.operation_id != self._reading() else "read"
                yield cause.finding(
                    f"{at} ({where})",
                    f"An update is not seen at {at} ({where}).",
                    shown(pointer.read(item, at, None)),
                    shown(value),
                    seen,
                )

    def _is_meant(self, change: Change) -> bool:
        own = change.resource == self.shelf.resource.name and change.id == str(self.item_id)
        meant = {*self.update.same.values(), *self.shelf.resource.in_order[1:]}
        return own and change.place in meant

    def _item(self) -> Any:
        if self.shelf.resource.read is not None:
            return self.shelf.shown(self.shelf.read(self.item_id))
        return next((i for i in self.shelf.all() if self.shelf.id_of(i) == self.item_id), None)

    def _reading(self) -> str:
        return self.shelf.resource.read.operation if self.shelf.resource.read else ""

    def _act(self, sent: Mapping[str, Any]) -> Update:
        return Update(self.update.operation, self.update.at, {**self.update.arguments, **sent})

    def _others(self, was: Mapping[str, Any]) -> dict[str, Any]:
        """Return other values than it has, where the roles tell several."""
        chosen = {
            place: next((v for v in values if v != was[place]), None)
            for place, values in self.update.options.items()
            if was.get(place) is not None
        }
        return {place: value for place, value in chosen.items() if value is not None}

    def _texts(self) -> dict[str, Any]:
        chance = self.world.random(NAME, self.item_id, self.world.wire.allowance.sent)
        word, number = f"ct-{chance.getrandbits(32):08x}", chance.randrange(1, 255)
        return {
            place: pattern.format(word=word, n=number) + _ODD
            for place, pattern in self.update.varied.items()
            if place in self.update.same
        }


def _refused(cause: Cause, done: Exchange) -> Iterator[Finding]:
    # What else may stand in the way, only the server knows; that it is there was seen.
    if done.status == 404:
        yield cause.finding("found", "One that is there cannot be updated.", "404", "a success")
        return
    raise NotTried(f"{done.operation_id} answered {done.status}")


RULE = Rule(
    name=NAME,
    sentence="An update is seen by reading and listing, and touches nothing else.",
    effect=Effect.CHANGES,
    subjects=resources("update"),
    check=check,
)
