"""What odd requests are aimed at: operations, things that there are, whole bodies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from contract_tests.calls import pointer
from contract_tests.calls.caller import Operation
from contract_tests.calls.calls import media_type, request_of
from contract_tests.calls.samples import holder_sample
from contract_tests.calls.uses import uses
from contract_tests.wire.exchange import Request
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import World

# How many for the first operation of a kind, and for those that are like it.
FIRST, OTHERS = 12, 4

Select = Callable[[World], Iterable[tuple[str, str]]]


def plain_request(world: World, operation_id: str, arguments: dict[str, Any]) -> Request:
    """Return what an operation is sent when nothing is odd."""
    values = world.values(operation_id, arguments)
    return request_of(world.operations[operation_id], values)


def how_many(world: World, operation_id: str, select: Select) -> int:
    """Say how many to send: many to the first operation of a kind, a few to its like."""
    kinds = {name: _kind(world.operations[name]) for _, name in reversed(list(select(world)))}
    first = {kind: name for name, kind in kinds.items()}
    return FIRST if first[kinds[operation_id]] == operation_id else OTHERS


def about(world: World, operation_id: str) -> dict[str, Any]:
    """Return the place of an id that an operation takes, with one that there is."""
    for use in uses(world.roles):
        if use.act.operation == operation_id:
            shelf = Shelf(world, world.roles.resource(use.of))
            known = [shelf.id_of(item) for item in shelf.items_on(shelf.page())]
            if known and known[-1] is not None:
                return {**use.act.arguments, use.act.at: known[-1]}
    return {}


def texts_of(world: World, operation_id: str) -> list[str]:
    """Return the places in an operation's body that take any text."""
    acts = [act for r in world.roles.resources for act in (r.create, r.update) if act]
    texts = [place for act in acts if act.operation == operation_id for place in act.varied]
    return [place.removeprefix("#") for place in texts if place.startswith("#")]


def whole_body(operation: Operation, arguments: dict[str, Any]) -> Any:
    """Return the sample of an operation's body, optional parts and all, with `arguments` in it."""
    media = media_type(operation) or ""
    body = holder_sample(operation.definition["requestBody"]["content"][media])
    for name, value in arguments.items():
        if name.startswith("#"):
            body = pointer.replaced(body, name[1:], value)
    return body


def _kind(operation: Operation) -> tuple[str, bool, bool]:
    """Tell operations apart by what serves them: the first segment, an id, a body."""
    segment = operation.template.strip("/").partition("/")[0]
    return segment, "{" in operation.template, operation.method == "get"
