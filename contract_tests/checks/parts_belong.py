"""What an answer about one tells of others is known, and is about those that are its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from contract_tests.calls import pointer
from contract_tests.checks.batch_equals_singles import some
from contract_tests.checks.rule import Effect, Rule
from contract_tests.checks.unchanged import Cause, shown
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import Batch, Part
from contract_tests.wire.exchange import Exchange
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import NotTried, World

NAME = "parts_belong"
_NOWHERE = frozenset({400, 404, 410})
_MOST_IDS = 3


@dataclass(frozen=True, slots=True)
class Whole:
    """A batch, and a place of its entries that names things of another resource."""

    shelf: Shelf
    batch: Batch
    part: Part


def wholes(world: World) -> Iterable[tuple[str, Whole]]:
    """Select every place of a batch that names what can be listed, by its resource."""
    listed = {resource.name for resource in world.roles.resources if resource.list}
    for resource in world.roles.resources:
        for batch in resource.batches:
            for part in batch.parts:
                if resource.list and part.to in listed:
                    shelf = Shelf(world, resource)
                    yield f"{resource.name} {part.field}", Whole(shelf, batch, part)


def check(world: World, whole: Whole) -> Iterator[Finding]:
    """Look at one answer about several, and at one about each of a few."""
    ids = some(whole.shelf)
    if not ids:
        raise NotTried(f"there is no {whole.shelf.resource.name} that can be asked for")
    calls = [(whole.batch.operation, {whole.batch.at: ids})]
    if whole.batch.single:
        few = dict.fromkeys([ids[0], ids[len(ids) // 2], ids[-1]])
        calls += [(whole.batch.single, {whole.batch.single_at: i}) for i in few]
    case = _Case(world, whole, Shelf(world, world.roles.resource(whole.part.to)))
    told = False
    for operation_id, arguments in calls:
        seen = world.call(operation_id, arguments)
        told = told or any(case.named(seen))
        if any(case.wrong(seen)):
            # One may have come or gone meanwhile: it has to be wrong twice.
            yield from case.wrong(world.call(operation_id, arguments))
    if not told:
        raise NotTried(f"no answer names a {whole.part.to}")


@dataclass(frozen=True, slots=True)
class _Case:
    world: World
    whole: Whole
    parts: Shelf

    def entries(self, seen: Exchange) -> list[Any]:
        """Return what an answer tells, entry by entry."""
        if not seen.ok:
            return []
        if seen.operation_id == self.whole.batch.single:
            return [seen.body()]
        entries = pointer.read(seen.body(), self.whole.batch.items, None)
        return entries if isinstance(entries, list) else []

    def named(self, seen: Exchange) -> list[Any]:
        """Return the ids that an answer names."""
        return [i for entry in self.entries(seen) for i in self._ids(entry)]

    def _ids(self, entry: Any) -> list[Any]:
        found = pointer.found(entry, self.whole.part.field)
        return list(dict.fromkeys(i for i in found if isinstance(i, str | int)))

    def wrong(self, seen: Exchange) -> Iterator[Finding]:
        """Yield what is wrong with the first id that belongs to nobody, and to another."""
        known = {str(self.parts.id_of(item)): item for item in self.parts.all()}
        told: set[str] = set()
        for entry in self.entries(seen):
            owner = pointer.read(entry, self.whole.batch.id, None)
            for item_id in self._ids(entry):
                for finding in self._about(owner, item_id, known.get(str(item_id)), seen):
                    if finding.place not in told:
                        told.add(finding.place)
                        yield finding

    def _about(self, owner: Any, item_id: Any, item: Any, seen: Exchange) -> Iterator[Finding]:
        """Yield a finding about one id; `item` is what the list shows of it."""
        cause = Cause(NAME, self.world.label(seen.operation_id), (seen,), self.whole.part.source)
        field, kind = self.whole.part.field, self.whole.part.to
        if item is None:
            read = self._read(item_id)
            if read is None:
                return
            if read.status in _NOWHERE:
                message = f"An answer names a {kind} that nobody has."
                yield cause.finding(
                    f"{field} unknown", message, shown(item_id), f"the id of a {kind}", read
                )
                return
            item = self.parts.shown(read)
        parent = self.parts.resource.parent
        if parent is None or parent.to != self.whole.shelf.resource.name:
            return
        whose = pointer.read(item, parent.field, None)
        if None not in {whose, owner} and whose != owner:
            message = f"An answer about one names a {kind} of another."
            received = f"{shown(item_id)}, of {shown(whose)}"
            yield cause.finding(
                f"{field} of another", message, received, f"only those of {shown(owner)}"
            )

    def _read(self, item_id: Any) -> Exchange | None:
        return self.parts.read(item_id) if self.parts.resource.read else None


RULE = Rule(
    name=NAME,
    sentence="What an answer about one tells of others is there, and belongs to that one.",
    effect=Effect.READS,
    subjects=wholes,
    check=check,
)
