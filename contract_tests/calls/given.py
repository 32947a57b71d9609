"""What a request gives: parameters by where they are, and the places in its body."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from contract_tests.calls.caller import Operation
from contract_tests.wire.exchange import Request

Given = dict[tuple[str, str], list[str]]
_SHAPES = ("allOf", "anyOf", "oneOf")
_DEEPEST = 4


def given(request: Request, path: re.Pattern[str], operation: Operation) -> Given:
    """Return the texts of parameters, by where they are and by name in small letters.

    `path` is the operation's path with a group for each of its parameters.
    """
    target, _, query = request.target.partition("?")
    found: Given = {}
    for name, value in parse_qsl(query, keep_blank_values=True, errors="replace"):
        found.setdefault(("query", name.lower()), []).append(value)
    for name, value in request.headers:
        found.setdefault(("header", name.lower()), []).append(value)
        if name.lower() == "cookie":
            pairs = (part.strip().partition("=") for part in value.split(";"))
            found.update({("cookie", key.lower()): [text] for key, _, text in pairs})
    match = path.fullmatch(target)
    names = re.findall(r"\{([^}]*)\}", operation.path)
    for name, value in zip(names, match.groups() if match else (), strict=False):
        found[("path", name.lower())] = [unquote(value)]
    return found


def typed(values: list[str], schema: Mapping[str, Any]) -> Any:
    """Return what the texts of a parameter mean by its schema."""
    if schema.get("type") == "array":
        texts = values if len(values) > 1 else values[0].split(",")
        return [typed([text], schema.get("items", {})) for text in texts]
    if schema.get("type") in {"integer", "number", "boolean"}:
        try:
            return json.loads(values[0])
        except (ValueError, RecursionError):
            return values[0]
    return values[0]


def places(schema: Mapping[str, Any], at: str = "#", depth: int = 0) -> Iterator[str]:
    """Yield the places that a body may have by its schema: `#/Parts/*/Size`."""
    if depth >= _DEEPEST:  # a schema may contain itself
        return
    for shape in _SHAPES:
        for part in schema.get(shape, ()):
            yield from places(part, at, depth + 1)
    if "items" in schema:
        yield from places(schema["items"], f"{at}/*", depth)
    for name, inner in schema.get("properties", {}).items():
        if not inner.get("readOnly"):
            yield f"{at}/{name}"
            yield from places(inner, f"{at}/{name}", depth + 1)


def sent(body: bytes) -> set[str]:
    """Return the places that a body has, if it is JSON."""
    try:
        return set(_inside(json.loads(body), "#", 0)) if body else set()
    except (ValueError, RecursionError):
        return set()


def _inside(value: Any, at: str, depth: int) -> Iterator[str]:
    if depth > 2 * _DEEPEST:
        return
    if isinstance(value, list):
        for item in value[:100]:
            yield from _inside(item, f"{at}/*", depth + 1)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield f"{at}/{name}"
            yield from _inside(inner, f"{at}/{name}", depth + 1)
