"""What schemas and operations show at first sight: fields, kinds, the body that success has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from contract_tests.calls.caller import Operation
from contract_tests.calls.calls import media_type

Schema = Mapping[str, Any]
_DEEPEST = 12


class Item(NamedTuple):
    """What one thing of a kind looks like: the place of its id, and its schema."""

    id: str
    schema: Schema


def fields(schema: Schema, deep: int = 0) -> dict[str, Schema]:
    """Return the properties that every value of an object schema may have, by name."""
    if deep > _DEEPEST:
        return {}
    found: dict[str, Schema] = {}
    for part in schema.get("allOf", ()):
        found.update(fields(part, deep + 1))
    for key in ("anyOf", "oneOf"):
        branches = [part for part in schema.get(key, ()) if part.get("enum") != [None]]
        # Of several alternatives no field is sure.
        if len(branches) == 1:
            found.update(fields(branches[0], deep + 1))
    return {**found, **schema.get("properties", {})}


def required(schema: Schema) -> set[str]:
    """Return the names of the properties that an object schema demands."""
    inner = [name for part in schema.get("allOf", ()) for name in required(part)]
    return {*inner, *schema.get("required", ())}


def kind(schema: Schema) -> str:
    """Return a schema's type, or nothing where it has not exactly one."""
    if "type" in schema:
        return str(schema["type"])
    parts = [
        part
        for key in ("allOf", "anyOf", "oneOf")
        for part in schema.get(key, ())
        if part.get("enum") != [None]
    ]
    kinds = {kind(part) for part in parts} - {""}
    if len(kinds) == 1:
        return kinds.pop()
    return "object" if fields(schema) else ""


def facet(schema: Schema, name: str) -> Any:
    """Return what a schema says under `name`, also in a part of it; None if nothing."""
    if name in schema:
        return schema[name]
    parts = [part for key in ("allOf", "anyOf", "oneOf") for part in schema.get(key, ())]
    found = [facet(part, name) for part in parts if part.get("enum") != [None]]
    return next((value for value in found if value is not None), None)


def alike(one: Schema, other: Schema) -> bool:
    """Say whether two schemas are of one kind and format, so that their values can be equal."""
    kinds = kind(one), kind(other)
    return kinds[0] == kinds[1] != "" and facet(one, "format") == facet(other, "format")


def success(operation: Operation) -> Mapping[str, Any]:
    """Return the first answer of success that an operation documents; {} if there is none."""
    answers: Mapping[str, Mapping[str, Any]] = operation.definition["responses"]
    return next((answers[s] for s in sorted(answers) if s.startswith("2")), {})


def answered(operation: Operation) -> Schema | None:
    """Return the schema of the JSON that success has; None where it has none."""
    for media, holder in success(operation).get("content", {}).items():
        if "json" in media or media == "*/*":
            schema: Schema | None = holder.get("schema")
            return schema
    return None


def statuses(operation: Operation) -> set[str]:
    """Return the statuses that an operation documents."""
    return set(operation.definition["responses"])


def asked(operation: Operation) -> Schema | None:
    """Return the schema of the body that an operation takes; None where it takes none."""
    media = media_type(operation)
    if media is None:
        return None
    schema: Schema = operation.definition["requestBody"]["content"][media].get("schema", {})
    return schema


def parameters(operation: Operation, where: str) -> dict[str, Mapping[str, Any]]:
    """Return the parameters of an operation that stand in `query`, `path` …, by name."""
    return {p["name"]: p for p in operation.parameters if p["in"] == where}
