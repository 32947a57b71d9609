"""What a writing operation does not name stays as it was: from the first time on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from contract_tests.calls import pointer
from contract_tests.calls.pointer import MISSING
from contract_tests.checks.kin import give_children
from contract_tests.checks.rule import Effect, Rule
from contract_tests.checks.unchanged import Cause
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import Act, Resource
from contract_tests.wire.exchange import Exchange
from contract_tests.world.moments import moment
from contract_tests.world.shelf import Shelf
from contract_tests.world.snapshot import Change, Snapshot, taken
from contract_tests.world.world import NotTried, World

NAME = "others_are_left_alone"


def everything(world: World) -> Iterable[tuple[str, str]]:
    """Select all writing operations at once, if anything can be made and listed."""
    is_able = any(r.list and r.create for r in world.roles.resources)
    return [("every writing operation", "")] if is_able else []


def check(world: World, _: str) -> Iterator[Finding]:
    """Make one of each, do to it all that can be done, and look at everything else each time."""
    if not world.permits.existing:
        raise NotTried("others may change things on this server meanwhile")
    watch = _Watch(world, taken(world))
    for resource in world.roles.resources:
        if resource.create and resource.list and not resource.list.parent:
            yield from _lived(watch, Shelf(world, resource))


@dataclass(slots=True)
class _Watch:
    """What everything looked like last; `own` are ids of what was made here."""

    world: World
    before: Snapshot
    own: set[str] = field(default_factory=set)

    def told(self, act: Act, done: Exchange, is_meant: Callable[[Change], bool]) -> _Findings:
        """Yield what an act has changed although it is not meant to."""
        before, self.before = self.before, taken(self.world)
        strange = [
            change
            for change in before.changes(self.before)
            # What is new has rules of its own, and may come late.
            if change.before is not MISSING and not is_meant(change)
        ]
        cause = Cause(NAME, self.world.label(act.operation), (done,), act.source)
        message = "An operation has changed what it does not name."
        yield from cause.changed(message, strange, self.before)

    def made_here(self, change: Change) -> bool:
        """Say whether a change is about what was made here, or belongs to that, or owns it."""
        resource = self.world.roles.resource(change.resource)
        owner = resource.parent and pointer.read(change.item, resource.parent.field, None)
        return change.id in self.own or str(owner) in self.own


_Findings = Iterator[Finding]


def _lived(watch: _Watch, shelf: Shelf) -> _Findings:
    """Make one and end it, with all that can be done in between."""
    world, own = watch.world, shelf.resource
    owner, given = _owner(shelf, watch)
    try:
        made = shelf.create(given)
    except NotTried:
        return
    watch.own.add(str(made.id))

    def meant(change: Change) -> bool:
        return watch.made_here(change) or (change.id == str(owner) and not _is_kept(change))

    if own.create:
        yield from watch.told(own.create, made.exchange, meant)
    give_children(shelf, made.id)
    watch.before = taken(world)
    for act in own.unmoved_by:
        yield from watch.told(act, shelf.act(act, made.id), watch.made_here)
    for act in _unnamed(world, own):
        with suppress(NotTried):
            yield from watch.told(act, shelf.act(act, made.id), meant)
    yield from _nudged(watch, shelf, owner)
    yield from _moved(watch, shelf, owner, made.id, meant)
    yield from _owned(watch, shelf, made.id)
    if own.delete:
        with suppress(NotTried):
            yield from watch.told(own.delete, shelf.delete(made.id), meant)


def _unnamed(world: World, resource: Resource) -> Iterator[Act]:
    """Yield writing operations below one that the roles say nothing of."""
    if resource.read is None or not world.has(resource.read.operation):
        return
    base = world.operations[resource.read.operation].template
    named = _named(world)
    for name, operation in world.operations.items():
        is_writing = operation.method.upper() in {"POST", "PUT", "PATCH"}
        below = operation.template.removeprefix(f"{base}/")
        if is_writing and name not in named and below != operation.template and "{" not in below:
            yield Act(name, resource.read.at)


def _named(world: World) -> frozenset[str]:
    """Return the operations that the roles name, and those that begin work."""
    acts: list[Act | None] = []
    for one in world.roles.resources:
        acts += [one.list, one.read, one.create, one.update, one.delete]
        acts += [*one.actions, *one.unmoved_by, *one.batches]
        acts += [Act(batch.single) for batch in one.batches]
    jobs = {job.start for job in world.roles.jobs}
    return frozenset(act.operation for act in acts if act) | jobs


def _nudged(watch: _Watch, shelf: Shelf, owner: Any) -> _Findings:
    """Do to the owner what leaves it, and all that belongs to it, as it is."""
    parent = shelf.resource.parent
    if parent is None or owner is None:
        return
    owners = Shelf(watch.world, watch.world.roles.resource(parent.to))
    for act in owners.resource.unmoved_by:
        done = owners.act(act, owner)
        yield from watch.told(act, done, watch.made_here)


def _moved(
    watch: _Watch, shelf: Shelf, owner: Any, item_id: Any, meant: Callable[[Change], bool]
) -> _Findings:
    """Carry out all actions on one, those last from which no way leads back."""
    actions = [action for action in shelf.resource.actions if action.scope == "one"]
    for action in sorted(actions, key=lambda action: action.final):
        with suppress(NotTried):
            done = Shelf(watch.world, shelf.resource, owner).act(action, item_id)
            yield from watch.told(action, done, meant)


def _owned(watch: _Watch, shelf: Shelf, item_id: Any) -> _Findings:
    """Carry out the actions on all that belongs to one."""
    for resource in watch.world.roles.resources:
        if resource.parent is None or resource.parent.to != shelf.resource.name:
            continue
        for action in resource.actions:
            if action.scope == "owner":
                done = Shelf(watch.world, resource, item_id).act(action, item_id)
                yield from watch.told(action, done, watch.made_here)


def _owner(shelf: Shelf, watch: _Watch) -> tuple[Any, dict[str, Any]]:
    """Return the owner for a new one, of those there are the one with most to lose."""
    parent, creation = shelf.resource.parent, shelf.resource.create
    if parent is None or creation is None or not creation.parent:
        return None, {}
    owners: Resource = watch.world.roles.resource(parent.to)
    if owners.list is None or owners.list.parent:
        return None, {}
    there = Shelf(watch.world, owners)
    known = {there.id_of(item): item for item in there.items_on(there.page())}
    known = {i: item for i, item in known.items() if i is not None and str(i) not in watch.own}
    if not known:
        return None, {}
    owner = max(known, key=lambda item_id: _wealth(known[item_id]))
    return owner, {creation.parent: owner}


def _wealth(item: Any) -> int:
    return sum(bool(value) for value in item.values()) if isinstance(item, Mapping) else 0


def _is_kept(change: Change) -> bool:
    """Say whether what belongs to one has no business to change this: texts that are no times."""
    was = change.before
    return isinstance(was, str) and was != "" and moment(was) is None


RULE = Rule(
    name=NAME,
    sentence="What a writing operation does not name stays as it was, from the first time on.",
    effect=Effect.CREATES,
    subjects=everything,
    check=check,
)
