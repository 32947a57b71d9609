"""New items of two owners are found by the filters that fit them, and by no other."""

from __future__ import annotations

from collections.abc import Iterator

from contract_tests.checks.filters_match import combined, equals, filtered, judged
from contract_tests.checks.rule import Effect, Rule
from contract_tests.findings.finding import Finding
from contract_tests.world.filtering import alone
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import NotTried, World

NAME = "filters_find_new"


def check(world: World, shelf: Shelf) -> Iterator[Finding]:
    """Make some that share all but their owner and some that share nothing, and filter them."""
    if shelf.resource.create is None:
        raise NotTried(f"nothing creates {shelf.resource.name}")
    made = set(map(str, _made(shelf)))
    items = shelf.all()
    # The new ones last: the values of the last item are among those that are asked for.
    items.sort(key=lambda item: str(shelf.id_of(item)) in made)
    by_one = [alone(one, items)[-1] for one in equals(shelf) if alone(one, items)]
    queries = [*by_one, *combined(equals(shelf), items)]
    yield from judged(world, shelf, items, queries)


def _made(shelf: Shelf) -> Iterator[object]:
    """Make two alike for two owners, then one more for each."""
    creation = shelf.resource.create
    if creation is None:
        return
    owners = shelf.owners(2) if creation.parent else [None]
    alike: dict[str, object] = {}
    for owner in (*owners, *owners):
        given = {creation.parent: owner} if creation.parent else {}
        made = shelf.create({**alike, **given})
        again = not alike and len(owners) > 1
        alike = {k: v for k, v in made.sent.items() if k != creation.parent} if again else {}
        yield made.id


RULE = Rule(
    name=NAME,
    sentence="New items of two owners are found by the filters that fit them, and by no other.",
    effect=Effect.CREATES,
    subjects=filtered,
    check=check,
)
