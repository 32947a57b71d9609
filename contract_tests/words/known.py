"""Fields that a contract does not know: what drifts first when a vendor moves on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from contract_tests.words.places import Places
from specs.json_schema import SHAPES, Schema

Path = tuple[str | int, ...]


class Level:
    """What may stand at one level of an answer; the levels below are made when they are met.

    `names` are the fields that are known, or None where anything may stand.
    """

    def __init__(self, places: Places, schemas: Iterable[Schema]) -> None:
        """Put together all that `schemas` say of this level."""
        self._places = places
        self._parts = tuple(part for schema in schemas for part in places.parts(schema))
        names = frozenset(name for part in self._parts for name in part.get("properties", {}))
        is_open = not names or any(map(_is_open, self._parts))
        self.names = None if is_open else names
        self._below: dict[str | None, Level] = {}

    def below(self, name: str | None) -> Level:
        """Return the level of a field, or of the items where `name` is None."""
        if name not in self._below:
            inner = self._items() if name is None else self._field(name)
            self._below[name] = Level(self._places, inner)
        return self._below[name]

    def unknown(self, value: Any, path: Path = ()) -> Iterator[Path]:
        """Yield the path of every field that the contract does not know, where it knows any."""
        if not self._parts:
            return
        if isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, dict | list):
                    yield from self.below(None).unknown(item, (*path, index))
        elif isinstance(value, dict):
            if self.names is not None and not self.names.issuperset(value):
                yield from ((*path, name) for name in value if name not in self.names)
            for name, inner in value.items():
                if inner and isinstance(inner, dict | list):
                    yield from self.below(name).unknown(inner, (*path, name))

    def _items(self) -> list[Schema]:
        return [p["items"] for p in self._parts if isinstance(p.get("items"), dict)]

    def _field(self, name: str) -> list[Schema]:
        found = [p["properties"][name] for p in self._parts if name in p.get("properties", {})]
        others = [p.get("additionalProperties") for p in self._parts]
        return found or [other for other in others if isinstance(other, dict)]


def _is_open(part: Schema) -> bool:
    """Whether a part of an object admits anything: it says so, or is an object without names."""
    nameless = part.get("type") == "object" and "properties" not in part
    combined = any(shape in part for shape in SHAPES)
    more = part.get("additionalProperties") or "patternProperties" in part
    return bool(more) or (nameless and not combined)
