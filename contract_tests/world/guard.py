"""What a run may touch on a server that is not its own: only what it has created there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.calls import pointer
from contract_tests.calls.caller import BODY, Operation
from contract_tests.roles.model import Act, Roles
from contract_tests.world.ledger import Ledger


def touched(roles: Roles, name: str, operation: Operation, values: Mapping[str, Any]) -> list[Any]:
    """Return the ids that a call names: in its path, and where the roles say that one stands."""
    named = [values.get(p["name"]) for p in operation.parameters if p["in"] == "path"]
    placed = [_at(values, act.at) for act in _acts(roles) if act.operation == name and act.at]
    found = [each for value in (*named, *placed) for each in _several(value)]
    return [value for value in found if value is not None]


def is_ours(ledger: Ledger, roles: Roles, ids: list[Any]) -> bool:
    """Say whether the run made all of these, whatever they are; nothing named is nothing ours."""
    kinds = [resource.name for resource in roles.resources]
    return bool(ids) and all(any(ledger.owns(kind, each) for kind in kinds) for each in ids)


def _acts(roles: Roles) -> Iterator[Act]:
    for resource in roles.resources:
        yield from (act for act in (resource.update, resource.delete) if act)
        yield from (*resource.actions, *resource.batches)
    yield from roles.repetitions


def _at(values: Mapping[str, Any], place: str) -> Any:
    if place.startswith("#"):
        return pointer.read(values.get(BODY), place[1:], None)
    return values.get(place)


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
