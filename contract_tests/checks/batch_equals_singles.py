"""A batch answers for the ids asked and no others, and what the single operation answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contract_tests.calls import pointer
from contract_tests.checks.rule import Effect, Rule
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import Batch
from contract_tests.wire.exchange import Exchange
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import NotTried, World

NAME = "batch_equals_singles"
_MOST_IDS = 5
Singles = Mapping[Any, Exchange]


def check(world: World, subject: tuple[Shelf, Batch]) -> Iterator[Finding]:
    """Ask for one, for several in another order, for one twice, for unheard ones and for none."""
    shelf, batch = subject
    case = _Case(world, batch)
    asked = [(item_id, case.single(item_id)) for item_id in some(shelf)]
    before = {item_id: single for item_id, single in asked if single.ok}
    if not before:
        raise NotTried(f"there is no {shelf.resource.name} that can be asked for")
    yield from case.findings(before)


def some(shelf: Shelf) -> list[Any]:
    """Return a few ids: the first ones, one in the middle, and the last."""
    ids = [shelf.id_of(item) for item in shelf.all()]
    if len(ids) <= _MOST_IDS:
        return ids
    return [*ids[:2], ids[len(ids) // 2], *ids[-2:]]


@dataclass(frozen=True, slots=True)
class _Case:
    world: World
    batch: Batch

    def single(self, item_id: Any) -> Exchange:
        """Ask for one by the single operation."""
        return self.world.call(self.batch.single, {self.batch.single_at: item_id})

    def asked(self, ids: Sequence[Any]) -> Exchange:
        """Ask for several by the batch."""
        return self.world.call(self.batch.operation, {self.batch.at: list(ids)})

    def findings(self, before: Singles) -> Iterator[Finding]:
        """Yield what is wrong with batches of these ids."""
        ids = list(before)
        page = self.asked(ids[::-1])
        after = {item_id: self.single(item_id) for item_id in ids}
        yield from self.judged(page, after)
        yield from self.measured(page, before, after)
        ends = list(dict.fromkeys([ids[-1], ids[0]]))
        for some_ids in _distinct([ids[:1], ends, ids[1:]], ids[::-1]):
            yield from self.judged(self.asked(some_ids), {i: after[i] for i in some_ids})
        yield from self.doubled(ids[-1])
        yield from self.unheard(after)

    def judged(self, page: Exchange, singles: Singles) -> Iterator[Finding]:
        """Yield what is wrong with the answer for the ids of `singles`."""
        if not page.ok:
            if page.status != 429:
                yield self._finding("refused", page, str(page.status), f"{len(singles)} entries")
            return
        yield from self._exactly(page, [str(item_id) for item_id in singles])
        for item_id, single in singles.items():
            entry = self._entry(page, item_id)
            if entry is None or self._stable(entry) == self._stable(single.body()):
                continue
            now, again = self.single(item_id), self._entry(self.asked([item_id]), item_id)
            is_moving = again is not None and self._stable(again) == self._stable(now.body())
            is_new = self._stable(entry) == self._stable(now.body())
            if now.ok and not is_new and not (is_moving and self._has_moved(now, single)):
                yield self._differs(page, entry, now)

    def measured(self, page: Exchange, before: Singles, after: Singles) -> Iterator[Finding]:
        """Yield where a moving value differs although it stood still before and after."""
        for item_id in before:
            entry = self._entry(page, item_id)
            stood = before[item_id].body() == after[item_id].body()
            if entry is None or not stood or _sorted_within(entry) == _within(after[item_id]):
                continue
            again, now = self._entry(self.asked([item_id]), item_id), self.single(item_id)
            if now.body() == after[item_id].body() and _sorted_within(again) != _within(now):
                yield self._differs(page, entry, now)

    def doubled(self, item_id: Any) -> Iterator[Finding]:
        """Yield a finding if an id that is asked for twice brings others, or none."""
        page = self.asked([item_id, item_id])
        shown = {self._id(entry) for entry in self._entries(page)}
        if page.ok and shown != {str(item_id)}:
            yield self._finding("twice", page, str(sorted(map(str, shown))), f"{item_id}")

    def unheard(self, singles: Singles) -> Iterator[Finding]:
        """Yield what is wrong with ids that nobody has, and with none: left out, or refused."""
        word = f"ct-{self.world.random('batch').getrandbits(32):08x}"
        ids = list(singles)
        for asked in ([word, *ids[:2]], [*ids[-1:], word], [word], []):
            page = self.asked(asked)
            if page.ok:
                yield from self.judged(page, {i: singles[i] for i in asked if i in singles})

    def _exactly(self, page: Exchange, wanted: list[str]) -> Iterator[Finding]:
        shown = [self._id(entry) for entry in self._entries(page)]
        others = [item_id for item_id in shown if item_id not in wanted]
        lost = [item_id for item_id in wanted if item_id not in shown]
        if others:
            yield self._finding("others", page, f"also {others[0]}", f"only {wanted}"[:200])
        elif lost:
            yield self._finding("lost", page, f"without {lost[0]}", f"{wanted}"[:200])
        elif len(shown) > len(wanted):
            yield self._finding("repeats", page, f"{len(shown)} entries", f"{len(wanted)}")

    def _entry(self, page: Exchange, item_id: Any) -> Any:
        same = (entry for entry in self._entries(page) if self._id(entry) == str(item_id))
        return next(same, None)

    def _has_moved(self, now: Exchange, then: Exchange) -> bool:
        return bool(self._stable(now.body()) != self._stable(then.body()))

    def _differs(self, page: Exchange, entry: Any, single: Exchange) -> Finding:
        differing = _differing(entry, single.body())
        return self._finding(
            f"differs {differing}",
            page,
            json.dumps(pointer.read(entry, differing, None))[:200],
            json.dumps(pointer.read(single.body(), differing, None))[:200],
            single,
        )

    def _stable(self, entry: Any) -> Any:
        return _sorted_within(pointer.without(entry, self.batch.moving))

    def _entries(self, page: Exchange) -> list[Any]:
        entries = pointer.read(page.body(), self.batch.items, None)
        return entries if isinstance(entries, list) else []

    def _id(self, entry: Any) -> str | None:
        shown = pointer.read(entry, self.batch.id, None)
        return None if shown is None else str(shown)

    def _finding(
        self, place: str, page: Exchange, received: str, expected: str, *others: Exchange
    ) -> Finding:
        label = self.world.label(self.batch.operation)
        return Finding(
            rule=NAME,
            operation=label,
            place=place,
            message=f"{label} does not answer as {self.world.label(self.batch.single)} does.",
            received=received,
            expected=expected,
            exchanges=(*others, page),
            source=self.batch.source,
        )


def _distinct(lists: list[list[Any]], done: list[Any]) -> list[list[Any]]:
    return [ids for n, ids in enumerate(lists) if ids and ids != done and ids not in lists[:n]]


def _within(single: Exchange) -> Any:
    return _sorted_within(single.body())


def _sorted_within(entry: Any) -> Any:
    """Return an entry without an order in its lists: none is documented there."""
    return {k: _sorted(v) for k, v in entry.items()} if isinstance(entry, dict) else entry


def _sorted(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return sorted(value, key=lambda inner: json.dumps(inner, sort_keys=True))


def _differing(entry: Any, single: Any) -> str:
    if not isinstance(entry, dict) or not isinstance(single, dict):
        return ""
    names = [*single, *entry]
    return next((f"/{name}" for name in names if entry.get(name) != single.get(name)), "")


def _batches(world: World) -> list[tuple[str, tuple[Shelf, Batch]]]:
    return [
        (f"{resource.name}, {batch.operation}", (Shelf(world, resource), batch))
        for resource in world.roles.resources
        for batch in resource.batches
        if resource.list
    ]


RULE = Rule(
    name=NAME,
    sentence="A batch answers for the ids asked and no others, as the single operation does.",
    effect=Effect.READS,
    subjects=_batches,
    check=check,
)
