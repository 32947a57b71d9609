"""Every roles.yaml is true to its contract, and cites what SOURCES.md knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

import pytest

import specs
from contract_tests.calls import pointer
from contract_tests.calls.caller import Operation, operations
from contract_tests.documents.sources import documents
from contract_tests.roles.model import Act, Batch, Creation, Job, Listing, Reading, Resource, Roles
from contract_tests.roles.read import roles_of
from contract_tests.roles.shapes import answered, asked
from contract_tests.roles.shapes import fields as properties

VENDORS = specs.vendors()
Found = Iterator[tuple[str, Any]]


@cache
def operations_of(vendor: str) -> dict[str, Operation]:
    return operations(specs.load(vendor))


def records(record: Any) -> Iterator[Any]:
    """Every record within roles, the roles among them."""
    if is_dataclass(record):
        yield record
        for field in fields(record):
            yield from records(getattr(record, field.name))
    elif isinstance(record, tuple):
        for item in record:
            yield from records(item)


def has(schema: Any, place: str) -> bool:
    """Whether values of a schema may have something at a pointer (`*` is any item)."""
    return all(_inner(schema, pointer.parts(place)))


def _inner(schema: Any, steps: list[str]) -> Iterator[bool]:
    if not steps:
        return
    step, rest = steps[0], steps[1:]
    branches = [b for key in ("oneOf", "anyOf", "allOf") for b in schema.get(key, ())]
    if step == "*" or step.isdigit():
        found = [s["items"] for s in (schema, *branches) if "items" in s]
    else:
        every = [properties(schema), *(properties(branch) for branch in branches)]
        found = [own[step] for own in every if step in own]
    yield bool(found) and any(all(_inner(one, rest)) for one in found)


def places_of_calls(act: Act) -> Iterator[str]:
    yield from filter(None, (act.at, act.parent))
    yield from act.arguments
    for name in ("varied", "same", "options"):
        yield from getattr(act, name, ())
    if isinstance(act, Listing):
        yield from (f.parameter for f in act.filters)
        if act.pages:
            yield from filter(None, (act.pages.size, act.pages.cursor))


def knows(operation: Operation, place: str) -> bool:
    if place.startswith("#"):
        schema = asked(operation)
        return schema is not None and has(schema, place[1:])
    return place in {p["name"] for p in operation.parameters}


def acts(vendor: str) -> list[Act]:
    return [r for r in records(roles_of(vendor)) if isinstance(r, Act)]


def resources(vendor: str) -> tuple[Resource, ...]:
    return roles_of(vendor).resources


def item_schemas(vendor: str, resource: Resource) -> Iterator[Any]:
    """What the answers of a resource show one item as."""
    known = operations_of(vendor)
    if resource.list:
        yield _at(answered(known[resource.list.operation]), f"{resource.list.items}/*")
    if resource.read:
        yield _at(answered(known[resource.read.operation]), resource.read.answer)
    if resource.create and resource.create.answer is not None:
        yield _at(answered(known[resource.create.operation]), resource.create.answer)


def _at(schema: Any, place: str) -> Any:
    for step in pointer.parts(place):
        is_item = step == "*" or step.isdigit()
        schema = schema["items"] if is_item else properties(schema)[step]
    return schema


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_vendor_has_roles(vendor: str) -> None:
    assert roles_of(vendor) != Roles()


@pytest.mark.parametrize("vendor", VENDORS)
def test_operations_exist(vendor: str) -> None:
    named = {getattr(r, name, "") for r in records(roles_of(vendor)) for name in _OPERATIONS}
    assert named - {""} - set(operations_of(vendor)) == set()


_OPERATIONS = ("operation", "single", "start")


@pytest.mark.parametrize("vendor", VENDORS)
def test_calls_take_what_the_roles_give_them(vendor: str) -> None:
    known = operations_of(vendor)
    unknown = [
        (act.operation, place)
        for act in acts(vendor)
        for place in places_of_calls(act)
        if not knows(known[act.operation], place)
    ]
    assert unknown == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_items_have_the_fields_that_the_roles_name(vendor: str) -> None:
    missing = [
        (resource.name, place)
        for resource in resources(vendor)
        for schema in item_schemas(vendor, resource)
        for place in _places_of_items(resource)
        if not has(schema, place)
    ]
    assert missing == []


def _places_of_items(resource: Resource) -> set[str]:
    named = {resource.id, resource.address}
    named |= {one.field for one in (*resource.references, *resource.counts)}
    named |= {action.changes for action in resource.actions}
    for act in (resource.create, resource.update):
        named |= set(act.same.values()) if act else set()
    if resource.list:
        named |= {f.field for f in resource.list.filters}
        named |= {place for f in resource.list.filters for place in f.shows}
        named |= {resource.list.order.by} if resource.list.order else set()
    return named - {""}


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_moves_or_is_in_order_is_a_field_of_some_answer(vendor: str) -> None:
    missing = [
        (resource.name, place)
        for resource in resources(vendor)
        for place in (*resource.moving, *resource.in_order)
        if not any(has(schema, place) for schema in item_schemas(vendor, resource))
    ]
    assert missing == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_filters_of_several_spellings_know_those_of_the_parameter(vendor: str) -> None:
    known = operations_of(vendor)
    for resource in resources(vendor):
        for one in resource.list.filters if resource.list else ():
            parameters = known[resource.list.operation].parameters if resource.list else ()
            schema = next(p["schema"] for p in parameters if p["name"] == one.parameter)
            options = schema.get("items", schema).get("enum")
            assert not one.values or set(one.values) == set(options)


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_is_named_elsewhere_is_a_resource(vendor: str) -> None:
    roles = roles_of(vendor)
    names = {resource.name for resource in roles.resources}
    named = {r.to for r in records(roles) if hasattr(r, "field") and hasattr(r, "to")}
    named |= {r.of for r in records(roles) if hasattr(r, "of")}
    named |= {r.resource for r in roles.repetitions}
    assert named - names == set()


@pytest.mark.parametrize("vendor", VENDORS)
def test_actions_are_undone_by_actions(vendor: str) -> None:
    for resource in resources(vendor):
        names = {action.name for action in resource.actions}
        assert {action.undo for action in resource.actions} - {""} <= names


@pytest.mark.parametrize("vendor", VENDORS)
def test_batches_and_single_answers_have_the_places_of_ids(vendor: str) -> None:
    known = operations_of(vendor)
    for batch in (r for r in records(roles_of(vendor)) if isinstance(r, Batch)):
        entries = _at(answered(known[batch.operation]), f"{batch.items}/*")
        assert has(entries, batch.id)
        assert knows(known[batch.single], batch.single_at)


@pytest.mark.parametrize("vendor", VENDORS)
def test_jobs_have_the_places_of_their_ids_and_states(vendor: str) -> None:
    known = operations_of(vendor)
    for job in (r for r in records(roles_of(vendor)) if isinstance(r, Job)):
        assert has(answered(known[job.start]), job.id)
        assert has(answered(known[job.read]), job.state)
        assert knows(known[job.read], job.at)


@pytest.mark.parametrize("vendor", VENDORS)
def test_headers_of_limits_are_documented(vendor: str) -> None:
    roles, known = roles_of(vendor), operations_of(vendor)
    for limit in roles.rate_limits:
        for name in limit.operations or tuple(known):
            answers = known[name].definition["responses"]
            headers = {
                h for s in answers if s.startswith("2") for h in answers[s].get("headers", {})
            }
            assert {limit.limit, limit.remaining, limit.reset} - {""} <= headers


@pytest.mark.parametrize("vendor", VENDORS)
def test_sources_are_keys_of_documents_or_decisions(vendor: str) -> None:
    keys = set(documents(specs.path_of(vendor).parent / "SOURCES.md"))
    cited = [r.source for r in records(roles_of(vendor)) if getattr(r, "source", "")]
    unknown = [s for s in cited if not _is_cited(s, keys)]
    assert unknown == []


def _is_cited(source: str, keys: set[str]) -> bool:
    parts = [part.strip() for part in re.split(r",\s+", source)]
    return all(p.startswith(("decision", "RFC ")) or p.split(":")[0] in keys for p in parts)


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_acts_has_a_source(vendor: str) -> None:
    without = [act.operation for act in acts(vendor) if not act.source]
    assert without == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_lists_and_readings_show_the_id(vendor: str) -> None:
    for resource in resources(vendor):
        for schema in item_schemas(vendor, resource):
            assert has(schema, resource.id)


def test_a_field_that_is_not_there_is_noticed() -> None:
    schema: Mapping[str, Any] = {
        "type": "object",
        "properties": {"a": {"type": "array", "items": {}}},
    }
    assert has(schema, "/a/0")
    assert not has(schema, "/b")


def test_an_unknown_document_is_noticed() -> None:
    assert not _is_cited("Z:1-2", {"A"})
    assert _is_cited("A:1-2, decision", {"A"})


def test_a_reading_and_a_creation_are_acts() -> None:
    """Else the tests above would not look at their places."""
    assert {Reading, Creation, Listing} <= {type(act) for v in VENDORS for act in acts(v)}
