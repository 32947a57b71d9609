"""A list is in the order that is documented, also across the borders of its pages."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from contract_tests.calls import pointer
from contract_tests.checks.rule import Effect, Rule
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import Order
from contract_tests.world.moments import moment
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import NotTried, World

NAME = "order_is_kept"


def check(world: World, shelf: Shelf) -> Iterator[Finding]:
    """Compare every item with the one after it, by the field that the list is in order of."""
    listing = shelf.resource.list
    if listing is None or listing.order is None:
        raise NotTried(f"no order of {shelf.resource.name} is documented")
    items = shelf.all()
    if len(items) < 2:
        raise NotTried(f"two of {shelf.resource.name} are needed")
    wrong = _wrong(items, listing.order)
    if wrong is None:
        return
    before, after = wrong
    yield Finding(
        rule=NAME,
        operation=world.label(listing.operation),
        place=listing.order.by,
        message=f"The list of {shelf.resource.name} is not in the documented order.",
        received=f"{before} before {after}",
        expected="the largest first" if listing.order.descending else "the smallest first",
        exchanges=(shelf.page(),),
        source=listing.order.source,
    )


def _wrong(items: list[Any], order: Order) -> tuple[Any, Any] | None:
    """Return the first two neighbours that stand the wrong way round."""
    shown = [pointer.read(item, order.by, None) for item in items]
    for before, after in pairwise(value for value in shown if value is not None):
        first, second = _key(before), _key(after)
        if first is None or second is None:
            continue
        if (first < second) if order.descending else (second < first):
            return before, after
    return None


def _key(value: Any) -> int | float | None:
    """Return what can be compared without asking how a server compares texts."""
    if isinstance(value, int | float):
        return value
    point = moment(value)
    return point.ns if point else None


def _ordered(world: World) -> list[tuple[str, Shelf]]:
    return [
        (resource.name, Shelf(world, resource))
        for resource in world.roles.resources
        if resource.list and resource.list.order
    ]


RULE = Rule(
    name=NAME,
    sentence="A list is in the order that is documented, also across the borders of its pages.",
    effect=Effect.READS,
    subjects=_ordered,
    check=check,
)
