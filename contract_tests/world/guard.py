"""What a run may touch on a server that is not its own: only what it has created there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.calls import pointer
from contract_tests.calls.caller import BODY, Operation
from contract_tests.roles.model import Act, Action, Creation, Resource, Roles
from contract_tests.world.ledger import WORD, Ledger

_NOT_OURS = "only what this run created may be touched on this server"
_NO_TRACE = "what this makes could not be found again, and this server is not yours"
_MAKES = frozenset({"post"})


@dataclass(frozen=True, slots=True)
class Named:
    """An id that a call names, and the resources that it may be of."""

    id: Any
    kinds: frozenset[str]


def objection(
    roles: Roles, ledger: Ledger, name: str, operation: Operation, values: Mapping[str, Any]
) -> str:
    """Return why a call that writes may not be sent to a server of others; empty if it may.

    It may name only what the ledger holds, owners and references too. What it makes must be found
    again: by the id in its answer, or by a word of ours in the list.
    """
    named = touched(roles, name, operation, values)
    if not all(is_ours(ledger, each) for each in named):
        return _NOT_OURS
    maker = next((r for r in roles.resources if r.create and r.create.operation == name), None)
    if maker is not None:
        return "" if _leaves_trace(maker, values) else _NO_TRACE
    if not named:
        return _NOT_OURS
    is_known = any(act.operation == name for _, act in _acts(roles))
    return "" if is_known or operation.method.lower() not in _MAKES else _NO_TRACE


def touched(
    roles: Roles, name: str, operation: Operation, values: Mapping[str, Any]
) -> list[Named]:
    """Return what a call names: in its path, where the roles place an id, and by references."""
    every = frozenset(resource.name for resource in roles.resources)
    places: dict[str, frozenset[str]] = {
        each["name"]: every for each in operation.parameters if each["in"] == "path"
    }
    places.update(_placed(roles, name))
    # What a creation makes up itself is no name of anything yet.
    for resource in roles.resources:
        if resource.create and resource.create.operation == name:
            places = {p: kinds for p, kinds in places.items() if p not in resource.create.varied}
    return [
        Named(each, kinds)
        for place, kinds in places.items()
        for value in _at(values, place)
        for each in _several(value)
    ]


def is_ours(ledger: Ledger, named: Named) -> bool:
    """Say whether the run made this."""
    return any(ledger.owns(kind, named.id) for kind in named.kinds)


def _placed(roles: Roles, name: str) -> dict[str, frozenset[str]]:
    """Return the places of a call where the roles put ids, with the resources they are of."""
    found: dict[str, set[str]] = defaultdict(set)
    for resource, act in _acts(roles):
        if act.operation != name:
            continue
        for place, kind in _of_act(resource, act):
            found[place].add(kind)
    return {place: frozenset(kinds) for place, kinds in found.items()}


def _of_act(resource: Resource, act: Act) -> Iterator[tuple[str, str]]:
    parent = resource.parent
    if act.at and not isinstance(act, Creation):
        is_owner = isinstance(act, Action) and act.scope == "owner" and parent
        yield act.at, parent.to if is_owner and parent else resource.name
    if parent and act.parent:
        yield act.parent, parent.to
    if act in (resource.create, resource.update):
        for reference in (*resource.references, *([parent] if parent else ())):
            # In a body alone, and in a body that is a list of new ones.
            yield f"#{reference.field}", reference.to
            yield f"#/*{reference.field}", reference.to


def _acts(roles: Roles) -> Iterator[tuple[Resource, Act]]:
    """Yield every act that writes, or may, with its resource."""
    for resource in roles.resources:
        acts = (resource.create, resource.update, resource.delete)
        yield from ((resource, act) for act in acts if act)
        yield from ((resource, act) for act in (*resource.actions, *resource.batches))
    for each in roles.repetitions:
        yield from ((one, each) for one in roles.resources if one.name == each.resource)


def _leaves_trace(maker: Resource, values: Mapping[str, Any]) -> bool:
    if maker.create is not None and maker.create.answer is not None:
        return True
    return maker.list is not None and bool(WORD.search(str(values)))


def _at(values: Mapping[str, Any], place: str) -> Iterable[Any]:
    """Yield what a call has at a place, in every item of a list that the place goes through."""
    if not place.startswith("#"):
        return [] if values.get(place) is None else [values[place]]
    parts = place[1:].split("/")
    pattern = "/".join("*" if part.isdigit() else part for part in parts)
    return pointer.found(values.get(BODY), pattern)


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
