"""What a contract itself says of a statement that a selector of SOURCES.md names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.words.places import Places
from specs.json_schema import Schema

_OPERATION = re.compile(r"([A-Z]+) (/\S*)(?: (\S+))?")
_SIGNS = {"?": "query", "#": "header", "{": "path", "=": "cookie"}


def description(contract: Mapping[str, Any], selector: str) -> str:
    """Return the description of what `selector` names, on one line; nothing if there is none."""
    text = _described(contract, selector).get("description", "")
    return " ".join(str(text).split())


def _described(contract: Mapping[str, Any], selector: str) -> Mapping[str, Any]:
    components = contract.get("components", {})
    match = _OPERATION.fullmatch(selector)
    if match:
        return _of_operation(contract, match[1].lower(), match[2], match[3] or "")
    if selector.startswith("header "):
        return _mapping(components.get("headers", {}).get(selector.removeprefix("header ")))
    name, *fields = selector.split(".")
    places, here = Places(contract), [components.get("schemas", {}).get(name, {})]
    for field in fields:
        here = list(_fields(places, here, field))
    return next(iter(here), {})


def _of_operation(
    contract: Mapping[str, Any], method: str, path: str, rest: str
) -> Mapping[str, Any]:
    item = contract["paths"].get(path, {})
    operation = _mapping(item.get(method))
    if not rest:
        return {"description": operation.get("summary", ""), **operation}
    if rest[0] in _SIGNS:
        wanted = (_SIGNS[rest[0]], rest[1:].rstrip("}"))
        parameters = [*operation.get("parameters", ()), *item.get("parameters", ())]
        return next((p for p in parameters if (p.get("in"), p.get("name")) == wanted), {})
    return _mapping(operation.get("responses", {}).get(rest))


def _fields(places: Places, here: list[Schema], name: str) -> Iterator[Schema]:
    for schema in here:
        for part in places.parts(schema):
            if name in part.get("properties", {}):
                yield part["properties"][name]
            elif "items" in part:
                yield from _fields(places, [part["items"]], name)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
