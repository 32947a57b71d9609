"""Where in a contract's files a statement stands: file and line, for annotations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

Node = yaml.nodes.Node
_OPERATION = re.compile(r"([A-Z]+) (\S+)(?: (.*))?")
_SIGNS = {"?": "query", "#": "header", "{": "path", "=": "cookie"}
_SHAPES = ("allOf", "anyOf", "oneOf")


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file; `file` is a path from the working directory where it is below that."""

    file: str
    line: int = 1


@dataclass(frozen=True, slots=True)
class _Spot:
    """A node, and the file that it stands in."""

    path: Path
    node: Node

    @property
    def line(self) -> int:
        return int(self.node.start_mark.line) + 1


class Places:
    """Finds the lines of one contract; files are read once, when they are needed."""

    def __init__(self, contract: Path) -> None:
        """Take the path of an OpenAPI document, in YAML or JSON."""
        self._path = contract
        self._documents: dict[Path, Node | None] = {}

    def of(self, *selectors: str) -> Place:
        """Return where the first of these stands that is found, else the top of the document.

        Selectors are written as in SOURCES.md: `GET /agents`, `GET /agents 404`,
        `GET /agents ?includeDeleted`, `header X-Limit`, `Agent`, `Agent.Name`.
        """
        found = (self._spot(selector) for selector in selectors if selector)
        spot = next((spot for spot in found if spot), None)
        if spot is None:
            return Place(_shown(self._path))
        return Place(_shown(spot.path), spot.line)

    def _spot(self, selector: str) -> _Spot | None:
        match = _OPERATION.fullmatch(selector)
        if match:
            return self._of_operation(match[1].lower(), match[2], match[3] or "")
        kind, _, name = selector.rpartition(" ")
        if kind == "header":
            return self._key(("components", "headers", name))
        return self._of_field(selector.split("."))

    def _of_operation(self, method: str, path: str, rest: str) -> _Spot | None:
        operation = self._key(("paths", path, method))
        inner = rest and self._within(("paths", path, method), rest)
        return inner or operation

    def _within(self, steps: tuple[str, ...], rest: str) -> _Spot | None:
        if rest.isdigit() or rest == "default":
            return self._key((*steps, "responses", rest))
        where, name = _SIGNS.get(rest[0], ""), rest.lstrip("?#{=").rstrip("}")
        for owner in (steps, steps[:-1]):
            listed = self._value((*owner, "parameters"))
            for item in _items(listed):
                spot = self._followed(item)
                if _text(spot, "name") == name and _text(spot, "in") == where:
                    return spot
        return None

    def _of_field(self, names: list[str]) -> _Spot | None:
        found = spot = self._key(("components", "schemas", names[0]))
        schema = self._value(("components", "schemas", names[0]))
        if schema and schema.path != self._path:
            found = schema
        for name in names[1:]:
            spot, schema = self._property(schema, name)
            if spot is None:
                return found
            found = spot
        return found

    def _property(self, schema: _Spot | None, name: str) -> tuple[_Spot | None, _Spot | None]:
        for part in self._parts(schema, 0):
            properties = self._child(part, "properties")
            pair = _pair(properties, name)
            if properties and pair:
                value = self._followed(_Spot(properties.path, pair[1]))
                return _Spot(properties.path, pair[0]), value
        return None, None

    def _parts(self, schema: _Spot | None, depth: int) -> Iterator[_Spot]:
        if schema is None or depth > 8:  # a schema may contain itself
            return
        yield schema
        inner = [self._child(schema, "items")]
        inner += [
            self._followed(i) for shape in _SHAPES for i in _items(self._child(schema, shape))
        ]
        for part in inner:
            yield from self._parts(part, depth + 1)

    def _key(self, steps: tuple[str, ...]) -> _Spot | None:
        """Return the key at the end of `steps`, where it stands written."""
        owner = self._value(steps[:-1])
        pair = _pair(owner, steps[-1])
        return _Spot(owner.path, pair[0]) if owner and pair else None

    def _value(self, steps: tuple[str, ...]) -> _Spot | None:
        spot = self._document(self._path)
        for step in steps:
            spot = self._child(spot, step)
        return spot

    def _child(self, spot: _Spot | None, name: str) -> _Spot | None:
        pair = _pair(spot, name)
        return self._followed(_Spot(spot.path, pair[1])) if spot and pair else None

    def _followed(self, spot: _Spot | None) -> _Spot | None:
        for _ in range(20):
            reference = _text(spot, "$ref")
            if spot is None or not reference:
                return spot
            file, _, pointer = reference.partition("#")
            path = (spot.path.parent / file).resolve() if file else spot.path
            spot = self._document(path)
            for step in pointer.split("/")[1:]:
                pair = _pair(spot, step.replace("~1", "/").replace("~0", "~"))
                spot = _Spot(path, pair[1]) if pair else None
        return spot

    def _document(self, path: Path) -> _Spot | None:
        if path not in self._documents:
            try:
                self._documents[path] = yaml.compose(path.read_text("utf-8"), yaml.CSafeLoader)
            except (OSError, ValueError, yaml.YAMLError):
                self._documents[path] = None
        node = self._documents[path]
        return _Spot(path, node) if node else None


def _pair(spot: _Spot | None, name: str) -> tuple[Node, Node] | None:
    if spot is None or not isinstance(spot.node, yaml.nodes.MappingNode):
        return None
    return next((pair for pair in spot.node.value if pair[0].value == name), None)


def _text(spot: _Spot | None, name: str) -> str:
    pair = _pair(spot, name)
    return str(pair[1].value) if pair else ""


def _items(spot: _Spot | None) -> list[_Spot]:
    if spot is None or not isinstance(spot.node, yaml.nodes.SequenceNode):
        return []
    return [_Spot(spot.path, node) for node in spot.node.value]


def _shown(path: Path) -> str:
    resolved = path.resolve()
    here = Path.cwd()
    return (resolved.relative_to(here) if resolved.is_relative_to(here) else path).as_posix()
