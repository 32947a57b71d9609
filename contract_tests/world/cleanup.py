"""Removes what a run has made, the newest first, and names what cannot be removed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from contract_tests.wire.limits import OutOfLimits
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import NotTried, World

_TIME_S = 30.0
_NO_WAY = "the contract has no way to delete it"
# Refusals that another time may be none: keys, time-outs, limits.
_FOR_NOW = frozenset({401, 403, 407, 408, 425, 429})

Still = tuple[str, Any, str]  # resource, id, and why it is still there


def clean(world: World) -> list[str]:
    """Remove everything that the ledger knows of; return what is still there, a line a reason.

    What no operation can remove is ended if it can be, and forgotten; what could not be removed
    this time stays in the ledger.
    """
    if not world.ledger.size:
        return []
    before = world.wire.allowance
    world.wire.allowance = before.extended(_TIME_S)
    try:
        return _by_reason(_left_over(world))
    except OutOfLimits as limit:
        return _by_reason((kind, item_id, str(limit)) for kind, item_id in world.ledger.left())
    finally:
        before.sent, before.reserved = world.wire.allowance.sent, 0
        world.wire.allowance = before


def _by_reason(still: Iterable[Still]) -> list[str]:
    names: dict[tuple[str, str], list[str]] = {}
    for kind, item_id, why in still:
        names.setdefault((kind, why), []).append(str(item_id))
    return [f"{kind}: {why}: {', '.join(ids)}" for (kind, why), ids in names.items()]


def _left_over(world: World) -> Iterator[Still]:
    for resource, words in world.ledger.unknown():
        yield from _found(world, resource, words)
    for name, item_id in world.ledger.left():
        shelf = Shelf(world, world.roles.resource(name))
        why = _removed(world, shelf, item_id)
        if why:
            yield name, item_id, why


def _found(world: World, name: str, words: tuple[str, ...]) -> Iterator[Still]:
    """Put into the ledger what bears the words of a creation whose answer told no id."""
    shelf = Shelf(world, world.roles.resource(name))
    try:
        items = shelf.all() if words else []
    except NotTried as reason:
        yield name, " ".join(words), f"perhaps made; {reason}"
        return
    if not words:
        yield name, "unknown", "perhaps made; nothing tells which one it is"
    for item in items:
        text = json.dumps(item, ensure_ascii=False)
        if any(word in text for word in words):
            world.ledger.created(name, shelf.id_of(item))
    world.ledger.settled(name)


def _removed(world: World, shelf: Shelf, item_id: Any) -> str:
    """Remove one and return nothing, or why it is still there."""
    deletion, resource = shelf.resource.delete, shelf.resource
    if deletion is None:
        return _ended(shelf, item_id)
    try:
        answer = shelf.act(deletion, item_id)
    except NotTried as reason:
        return str(reason)
    if answer.ok or answer.status in {404, 410, *deletion.gone.statuses}:
        world.ledger.removed(resource.name, item_id)
        return ""
    return f"{world.label(deletion.operation)} answered {answer.status or answer.failure}"


def _ended(shelf: Shelf, item_id: Any) -> str:
    """End what nothing can remove; it is forgotten once nothing more can be done about it."""
    resource, ledger = shelf.resource, shelf.world.ledger
    last = next((a for a in resource.actions if a.final and a.scope == "one"), None)
    if last is None:
        ledger.removed(resource.name, item_id)
        return _NO_WAY
    try:
        answer = shelf.act(last, item_id)
    except NotTried as reason:
        return f"{_NO_WAY}; {last.name}: {reason}"
    # Another refusal would be the same each time.
    is_final = 400 <= answer.status < 500 and answer.status not in _FOR_NOW
    if answer.ok or is_final:
        ledger.removed(resource.name, item_id)
    if answer.status in {404, 410}:
        return ""
    done = "done" if answer.ok else f"answered {answer.status or answer.failure}"
    return f"{_NO_WAY}; {last.name}: {done}"
