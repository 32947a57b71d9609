"""Which operations take the id of one thing, and ids that nothing has."""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from contract_tests.findings.articles import a
from contract_tests.roles.model import Act, Resource, Roles
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import NotTried, World

_ALPHABETS = ("0123456789", "abcdef", string.ascii_lowercase, string.ascii_uppercase)
_LONG = 8  # characters: ids so long are not met by chance
_CHANGED_CHARACTERS = 8
STRANGE = "another text"


@dataclass(frozen=True, slots=True)
class Use:
    """An act that takes one id, and the name of the resource whose id that is."""

    act: Act
    of: str


def uses(roles: Roles) -> Iterator[Use]:
    """Yield every operation of the roles that is about one thing, once."""
    seen: set[tuple[str, str]] = set()
    for resource in roles.resources:
        for use in (*_own(resource), *_of_owner(resource)):
            key = use.act.operation, use.act.at
            if use.act.at and key not in seen:
                seen.add(key)
                yield use


def reads(world: World, act: Act) -> bool:
    """Say whether an act only reads."""
    if not world.has(act.operation):
        return False
    method = world.operations[act.operation].method.upper()
    return method in {"GET", "HEAD"} or act.operation in world.reading_posts


def unknown_ids(world: World, name: str) -> dict[str, Any]:
    """Return ids that nothing of resource `name` has, by what is odd about them."""
    known = _ids(world, name)
    chance = world.random("unknown", name)
    found: dict[str, Any] = {}
    if known:
        found["an id of the same form"] = alike(known[0], set(known), chance)
        if isinstance(known[0], str) and len(known[0]) >= _LONG:
            found["the beginning of an id"] = known[0][:-1]
    if not known or isinstance(known[0], str):
        found[STRANGE] = f"no-such-thing-{chance.getrandbits(24):x}"
    for resource in world.roles.resources:
        others = _ids(world, resource.name) if resource.name != name else []
        foreign = next((i for i in others if i not in known), None)
        if foreign is not None and isinstance(foreign, type(known[0] if known else foreign)):
            found[f"the id of {a(resource.name)}"] = foreign
            break
    return {kind: value for kind, value in found.items() if value not in known}


def _own(resource: Resource) -> Iterator[Use]:
    acts: list[Act | None] = [resource.read, resource.update, resource.delete]
    acts += [action for action in resource.actions if action.scope == "one"]
    acts += [Act(batch.single, batch.single_at, source=batch.source) for batch in resource.batches]
    for act in acts:
        if act is not None and act.operation:
            yield Use(act, resource.name)


def _of_owner(resource: Resource) -> Iterator[Use]:
    if resource.parent is not None:
        for action in resource.actions:
            if action.scope != "one":
                yield Use(action, resource.parent.to)


def _ids(world: World, name: str) -> list[Any]:
    shelf = Shelf(world, world.roles.resource(name))
    try:
        ids = [shelf.id_of(item) for item in shelf.items_on(shelf.page())]
    except NotTried:
        return []
    return [i for i in ids if isinstance(i, str | int)]


def alike(known: Any, taken: set[Any], chance: Random) -> Any:
    """Return an id of the same form as `known` that is none of `taken`."""
    if isinstance(known, int):
        return max(i for i in taken if isinstance(i, int)) + 1_000_003
    text = str(known)
    if len(text) < _LONG:
        # A short one that is changed may be that of something on another page, or hidden.
        text += text[-1:] * _LONG
    for _ in range(9):
        made = text[:-_CHANGED_CHARACTERS] + "".join(
            _other(c, chance) for c in text[-_CHANGED_CHARACTERS:]
        )
        if made not in taken:
            return made
    return made


def _other(character: str, chance: Random) -> str:
    alphabet = next((a for a in _ALPHABETS if character in a), character)
    return chance.choice(alphabet)
