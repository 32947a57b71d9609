"""A field that counts other items agrees with their list, also when one comes or goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from contract_tests.calls import pointer
from contract_tests.checks.countings import is_exception
from contract_tests.checks.rule import Effect, Rule
from contract_tests.findings.finding import Finding, Grade
from contract_tests.roles.model import Action, Count
from contract_tests.wire.exchange import Exchange
from contract_tests.world.shelf import Made, Shelf
from contract_tests.world.world import NotTried, World

NAME, NEW = "counts_agree", "counts_follow"
_MOST_NEW = 2


def check(world: World, subject: tuple[Shelf, Count]) -> Iterator[Finding]:
    """Compare what existing items say with the list of what they count, before and after."""
    owners, count = subject
    case = _Case(world, owners, count, NAME)
    before, counted = owners.all(), Shelf(world, world.roles.resource(count.of)).all()
    if not before or not any(map(case.is_counted, counted)):
        raise NotTried(f"there is no {count.of} that {count.field} is known to count")
    wrong = case.wrong(before, counted)
    # What moved meanwhile is no finding: the same ones have to be wrong again.
    page, after = owners.page(), owners.all()
    counted = Shelf(world, world.roles.resource(count.of)).all()
    again = case.wrong(after, counted)
    for item_id, (shown, number) in again.items():
        if item_id in wrong:
            finding = case.finding("existing", repr(shown), f"{number} in the list", page)
            is_clear = is_exception(count, case.said(after), counted, again)
            # The others tell what is counted: then it is no question of how the page is read.
            yield (
                replace(finding, grade=Grade.BREACH, source=count.source) if is_clear else finding
            )
            return


def check_new(world: World, subject: tuple[Shelf, Count]) -> Iterator[Finding]:
    """Make one that owns nothing, then give it some: it counts them from the first."""
    owners, count = subject
    if owners.resource.create is None:
        raise NotTried(f"nothing creates {owners.resource.name}")
    items = Shelf(world, world.roles.resource(count.of))
    if items.resource.create is None or not items.resource.create.parent:
        raise NotTried(f"nothing creates {count.of} for an owner")
    case = _Case(world, owners, count, NEW)
    new = owners.create()
    owner, number = new.id, case.listed(items, new.id)
    yield from case.told_at_once(new, number)
    yield from case.counts(owner, number)
    place = items.resource.create.parent
    made = [items.create({place: owner}).id]
    yield from case.counts(owner, case.listed(items, owner))
    made += [items.create({place: owner}).id for _ in range(_MOST_NEW - 1)]
    number = case.listed(items, owner)
    yield from case.counts(owner, number)
    yield from _after_the_end(case, items, owner, made[-1], number)


def _after_the_end(
    case: _Case, items: Shelf, owner: Any, item_id: Any, number: int
) -> Iterator[Finding]:
    """End one, where that is possible: what counts some of them only counts one less."""
    end = next((one for one in items.resource.actions if one.final and one.scope == "one"), None)
    if items.resource.delete:
        if items.delete(item_id).ok:
            yield from case.counts(owner, case.listed(items, owner))
    elif case.count.where and end and _ended(items, end, owner, item_id):
        yield from case.counts(owner, number - 1)


def _ended(items: Shelf, end: Action, owner: Any, item_id: Any) -> bool:
    return Shelf(items.world, items.resource, owner).act(end, item_id).ok


@dataclass(frozen=True, slots=True)
class _Case:
    world: World
    owners: Shelf
    count: Count
    rule: str

    def wrong(self, owners: list[Any], counted: list[Any]) -> dict[str, tuple[Any, int]]:
        """Return those that count something else than there is: what they say, what there is."""
        numbers: dict[str, int] = {}
        for item in filter(self.is_counted, counted):
            key = str(pointer.read(item, self.count.by, None))
            numbers[key] = numbers.get(key, 0) + 1
        return {
            item_id: (said, numbers.get(item_id, 0))
            for item_id, said in self.said(owners).items()
            if said != numbers.get(item_id, 0)
        }

    def said(self, owners: list[Any]) -> dict[str, Any]:
        """Return what owners say, by their ids; those that say nothing are left out."""
        shown = {str(self.owners.id_of(owner)): self._said(owner) for owner in owners}
        return {item_id: number for item_id, number in shown.items() if number is not None}

    def listed(self, items: Shelf, owner: Any) -> int:
        """Return how many items of an owner the list holds."""
        return [pointer.read(item, self.count.by, None) for item in items.all()].count(owner)

    def counts(self, owner: Any, number: int) -> Iterator[Finding]:
        """Yield a finding if reading or listing an owner shows another number."""
        read = self.owners.read(owner)
        shown = self._said(self.owners.shown(read))
        if read.ok and shown is not None and shown != number:
            yield self.finding("new", repr(shown), repr(number), read)
            return
        page = self.owners.page()
        listed = [i for i in self.owners.items_on(page) if self.owners.id_of(i) == owner]
        said = [self._said(item) for item in listed]
        if said and said[0] is not None and said[0] != number:
            yield self.finding("new, listed", repr(said[0]), repr(number), page)

    def finding(self, place: str, received: str, expected: str, seen: Exchange) -> Finding:
        """Return a finding; about what was there before, nothing is documented."""
        is_new = self.rule == NEW
        return Finding(
            rule=self.rule,
            operation=self.world.label(seen.operation_id),
            place=f"{self.count.field} {place}",
            message=f"{self.count.field} does not count the {self.count.of} items.",
            received=received,
            expected=expected,
            exchanges=(seen,),
            source=self.count.source if is_new else "decision",
            grade=Grade.BREACH if is_new else Grade.ASSUMPTION,
        )

    def told_at_once(self, new: Made, number: int) -> Iterator[Finding]:
        """Yield a finding if the answer of a creation counts what never was there."""
        said = self._said(new.item)
        # Nothing, if what comes with it comes a moment later.
        if said is not None and said not in {0, number}:
            yield self.finding("created", str(said), str(number), new.exchange)

    def _said(self, item: Any) -> Any:
        return pointer.read(item, self.count.field, None)

    def is_counted(self, item: Any) -> bool:
        """Say whether an item is of the kind that is counted."""
        where: Mapping[str, tuple[Any, ...]] = self.count.where
        return all(pointer.read(item, place, None) in wanted for place, wanted in where.items())


def _counting(world: World) -> list[tuple[str, tuple[Shelf, Count]]]:
    return [
        (f"{resource.name}, {count.field}", (Shelf(world, resource), count))
        for resource in world.roles.resources
        for count in resource.counts
        if resource.list
    ]


RULE = Rule(
    name=NAME,
    sentence="A field that counts other items agrees with their list.",
    effect=Effect.READS,
    subjects=_counting,
    check=check,
)
NEW_RULE = Rule(
    name=NEW,
    sentence="A new item counts what it owns, from nothing on, when one comes and when one goes.",
    effect=Effect.CHANGES,
    subjects=_counting,
    check=check_new,
)
