"""Who belongs to whom: items whose owner is another, and what may change with it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from contract_tests.calls import pointer
from contract_tests.world.shelf import Shelf
from contract_tests.world.snapshot import Change
from contract_tests.world.world import NotTried


def give_children(shelf: Shelf, item_id: Any) -> None:
    """Make one of everything that can be made for this owner."""
    for resource in shelf.world.roles.resources:
        parent, creation = resource.parent, resource.create
        if parent and parent.to == shelf.resource.name and creation and creation.parent:
            with suppress(NotTried):
                Shelf(shelf.world, resource, item_id).create({creation.parent: item_id})


def is_kin(change: Change, shelf: Shelf, item_id: Any, item: Any) -> bool:
    """Say whether a change is about this item, what belongs to it, or whom it belongs to."""
    own = shelf.resource
    if change.resource == own.name:
        return change.id == str(item_id)
    if own.parent and change.resource == own.parent.to:
        return change.id == str(pointer.read(item, own.parent.field, None))
    resource = shelf.world.roles.resource(change.resource)
    if resource.parent is None or resource.parent.to != own.name:
        return False
    return bool(pointer.read(change.item, resource.parent.field, None) == item_id)
