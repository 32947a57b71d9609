"""Media types of parameters, bodies and answers, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.changes.change import Change, Direction, Effect
from contract_tests.changes.schemas import Pair

Node = Mapping[str, Any]


def content_of(holder: Node) -> Node:
    """Return the media types of a parameter or header; a schema of its own has no name."""
    return holder.get("content") or {"": {"schema": holder.get("schema", {})}}


def media_changes(place: str, old: Node, new: Node, direction: Direction) -> Iterator[Change]:
    """Yield what is different between two maps of media types."""
    for name in sorted({*old, *new}):
        if name not in new:
            yield Change(place, f"media type {name} is gone", Effect.BREAKS)
        elif name not in old:
            yield Change(place, f"new media type {name}", Effect.COMPATIBLE)
        else:
            before, after = old[name].get("schema", {}), new[name].get("schema", {})
            yield from Pair(before, after, direction, place).changes()
