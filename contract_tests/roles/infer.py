"""Roles from an OpenAPI document alone; what is not sure is left out, and why is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from contract_tests.calls.caller import Operation, operations
from contract_tests.roles import infer_items as items
from contract_tests.roles import infer_lists as lists
from contract_tests.roles.families import Family, families
from contract_tests.roles.model import Act, Listing, RateLimit, Reference, Resource, Roles
from contract_tests.roles.shapes import Item, Schema, answered, fields, kind, parameters, success

_LIMIT = re.compile(r"^(x-)?rate-?limit-(limit|remaining|reset)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Inferred:
    """Roles, and in words what they were inferred from, by resource."""

    roles: Roles
    remarks: Mapping[str, tuple[str, ...]]
    left_out: tuple[str, ...]


class _Listed(NamedTuple):
    """A list: its operation, where the items stand in the answer, and what one looks like."""

    name: str
    operation: Operation
    place: str
    item: Schema


@dataclass(slots=True)
class _Found:
    """A resource on its way: what is known of its items, and remarks."""

    family: Family
    resource: Resource
    item: Item
    remarks: list[str] = field(default_factory=list)


def infer(contract: Mapping[str, Any]) -> Roles:
    """Return the roles that a resolved contract shows by its paths, methods and schemas."""
    return inferred(contract).roles


def inferred(contract: Mapping[str, Any]) -> Inferred:
    """Return the roles that a contract shows, with what speaks for them, and what was left out."""
    left_out: list[str] = []
    found: dict[tuple[str, ...], _Found] = {}
    for family in sorted(families(contract), key=lambda family: len(family.key)):
        made = _resource(family, found, left_out)
        if made is not None:
            found[family.key] = made
    kept = _named(found.values())
    resources = tuple(_with_references(one, kept) for one in kept)
    roles = Roles(resources=resources, rate_limits=tuple(_rate_limits(contract)))
    remarks = {one.resource.name: tuple(one.remarks) for one in kept}
    return Inferred(roles, remarks, tuple(left_out))


def _resource(
    family: Family, found: Mapping[tuple[str, ...], _Found], left_out: list[str]
) -> _Found | None:
    label = "/" + "/".join(family.key)
    owner = _owner(family, found)
    if len(family.owners) > 1:
        left_out.append(f"{label}: it belongs to something that itself belongs to something")
        return None
    if family.owners and (owner is None or not _can_own(owner.resource)):
        left_out.append(f"{label}: nothing lists what {{{family.owners[0]}}} stands for")
        return None
    listed = _listed(family)
    schema = listed.item if listed else _shown(family)
    first = next(iter(family.of_one.values()))[1]
    parameter = parameters(first, "path").get(family.item, {"name": family.item})
    id_ = items.id_place(schema, parameter, family.name)
    if not id_:
        left_out.append(f"{label}: which field holds the id {{{family.item}}} is not told")
        return None
    one = _Found(family, Resource(family.name, id_), Item(id_, schema))
    _fill(one, listed, owner)
    if not one.resource.read and not items.is_surely_id(id_):
        left_out.append(f"{label}: whether {id_} is an id is not sure")
        return None
    return one


def _owner(family: Family, found: Mapping[tuple[str, ...], _Found]) -> _Found | None:
    if "{}" not in family.key:
        return None
    if family.owner_key in found:
        return found[family.owner_key]
    # The same word elsewhere: namespaces own what is under another prefix too.
    word = family.key[family.key.index("{}") - 1]
    same = [one for one in found.values() if one.family.name == word and not one.family.owners]
    return same[0] if len(same) == 1 else None


def _can_own(resource: Resource) -> bool:
    return resource.parent is None and (resource.list is not None or resource.create is not None)


def _listed(family: Family) -> _Listed | None:
    for name, operation in family.of_all.get("get", ()):
        place = lists.items_place(answered(operation) or {}, family.name)
        if place is not None:
            return _Listed(name, operation, *place)
    return None


def _shown(family: Family) -> Schema:
    reading = family.of_one.get("get")
    return (answered(reading[1]) if reading else None) or {}


_OF_ONE = (
    ("read", "get", items.reading),
    ("update", "patch", items.update),
    ("update", "put", items.update),
    ("delete", "delete", items.deletion),
)


def _fill(one: _Found, listed: _Listed | None, owner: _Found | None) -> None:
    roles: dict[str, Act | None] = {}
    if listed:
        roles["list"], remark = _listing(listed, one.item.id)
        one.remarks.append(remark)
    for role, method, make in _OF_ONE:
        if method in one.family.of_one and not roles.get(role):
            name, operation = one.family.of_one[method]
            roles[role] = make(name, operation, one.family.item, one.item)
            one.remarks.append(_remark(role, operation, roles[role]))
    posts = one.family.of_all.get("post", [])
    for name, operation in posts if len(posts) == 1 else ():
        roles["create"] = items.creation(name, operation, one.item)
        one.remarks.append(_remark("create", operation, roles["create"]))
    place = one.family.owners[0] if one.family.owners else ""
    given: dict[str, Any] = {
        role: replace(act, parent=place) for role, act in roles.items() if act is not None
    }
    parent = _parent(owner, one.item.schema)
    one.resource = replace(
        one.resource,
        **given,
        parent=parent,
        in_order=items.in_order(one.item.schema),
        moving=_moving(one),
    )


def _moving(one: _Found) -> tuple[str, ...]:
    changing = [o for _, o in one.family.of_one.values()]
    changing += [o for found in one.family.of_all.values() for _, o in found]
    found = items.moving(one.item.schema, items.settable(changing))
    return tuple(place for place in found if place != one.item.id)


def _listing(listed: _Listed, id_: str) -> tuple[Listing | None, str]:
    """Return the role of listing, and what it comes from; None where some may not be shown."""
    label, pages = _label(listed.operation), lists.pages(listed.operation, id_)
    bound = None if pages else lists.bound(listed.operation)
    if pages is None and bound is None and lists.is_cut(listed.operation):
        return None, f"list: left out, since how {label} comes to its next page is not told"
    listing = Listing(
        operation=listed.name,
        items=listed.place,
        arguments=lists.usual(listed.operation, bound) if bound else {},
        pages=pages or bound,
        order=lists.order(listed.operation, listed.item),
        filters=lists.filters(listed.operation, listed.item),
        source=lists.INFERRED,
    )
    return listing, f"list: {label} answers objects at {listed.place or 'the top'}"


def _label(operation: Operation) -> str:
    return f"{operation.method.upper()} {operation.template}"


def _remark(role: str, operation: Operation, act: object) -> str:
    if act is None:
        return f"{role}: left out, since {_label(operation)} does not tell enough"
    return f"{role}: {_label(operation)}"


def _parent(owner: _Found | None, item: Schema) -> Reference | None:
    if owner is None:
        return None
    word = f"{owner.family.name}_id"
    field_ = next((f"/{n}" for n in fields(item) if lists.plain(n) == word), "")
    return Reference(field=field_, to=owner.resource.name, source=lists.INFERRED)


def _named(found: Iterable[_Found]) -> list[_Found]:
    """Give each resource a name of its own: the last word of its path, or more of them."""
    taken: dict[str, _Found] = {}
    for one in found:
        words = [word for word in one.family.key if word != "{}"]
        names = [".".join(words[-count:]) for count in range(1, len(words) + 1)]
        name = next(n for n in [*names, "/".join(one.family.key)] if n not in taken)
        one.resource = replace(one.resource, name=name)
        taken[name] = one
    for one in taken.values():
        owner = _owner(one.family, {other.family.key: other for other in taken.values()})
        if one.resource.parent and owner:
            parent = replace(one.resource.parent, to=owner.resource.name)
            one.resource = replace(one.resource, parent=parent)
    return list(taken.values())


def _with_references(one: _Found, all_: list[_Found]) -> Resource:
    owners = {
        f"{other.resource.name}_id": other
        for other in all_
        if other is not one and other.resource.read and not other.resource.parent
    }
    references = tuple(
        Reference(
            field=f"/{name}", to=owners[lists.plain(name)].resource.name, source=lists.INFERRED
        )
        for name, schema in fields(one.item.schema).items()
        if lists.plain(name) in owners and _same_kind(schema, owners[lists.plain(name)])
    )
    return replace(one.resource, references=references)


def _same_kind(schema: Schema, other: _Found) -> bool:
    name = other.resource.id.removeprefix("/")
    return kind(schema) == kind(fields(other.item.schema).get(name, {})) != ""


def _rate_limits(contract: Mapping[str, Any]) -> Iterator[RateLimit]:
    told: dict[tuple[str, str, str], list[str]] = {}
    for name, operation in operations(contract).items():
        headers = success(operation).get("headers", {})
        found = {m[2].lower(): header for header in headers if (m := _LIMIT.match(header))}
        if "remaining" in found:
            reset = found.get("reset", "")
            about = str(headers.get(reset, {}).get("description", "")).lower()
            sure = reset if re.search("epoch|unix", about) else ""
            told.setdefault((found.get("limit", ""), found["remaining"], sure), []).append(name)
    for (limit, remaining, clock), names in told.items():
        yield RateLimit(
            limit=limit,
            remaining=remaining,
            reset=clock,
            operations=tuple(names),
            source=lists.INFERRED,
        )
