"""Where in a contract a place of an answer is: the component, the field, and its schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from specs.json_schema import SHAPES, Schema

_LOCAL = "#/components/schemas/"
_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of an answer.

    `selector` is what SOURCES.md calls it (`Agent.Name`, `GET /agents 200`); `pointer` leads to it
    from the component that is named there, `whole` from the top of the answer; items of lists and
    keys of maps are `*` in both.
    """

    selector: str
    pointer: str
    whole: str


class Places:
    """Finds the components in a contract whose references were resolved: by what they say."""

    def __init__(self, contract: Mapping[str, Any]) -> None:
        """Take a contract; the references in it may be resolved or not."""
        self._named: Mapping[str, Schema] = contract.get("components", {}).get("schemas", {})
        self._by_content: dict[str, str] = {}
        self._names: dict[int, str] = {}

    def spot(self, answer: str, schema: Schema, path: Sequence[str | int]) -> Spot:
        """Follow `path` into an answer of `schema`; `answer` selects the answer as a whole."""
        here: list[Schema] = [schema]
        selector, pointer, whole = answer, "", ""
        for step in path:
            # A field belongs to what it is a field of, also where it is a component itself.
            name = next((n for n in map(self.name, here) if n), "")
            if name:
                selector, pointer = name, ""
            here, sign = self._step(here, step)
            whole, pointer = f"{whole}/{sign}", f"{pointer}/{sign}"
            selector += "" if sign == "*" else f".{sign}"
        if not path:
            selector = self.name(schema) or answer
        return Spot(selector, pointer or "/", whole or "/")

    def name(self, schema: Schema) -> str:
        """Return the name of the component that this schema is, or nothing."""
        if "$ref" in schema:
            return str(schema["$ref"]).removeprefix(_LOCAL)
        if id(schema) not in self._names:
            self._names[id(schema)] = self._index().get(_content(schema), "")
        return self._names[id(schema)]

    def resolved(self, schema: Any) -> Schema:
        """Return what a reference leads to, or the schema itself; nothing where it is none."""
        for _ in range(_DEEPEST):
            if not isinstance(schema, Mapping):
                return {}
            if "$ref" not in schema:
                return schema
            schema = self._named.get(str(schema["$ref"]).removeprefix(_LOCAL))
        return {}

    def parts(self, schema: Any, depth: int = 0) -> Iterator[Schema]:
        """Yield a schema and all that it is put together from, on the same level."""
        schema = self.resolved(schema)
        yield schema
        if depth < _DEEPEST:
            for shape in SHAPES:
                for part in schema.get(shape) or ():
                    yield from self.parts(part, depth + 1)

    def _step(self, here: list[Schema], step: str | int) -> tuple[list[Schema], str]:
        parts = [part for schema in here for part in self.parts(schema)]
        if isinstance(step, int):
            return [p["items"] for p in parts if isinstance(p.get("items"), Mapping)], "*"
        fields = [p["properties"][step] for p in parts if step in p.get("properties", {})]
        if fields:
            return fields, step
        others = [p.get("additionalProperties") for p in parts]
        maps = [other for other in others if isinstance(other, Mapping)]
        return maps, "*" if maps else step

    def _index(self) -> Mapping[str, str]:
        if not self._by_content:
            for name, schema in self._named.items():
                self._by_content.setdefault(_content(schema), name)
        return self._by_content


def _content(schema: Schema) -> str:
    return json.dumps(schema, sort_keys=True, default=str)
