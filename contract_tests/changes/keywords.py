"""Keywords of schemas, one by one: what a change of each does to the values that are allowed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from contract_tests.changes.change import Shift

Schema = Mapping[str, Any]
Judge = Callable[[Any, Any], Shift]

# What says nothing about values, or is walked into by `schemas`.
_ELSEWHERE = frozenset(
    {"title", "description", "example", "examples", "externalDocs", "xml", "discriminator"}
    | {"deprecated", "readOnly", "writeOnly", "default", "enum", "required", "properties"}
    | {"items", "allOf", "anyOf", "oneOf", "additionalProperties"}
)
_WIDER_TYPES = {("integer", "number"), ("int32", "int64"), ("float", "double")}


def shifts(old: Schema, new: Schema) -> Iterator[tuple[str, Shift]]:
    """Yield what is different, in words, for every keyword that stands on its own."""
    for keyword in sorted({*old, *new} - _ELSEWHERE):
        before, after = old.get(keyword), new.get(keyword)
        if before != after and not keyword.startswith("x-"):
            words = f"{keyword} {_said(before)} → {_said(after)}"
            yield words, _JUDGES.get(keyword, _unclear)(before, after)


def _said(value: Any) -> str:
    return "nothing" if value is None else repr(value)


def _unclear(before: Any, after: Any) -> Shift:
    del before, after
    return Shift.UNCLEAR


def _named(before: Any, after: Any) -> Shift:
    if before is None:
        return Shift.NARROWED
    if after is None or (before, after) in _WIDER_TYPES:
        return Shift.WIDENED
    return Shift.NARROWED if (after, before) in _WIDER_TYPES else Shift.REPLACED


def _least(before: Any, after: Any) -> Shift:
    if before is None or (after is not None and after > before):
        return Shift.NARROWED
    return Shift.LOOSENED


def _most(before: Any, after: Any) -> Shift:
    if before is None or (after is not None and after < before):
        return Shift.NARROWED
    return Shift.LOOSENED


def _restriction(before: Any, after: Any) -> Shift:
    del before
    return Shift.NARROWED if after else Shift.LOOSENED


def _nullable(before: Any, after: Any) -> Shift:
    del before
    return Shift.WIDENED if after else Shift.NARROWED


def _pattern(before: Any, after: Any) -> Shift:
    if before is None:
        return Shift.NARROWED
    return Shift.LOOSENED if after is None else Shift.UNCLEAR


def _step(before: Any, after: Any) -> Shift:
    if before is None or (after and after % before == 0):
        return Shift.NARROWED
    return Shift.LOOSENED if after is None or before % after == 0 else Shift.UNCLEAR


_JUDGES: Mapping[str, Judge] = {
    "type": _named,
    "format": _named,
    "nullable": _nullable,
    "minimum": _least,
    "minLength": _least,
    "minItems": _least,
    "minProperties": _least,
    "maximum": _most,
    "maxLength": _most,
    "maxItems": _most,
    "maxProperties": _most,
    "exclusiveMinimum": _restriction,
    "exclusiveMaximum": _restriction,
    "uniqueItems": _restriction,
    "multipleOf": _step,
    "pattern": _pattern,
}
