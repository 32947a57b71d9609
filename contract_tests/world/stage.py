"""A stage for actions: two owners with items of their own, and what changed between two looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contract_tests.calls import pointer
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import NotTried

_FIRST, _SECOND = 3, 2


@dataclass(frozen=True, slots=True)
class Troupe:
    """The items of one owner; `owner` is None where nothing owns them."""

    owner: Any
    ids: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """Every item of a list by its id, without what moves by itself."""

    items: Mapping[str, Any]

    def state(self, item_id: Any, place: str) -> Any:
        """Return what an item shows at a place, None if it is not there."""
        return pointer.read(self.items.get(str(item_id)), place, None)

    def since(self, before: Look) -> dict[str, tuple[str, ...]]:
        """Return the ids of what changed, each with the names of its fields that did."""
        return {
            item_id: _changed(before.items.get(item_id), self.items.get(item_id))
            for item_id in {**before.items, **self.items}
            if before.items.get(item_id) != self.items.get(item_id)
        }


def look(shelf: Shelf) -> Look:
    """Read the whole list; NotTried if that is not possible."""
    moving = shelf.resource.moving
    return Look({str(shelf.id_of(item)): pointer.without(item, moving) for item in shelf.all()})


def new_troupes(shelf: Shelf) -> list[Troupe]:
    """Make two owners with three and two items; NotTried if they cannot be made."""
    creation, parent = shelf.resource.create, shelf.resource.parent
    if creation is None:
        raise NotTried(f"nothing creates {shelf.resource.name}")
    if parent is None or not creation.parent:
        return [Troupe(None, tuple(shelf.some(_FIRST)))]
    owners = Shelf(shelf.world, shelf.world.roles.resource(parent.to)).some(2)
    return [
        Troupe(owner, tuple(shelf.create({creation.parent: owner}).id for _ in range(count)))
        for owner, count in zip(owners, (_FIRST, _SECOND), strict=True)
    ]


def present_troupes(shelf: Shelf, place: str) -> list[Troupe]:
    """Return existing items of the owners that have most, in the state that most are in.

    `place` is the field that shows the state. NotTried if the run may not touch them.
    """
    items, parent = shelf.all(), shelf.resource.parent
    states = [pointer.read(item, place, None) for item in items]
    usual = max(states, key=states.count, default=None)
    owned: dict[Any, list[Any]] = {}
    for item, state in zip(items, states, strict=True):
        if state == usual:
            owner = pointer.read(item, parent.field, None) if parent else None
            owned.setdefault(owner, []).append(shelf.id_of(item))
    chosen = sorted(owned.items(), key=lambda pair: -len(pair[1]))[:2]
    troupes = [Troupe(owner, tuple(ids[:_FIRST])) for owner, ids in chosen]
    for troupe in troupes:
        for item_id in troupe.ids:
            shelf.touch(item_id)
    if not troupes:
        raise NotTried(f"there is no {shelf.resource.name}")
    return troupes


def _changed(before: Any, after: Any) -> tuple[str, ...]:
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return ("",)
    names: Sequence[str] = [*before, *(name for name in after if name not in before)]
    return tuple(f"/{name}" for name in names if before.get(name) != after.get(name))
