"""Requests that a contract does not allow, made from ones that it allows by one change each."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from contract_tests.calls.caller import BODY, Operation
from contract_tests.calls.calls import media_type, request_of
from contract_tests.wire.exchange import Request

_WRONG = {"ct": [None]}


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A request, what is wrong with it, and whether it asks for something good besides."""

    what: str
    request: Request
    values: dict[str, Any]
    mixed: bool = False


def spoilt(operation: Operation, values: Mapping[str, Any]) -> Iterator[Spoilt]:
    """Yield what `values` become with a key missing, a type wrong, or no JSON at all."""
    yield from _parameters(operation, values)
    body = values.get(BODY)
    schema = _schema(operation)
    if body is None:
        return
    plain = request_of(operation, values)
    yield Spoilt("a body that is no JSON", replace(plain, body=b"{"), dict(values))
    if isinstance(body, list) and body:
        entry_schema = schema.get("items", {})
        for what, entry in _entries(body[0], entry_schema):
            yield _with_body(operation, values, what, [entry])
            good = copy.deepcopy(body[0])
            mixed = _with_body(operation, values, f"among good entries {what}", [good, entry])
            yield replace(mixed, mixed=True)
    else:
        for what, entry in _entries(body, schema):
            yield _with_body(operation, values, what, entry)


def _parameters(operation: Operation, values: Mapping[str, Any]) -> Iterator[Spoilt]:
    for parameter in operation.parameters:
        name = parameter["name"]
        where = parameter["in"]
        if where == "path" or not parameter.get("required") or name not in values:
            continue
        without = {n: v for n, v in values.items() if n != name}
        yield Spoilt(f"{name} missing", request_of(operation, without), without)
        if where == "query" and parameter.get("schema", {}).get("type") in {
            "integer",
            "number",
            "boolean",
        }:
            wrong = {**values, name: "ct-wrong"}
            yield Spoilt(f"{name} of a wrong type", request_of(operation, wrong), wrong)


def _entries(entry: Any, schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if not isinstance(entry, Mapping):
        return
    parts = [schema, *schema.get("allOf", ())]
    required = [name for part in parts for name in part.get("required", ()) if name in entry]
    for name in required:
        yield f"{name} missing", {n: v for n, v in entry.items() if n != name}
    for name in dict.fromkeys([n for part in parts for n in part.get("properties", {})]):
        yield f"{name} of a wrong type", {**entry, name: _WRONG}


def _with_body(operation: Operation, values: Mapping[str, Any], what: str, body: Any) -> Spoilt:
    given = {**values, BODY: body}
    return Spoilt(what, request_of(operation, given), given)


def _schema(operation: Operation) -> Mapping[str, Any]:
    media = media_type(operation)
    content = operation.definition.get("requestBody", {}).get("content", {})
    schema: Mapping[str, Any] = content.get(media, {}).get("schema", {})
    return schema
