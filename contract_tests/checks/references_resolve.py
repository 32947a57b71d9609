"""A reference leads to what it names: its id can be read, and its address has that id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from contract_tests.calls import pointer
from contract_tests.checks.addresses import Aim, wrong_address
from contract_tests.checks.rule import Effect, Rule
from contract_tests.checks.unchanged import Cause, shown
from contract_tests.findings.articles import a
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import Reference, Resource
from contract_tests.world.shelf import Shelf
from contract_tests.world.snapshot import revealing
from contract_tests.world.world import NotTried, World

NAME = "references_resolve"
_MOST = 8


@dataclass(frozen=True, slots=True)
class Arrow:
    """A reference, and the two resources that it leads from and to."""

    reference: Reference
    source: Resource
    target: Resource


def arrows(world: World) -> Iterable[tuple[str, Arrow]]:
    """Select every reference of every resource that can be listed, by its field."""
    names = {resource.name for resource in world.roles.resources}
    for resource in world.roles.resources:
        references = (*resource.references, *([resource.parent] if resource.parent else ()))
        for reference in {r.field: r for r in reversed(references)}.values():
            if resource.list and reference.to in names:
                target = world.roles.resource(reference.to)
                yield f"{resource.name} {reference.field}", Arrow(reference, resource, target)


def check(world: World, arrow: Arrow) -> Iterator[Finding]:
    """Follow references of the first, the last and other items of the list."""
    shelf, targets = Shelf(world, arrow.source), Shelf(world, arrow.target)
    page = shelf.page()
    holders = {_id(arrow, item): item for item in shelf.all() if _id(arrow, item) is not None}
    if not holders:
        raise NotTried(f"no {arrow.source.name} has anything at {arrow.reference.field}")
    source = arrow.reference.source or (shelf.resource.list.source if shelf.resource.list else "")
    cause = Cause(NAME, world.label(page.operation_id), (page,), source)
    for wanted, item in holders.items():
        yield from _addressed(cause, world, arrow, wanted, item)
    known = _known(targets)
    for wanted in _chosen(world, arrow, list(holders)):
        yield from _one(cause, targets, arrow, wanted, known)


def _id(arrow: Arrow, item: Any) -> Any:
    found = pointer.read(item, arrow.reference.field, None)
    return found if isinstance(found, str | int) else None


def _known(targets: Shelf) -> set[Any]:
    """Return the ids of all targets, hidden ones too; NotTried where they cannot be had."""
    known = [targets.id_of(item) for item in targets.all()]
    try:
        known += [targets.id_of(item) for item in targets.all(revealing(targets.resource))]
    except NotTried:
        return {i for i in known if isinstance(i, str | int)}
    return {i for i in known if isinstance(i, str | int)}


def _chosen(world: World, arrow: Arrow, ids: list[Any]) -> list[Any]:
    if len(ids) <= _MOST:
        return ids
    chance = world.random(NAME, arrow.source.name, arrow.reference.field)
    return [ids[0], *chance.sample(ids[1:-1], _MOST - 2), ids[-1]]


def _one(
    cause: Cause, targets: Shelf, arrow: Arrow, wanted: Any, known: set[Any]
) -> Iterator[Finding]:
    field = arrow.reference.field
    if targets.resource.read is None:
        if wanted not in known:
            yield cause.finding(
                field,
                f"A reference names no {arrow.target.name}.",
                shown(wanted),
                f"an id in the list of {arrow.target.name}",
            )
        return
    read = targets.read(wanted)
    if read.ok:
        found = targets.id_of(targets.shown(read))
        if found is not None and found != wanted:
            yield cause.finding(
                field, "A reference leads to another one.", shown(found), shown(wanted), read
            )
    elif read.status in {400, 404, 410} and wanted not in known:
        yield cause.finding(
            field,
            f"A reference leads to no {arrow.target.name}.",
            f"{read.status} for {shown(wanted)}",
            f"{a(arrow.target.name)} that can be read",
            read,
        )


def _addressed(
    cause: Cause, world: World, arrow: Arrow, wanted: Any, item: Any
) -> Iterator[Finding]:
    beside = arrow.reference.field.rpartition("/")[0]
    read = arrow.target.read
    if read is None or not beside or not arrow.target.address:
        return
    place = beside + arrow.target.address
    address = pointer.read(item, place, None)
    aim = Aim(place, read.operation, {read.at: wanted})
    yield from wrong_address(cause, world, address, aim)


RULE = Rule(
    name=NAME,
    sentence="A reference can be followed: its id is that of something that can be read.",
    effect=Effect.READS,
    subjects=arrows,
    check=check,
)
