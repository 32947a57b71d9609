"""The places of an answer, each with what the contract says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contract_tests.calls.sampling import together
from contract_tests.words.places import Places
from contract_tests.words.translation import modern
from specs.json_schema import SHAPES, Schema

_ITEMS = 40  # of a list that are looked at for places
Path = tuple[str | int, ...]
ABSENT = object()


@dataclass(frozen=True, slots=True)
class Field:
    """A place of an answer: its pointer (items are `*`), and what may stand there.

    `schema` is what all parts say, laid together. `value` is what stood there when it was found.
    `is_needed` says that the object around it must hold it (or that it is no part of an object).
    """

    pointer: str
    schema: Schema
    value: Any
    is_needed: bool

    @property
    def kind(self) -> str:
        """Its type in the words of JSON Schema, as the contract has it; empty if it has none."""
        return str(self.schema.get("type", ""))

    @property
    def name(self) -> str:
        """The last step of its pointer."""
        return self.pointer.rpartition("/")[2]

    @property
    def is_free_text(self) -> bool:
        """Whether any text fits, as far as its words tell."""
        words = {"enum", "format", "pattern"} & self.schema.keys()
        return self.kind == "string" and isinstance(self.value, str) and not words


def fields(value: Any, schema: Schema, places: Places) -> dict[str, Field]:
    """Return the places of `value` by their pointers, outermost first."""
    found: dict[str, Field] = {}
    for field in _walk(value, [schema], places, "", is_needed=True):
        known = found.get(field.pointer)
        if known is None or (known.value is None and field.value is not None):
            found[field.pointer] = field
    return found


def changed(value: Any, pointer: str, change: Callable[[Any, int], Any]) -> Any:
    """Return a copy of `value` in which `change` was done to all that is at `pointer`.

    It is given what is there and how many were before it; what it returns as ABSENT is left out.
    """
    counted = iter(range(10**9))
    return _changed(value, pointer.split("/")[1:], lambda inner: change(inner, next(counted)))


def at(value: Any, pointer: str) -> Iterator[Any]:
    """Yield what is at a pointer, of all items where it says `*`."""
    steps = pointer.split("/")[1:]
    here = [value]
    for step in steps:
        here = [inner for outer in here for inner in _below(outer, step)]
    yield from here


def _below(value: Any, step: str) -> Sequence[Any]:
    if isinstance(value, list):
        return value if step == "*" else ()
    if isinstance(value, dict):
        return list(value.values()) if step == "*" else [value[step]] if step in value else ()
    return ()


def _changed(value: Any, steps: list[str], change: Callable[[Any], Any]) -> Any:
    if not steps:
        return change(value)
    step, rest = steps[0], steps[1:]
    if isinstance(value, list) and step == "*":
        inner = [_changed(item, rest, change) for item in value]
        return [item for item in inner if item is not ABSENT]
    if isinstance(value, dict):
        made = {
            name: _changed(inner, rest, change) if step in {name, "*"} else inner
            for name, inner in value.items()
        }
        return {name: inner for name, inner in made.items() if inner is not ABSENT}
    return value


def _walk(
    value: Any, schemas: Sequence[Schema], places: Places, pointer: str, *, is_needed: bool
) -> Iterator[Field]:
    parts = [modern(part) for schema in schemas for part in places.parts(schema)]
    yield Field(pointer, _flat(parts), value, is_needed)
    if isinstance(value, list):
        inner = [part["items"] for part in parts if isinstance(part.get("items"), Mapping)]
        for item in value[:_ITEMS]:
            yield from _walk(item, inner, places, f"{pointer}/*", is_needed=True)
    elif isinstance(value, dict):
        needed = {name for part in parts for name in _required(part)}
        for name, one in value.items():
            below = [p["properties"][name] for p in parts if name in p.get("properties", {})]
            if below and "/" not in name:
                must = name in needed
                yield from _walk(one, below, places, f"{pointer}/{name}", is_needed=must)


def _required(part: Schema) -> Sequence[str]:
    required = part.get("required")
    return required if isinstance(required, list) else ()


def _flat(parts: Sequence[Schema]) -> Schema:
    result: dict[str, Any] = {}
    for part in parts:
        result = together(result, {k: v for k, v in part.items() if k not in SHAPES})
    if any(part.get("anyOf") or part.get("oneOf") for part in parts):
        # Which alternative is meant is not known: no free text, then.
        result.setdefault("format", "one of several")
    return result
