"""What clients say in requests: texts and numbers that are not to be bent when they come back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

_SHORTEST = 2


def told(query: str, body: bytes) -> frozenset[Any]:
    """Return the texts and numbers in a query and in a body of JSON."""
    found: set[Any] = set()
    for _, value in parse_qsl(query):
        found.add(value)
        if value.isascii() and value.isdigit() and len(value) < 20:
            found.add(int(value))
    try:
        found |= set(_inside(json.loads(body))) if body else set()
    except (ValueError, RecursionError):
        found |= {value for _, value in parse_qsl(body.decode("latin-1"))}
    return frozenset(found)


def _inside(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _inside(inner)
    elif _is_number(value) or (isinstance(value, str) and len(value) >= _SHORTEST):
        yield value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
