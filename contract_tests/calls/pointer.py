"""JSON pointers (RFC 6901) into bodies: read a place, set a place."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

MISSING = object()


def parts(pointer: str) -> list[str]:
    """Split a pointer: `/a/0` → `a`, `0`; the empty one is the whole."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def read(document: Any, pointer: str, default: Any = MISSING) -> Any:
    """Return what is at `pointer`, or `default`, or raise LookupError naming the pointer."""
    value = document
    for part in parts(pointer):
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (LookupError, TypeError, ValueError):
            if default is MISSING:
                raise LookupError(f"nothing at {pointer}") from None
            return default
    return value


def replaced(document: Any, pointer: str, value: Any) -> Any:
    """Return a copy of `document` with `value` at `pointer`, made on the way."""
    steps = parts(pointer)
    if not steps:
        return value
    first, rest = steps[0], "".join(f"/{step}" for step in steps[1:])
    copy = deepcopy(document)
    if copy is None:
        copy = [] if first.isdigit() else {}
    if isinstance(copy, list):
        index = int(first)
        copy += [None] * (index + 1 - len(copy))
        copy[index] = replaced(copy[index], rest, value)
    else:
        copy[first] = replaced(copy.get(first), rest, value)
    return copy


def found(document: Any, pattern: str) -> list[Any]:
    """Return what is at every place that `pattern` names; `*` is every item or every key."""
    values = [document]
    for part in parts(pattern):
        values = [inner for value in values for inner in _step(value, part)]
    return values


def without(document: Any, patterns: Iterable[str]) -> Any:
    """Return a copy of `document` without what stands at these places; `*` as in `found`."""
    copy = deepcopy(document)
    for pattern in patterns:
        *steps, last = parts(pattern)
        for holder in found(copy, "".join(f"/{step}" for step in steps)):
            if last == "*" and isinstance(holder, dict | list):
                holder.clear()
            elif isinstance(holder, dict):
                holder.pop(last, None)
    return copy


def _step(value: Any, part: str) -> list[Any]:
    if part == "*" and isinstance(value, dict | list):
        return list(value.values()) if isinstance(value, dict) else list(value)
    inner = read(value, f"/{part.replace('~', '~0').replace('/', '~1')}", None)
    return [] if inner is None else [inner]
