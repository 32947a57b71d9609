"""A filter in the body of a batch leaves what matches, and takes away what does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from contract_tests.calls import pointer
from contract_tests.checks.batch_equals_singles import RULE as BATCH
from contract_tests.checks.batch_equals_singles import some
from contract_tests.checks.rule import Effect, Rule
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import Batch, Filter
from contract_tests.wire.exchange import Exchange
from contract_tests.world.filtering import Query, alone
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import NotTried, World

NAME = "batch_filters_narrow"


def check(world: World, subject: tuple[Shelf, Batch]) -> Iterator[Finding]:
    """Ask for the same ids with and without each filter, by values that the answer has shown."""
    shelf, batch = subject
    if not batch.filters:
        raise NotTried(f"{batch.operation} has no filter")
    case = _Case(world, batch, some(shelf))
    whole = case.asked({})
    if not case.entries(whole):
        raise NotTried(f"{batch.operation} shows nothing to narrow")
    for one in batch.filters:
        for query in alone(one, case.entries(whole)):
            yield from case.judged(query, whole)
    yield from _singles(case, case.entries(whole))


def _singles(case: _Case, entries: Sequence[Any]) -> Iterator[Finding]:
    """Ask for one alone, the one that shows most, with and without each filter."""
    batch = case.batch
    single = replace(batch, operation=batch.single, at=batch.single_at)
    for one in batch.single_filters:
        most = max(entries, key=partial(_variety, one), default=None)
        if most is None or not _variety(one, most):
            continue
        alone_ = _One(case.world, single, [pointer.read(most, batch.id, None)])
        whole = alone_.asked({})
        for query in alone(one, alone_.entries(whole)):
            yield from alone_.judged(query, whole)


def _variety(one: Filter, entry: Any) -> int:
    return len({str(value) for value in pointer.found(entry, one.field)})


@dataclass(frozen=True, slots=True)
class _Case:
    world: World
    batch: Batch
    ids: list[Any]

    def asked(self, arguments: Mapping[str, Any]) -> Exchange:
        """Ask for all of them."""
        return self.world.call(self.batch.operation, {self.batch.at: self.ids, **arguments})

    def entries(self, page: Exchange) -> list[Any]:
        """Return the entries of an answer."""
        entries = pointer.read(page.body(), self.batch.items, None)
        return entries if page.ok and isinstance(entries, list) else []

    def judged(self, query: Query, whole: Exchange) -> Iterator[Finding]:
        """Yield what is wrong with one narrowed answer; values that move are looked at again."""
        if not self._wrong(query, whole, self.asked(query.arguments)):
            return
        now, page = self.asked({}), self.asked(query.arguments)
        wrong = self._wrong(query, now, page)
        if not wrong or page.status == 429:
            return
        one = query.asked[0].filter
        label = self.world.label(self.batch.operation)
        yield Finding(
            rule=NAME,
            operation=label,
            place=f"{one.parameter} {wrong}",
            message=f"{one.parameter} of {label} does not narrow the answer to what matches.",
            received=f"{wrong}, with {query.arguments}",
            expected=f"what shows {query.asked[0].value!r} at {one.field}, and nothing else",
            exchanges=(now, page),
            source=one.source,
        )

    def _wrong(self, query: Query, whole: Exchange, page: Exchange) -> str:
        if not page.ok:
            return f"refused with {page.status}"
        one = query.asked[0].filter
        if "*" in one.field:
            return self._wrong_parts(query, whole, page)
        inner, found = self.entries(whole), self.entries(page)
        return self._lost(query.must(inner), found) or self._kept(query, inner, found)

    def _wrong_parts(self, query: Query, whole: Exchange, page: Exchange) -> str:
        one = query.asked[0].filter
        listed, _, field = one.field.rpartition("/*")
        parts = Query((replace(query.asked[0], filter=_inner(one, field)),))
        for entry in self.entries(whole):
            item_id = pointer.read(entry, self.batch.id, None)
            narrow = [e for e in self.entries(page) if self._id(e) == item_id]
            before = pointer.found(entry, f"{listed}/*")
            after = [part for e in narrow for part in pointer.found(e, f"{listed}/*")]
            if len(parts.must(after)) < len(parts.must(before)):
                return "less than what matches"
            if len(parts.may(after)) < len(after):
                return "with others"
        return ""

    def _lost(self, must: Sequence[Any], found: Sequence[Any]) -> str:
        shown = {self._id(entry) for entry in found}
        return "" if {self._id(entry) for entry in must} <= shown else "less than what matches"

    def _kept(self, query: Query, whole: Sequence[Any], found: Sequence[Any]) -> str:
        """Tell if an entry that does not match is as full as without the filter."""
        may = {self._id(entry) for entry in query.may(whole)}
        others = [entry for entry in found if self._id(entry) not in may]
        return "with others" if any(map(_is_full, others)) else ""

    def _id(self, entry: Any) -> Any:
        return pointer.read(entry, self.batch.id, None)


class _One(_Case):
    """The same, of an operation that answers for one."""

    __slots__ = ()

    def asked(self, arguments: Mapping[str, Any]) -> Exchange:
        """Ask for it."""
        return self.world.call(self.batch.operation, {self.batch.at: self.ids[0], **arguments})

    def entries(self, page: Exchange) -> list[Any]:
        """Return the answer as its only entry."""
        return [page.body()] if page.ok and isinstance(page.body(), Mapping) else []


def _inner(one: Filter, field: str) -> Filter:
    return replace(one, field=field, also=())


def _is_full(entry: Any) -> bool:
    """Say whether an entry tells anything: no document says that it may not stay, emptied."""
    return isinstance(entry, dict) and any(isinstance(v, list) and v for v in entry.values())


RULE = Rule(
    name=NAME,
    sentence="A filter in the body of a batch leaves what matches, and nothing else.",
    effect=Effect.READS,
    subjects=BATCH.subjects,
    check=check,
)
