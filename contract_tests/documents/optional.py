"""Whether a contract allows an answer to lack what a link takes from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.calls.caller import operations
from contract_tests.documents.links import Link

_SHAPES = ("allOf", "anyOf", "oneOf")


def may_be_absent(contract: Mapping[str, Any], link: Link) -> bool:
    """Say whether some expression of `link` points at something optional or nullable."""
    answers = operations(contract)[link.source].definition["responses"]
    schemas = [
        media["schema"]
        for status, answer in answers.items()
        if status.startswith("2")
        for media in answer.get("content", {}).values()
    ]
    pointers = [
        str(expression).partition("#/")[2].split("/")
        for expression in link.parameters.values()
        if str(expression).startswith("$response.body#/")
    ]
    return any(_loose(schema, pointer) for schema in schemas for pointer in pointers)


def _loose(schema: Mapping[str, Any], pointer: list[str]) -> bool:
    if any(part.get("nullable") for part in _parts(schema)):
        return True
    if not pointer:
        return False
    if schema.get("type") == "array":
        # A list may be empty, but a seeded world's are not, so only its items can be loose.
        return _loose(schema["items"], pointer[1:])
    name, rest = pointer[0], pointer[1:]
    parts = list(_parts(schema))
    required = any(name in part.get("required", ()) for part in parts)
    inner = [part["properties"][name] for part in parts if name in part.get("properties", {})]
    return not required or any(_loose(part, rest) for part in inner)


def _parts(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield schema
    for shape in _SHAPES:
        for part in schema.get(shape, ()):
            yield from _parts(part)
