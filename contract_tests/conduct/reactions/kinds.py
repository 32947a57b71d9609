"""Which places of requests take ids of what, and where answers show them, as roles tell it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from contract_tests.calls import pointer
from contract_tests.calls.caller import Operation, operations
from contract_tests.roles.model import Act, Job, Reference, Resource, Roles
from contract_tests.wire.exchange import Request

_SUFFIX = re.compile(r"\.(json|xml)$")
_PARAMETER = re.compile(r"\{([^{}]+)\}")
Takes = Mapping[str, Mapping[str, frozenset[str]]]


@dataclass(frozen=True, slots=True)
class Shown:
    """A place of an answer, with `*` for every item, that holds ids of a kind."""

    at: str
    kind: str


class Kinds:
    """The kinds of ids of one API. Resources that are read by the same operation are one kind."""

    def __init__(self, contract: Mapping[str, Any], roles: Roles) -> None:
        """Take a resolved contract and what is known of its operations."""
        self._roles = roles
        self._takes = _takes(contract, list(_places(roles)))
        self._shows: dict[str, list[Shown]] = {}
        for operation, at, kind in _showing(roles):
            self._shows.setdefault(operation, []).append(Shown(at, kind))

    def shown(self, operation_id: str) -> list[Shown]:
        """Return where the answers of an operation show ids."""
        return self._shows.get(operation_id, [])

    def name(self, kinds: Iterable[str]) -> str:
        """Return what a person calls things of these kinds."""
        names = {_kind(each): each.name for each in reversed(self._roles.resources)}
        known = [_with_article(names[kind]) for kind in sorted(kinds) if kind in names]
        begun = (f"what {kind} has begun" for kind in sorted(kinds))
        return next(iter(known), "") or next(begun, "something")

    def taken(self, operation_id: str) -> Mapping[str, frozenset[str]]:
        """Return the places of a call that take ids, with the kinds that they take."""
        return self._takes.get(operation_id, {})


def _with_article(name: str) -> str:
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def given(request: Request, operation: Operation, place: str) -> list[str]:
    """Return the ids that a request has at a place of a call, as texts."""
    path, _, query = request.target.partition("?")
    if place.startswith("#"):
        found = pointer.read(_json(request.body), place[1:], None)
        return [str(each) for each in (found if isinstance(found, list) else [found]) if each]
    if f"{{{place}}}" not in operation.template:
        return [value for name, value in parse_qsl(query) if name == place and value]
    pairs = zip(reversed(operation.template.split("/")), reversed(path.split("/")), strict=False)
    return [_SUFFIX.sub("", unquote(text)) for name, text in pairs if name == f"{{{place}}}"]


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _kind(resource: Resource) -> str:
    return resource.read.operation if resource.read else resource.name


def _of(roles: Roles, reference: Reference | None) -> str:
    return _kind(roles.resource(reference.to)) if reference else ""


def _places(roles: Roles) -> Iterator[tuple[str, str, str]]:
    """Yield the operation, the place and the kind of every place that takes an id."""
    for each in roles.resources:
        kind, owner = _kind(each), _of(roles, each.parent)
        for act in _acts(each):
            yield act.operation, act.at, kind
            yield act.operation, act.parent, owner
        for action in each.actions:
            yield action.operation, action.at, kind if action.scope == "one" else owner
            yield action.operation, action.parent, owner
        for batch in each.batches:
            yield batch.operation, batch.at, kind
            yield batch.single, batch.single_at, kind
        yield from _of_list(roles, each)
    for job in roles.jobs:
        yield from ((job.read, job.at, kind) for kind in _begun(roles, job))


def _acts(each: Resource) -> Iterator[Act]:
    acts = (each.list, each.read, each.create, each.update, each.delete, *each.unmoved_by)
    yield from (act for act in acts if act is not None)


def _of_list(roles: Roles, each: Resource) -> Iterator[tuple[str, str, str]]:
    if each.list is None:
        return
    pages = each.list.pages
    if pages is not None and pages.cursor and pages.cursor_kind == "id":
        yield each.list.operation, pages.cursor, _kind(each)
    fields = {one.field: _of(roles, one) for one in _references(each)} | {each.id: _kind(each)}
    for one in each.list.filters:
        if one.field in fields and not one.values:
            yield each.list.operation, one.parameter, fields[one.field]


def _references(each: Resource) -> tuple[Reference, ...]:
    return (*each.references, *((each.parent,) if each.parent else ()))


def _begun(roles: Roles, job: Job) -> set[str]:
    """Return the kinds of what a job begins: its own, and that of what is made by it."""
    made = {_kind(r) for r in roles.resources if r.create and r.create.operation == job.start}
    return {job.start, *made}


def _takes(contract: Mapping[str, Any], places: list[tuple[str, str, str]]) -> Takes:
    found: dict[str, dict[str, frozenset[str]]] = {}
    for operation, place, kind in places:
        if place and kind:
            own = found.setdefault(operation, {})
            own[place] = own.get(place, frozenset()) | {kind}
    by_name = _by_name(found.values())
    for name, each in operations(contract).items():
        own = found.setdefault(name, {})
        for parameter in _PARAMETER.findall(each.template):
            if parameter not in own and by_name.get(parameter):
                own[parameter] = by_name[parameter]
    return found


def _by_name(takes: Iterable[Mapping[str, frozenset[str]]]) -> Mapping[str, frozenset[str]]:
    """Return parameters that are known elsewhere, and mean the same wherever they are known."""
    found: dict[str, frozenset[str]] = {}
    for own in takes:
        for place, kinds in own.items():
            before = found.get(place, kinds)
            found[place] = before | kinds if before & kinds else frozenset()
    return found


def _showing(roles: Roles) -> Iterator[tuple[str, str, str]]:
    """Yield the operation, the place of its answer and the kind of every id that is shown."""
    for each in roles.resources:
        for operation, item in _items(each):
            yield operation, item + each.id, _kind(each)
            for one in _references(each):
                yield operation, item + one.field, _of(roles, one)
        for batch in each.batches:
            for operation, item in ((batch.operation, f"{batch.items}/*"), (batch.single, "")):
                yield operation, item + batch.id, _kind(each)
                for part in batch.parts:
                    yield operation, item + part.field, _kind(roles.resource(part.to))
    for job in roles.jobs:
        yield from ((job.start, job.id, kind) for kind in _begun(roles, job))


def _items(each: Resource) -> Iterator[tuple[str, str]]:
    if each.list:
        yield each.list.operation, f"{each.list.items}/*"
    if each.read:
        yield each.read.operation, each.read.answer
    if each.create and each.create.answer is not None:
        yield each.create.operation, each.create.answer
