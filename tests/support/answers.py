"""Every answer that our contracts describe, valid ones made up for each, and single faults."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from hypothesis import strategies as st

import specs
from contract_tests.calls.samples import holder_sample
from contract_tests.wire.exchange import Exchange, Headers, Request, Response
from specs.json_schema import SHAPES, Schema

_TIMES = ["2025-01-01T00:00:00Z", "2025-11-06t21:18:21.446z", "2016-12-31T23:59:60+00:00"]
_FORMATS: Mapping[str, list[str]] = {
    "date-time": _TIMES,
    "date": ["2025-01-01"],
    "uri": ["https://www.example.com/%C3%A4", "urn:x:y"],
    "uuid": ["6F1C2B34-9d1e-4a5b-8c7d-0123456789ab"],
    "ipv4": ["192.0.2.1"],
    "ipv6": ["2001:db8::1"],
}
_TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)


@dataclass(frozen=True)
class Described:
    """One answer as a contract describes it."""

    vendor: str
    operation_id: str
    label: str
    status: int
    media: str
    schema: Schema
    headers: Headers
    example: Any

    def __str__(self) -> str:
        return f"{self.label} {self.status}"

    def exchange(self, body: Any, **changed: Any) -> Exchange:
        """Return an exchange with this answer; `changed` are parts of the response."""
        sent = (("Content-Type", self.media), *self.headers)
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        response = {"status": self.status, "headers": sent, "body": raw, **changed}
        request = Request(self.label.split()[0], "/", (("Authorization", "$KEY"),))
        values = {"operation_id": self.operation_id, "secrets": ("KEY",)}
        return Exchange("http://127.0.0.1:1/", request, Response(**response), **values)


@cache
def described(vendor: str) -> tuple[Described, ...]:
    """Return all JSON answers of a vendor's contract."""
    return tuple(_described(vendor))


def _described(vendor: str) -> Iterator[Described]:
    for path, item in specs.load(vendor)["paths"].items():
        for method in (m for m in specs.METHODS if m in item):
            for status, answer in item[method]["responses"].items():
                named = answer.get("headers", {}).items()
                headers = tuple((name, _text(holder_sample(header))) for name, header in named)
                for media, holder in answer.get("content", {}).items():
                    label = f"{method.upper()} {path}"
                    name = item[method]["operationId"]
                    schema, example = holder["schema"], holder_sample(holder)
                    yield Described(
                        vendor, name, label, int(status), media, schema, headers, example
                    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def valid(schema: Schema) -> st.SearchStrategy[Any]:
    """Return values that `schema` allows: optional fields and null now and then."""
    if schema.get("nullable"):
        return st.none() | valid({**schema, "nullable": False})
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    for shape in ("anyOf", "oneOf"):
        if shape in schema and schema.get("type") != "object":
            return st.one_of(*(valid(part) for part in schema[shape]))
    if "allOf" in schema or schema.get("type") == "object" or "properties" in schema:
        return _objects(schema)
    return _plain(schema)


def _objects(schema: Schema) -> st.SearchStrategy[Any]:
    if len(schema.get("allOf", ())) == 1 and "properties" not in schema:
        return valid(schema["allOf"][0])
    parts = list(_parts(schema))
    required = {name for part in parts for name in part.get("required", ())}
    fields = {n: s for part in parts for n, s in part.get("properties", {}).items()}
    must = {name: valid(fields[name]) for name in fields if name in required}
    may = {name: valid(fields[name]) for name in fields if name not in required}
    return st.fixed_dictionaries(must, optional=may)


def _plain(schema: Schema) -> st.SearchStrategy[Any]:
    kind = schema.get("type", "string")
    if kind == "array":
        least = schema.get("minItems", 0)
        return st.lists(valid(schema.get("items", {})), min_size=least, max_size=least + 2)
    if kind == "boolean":
        return st.booleans()
    if kind in {"integer", "number"}:
        low, high = int(schema.get("minimum", -9)), int(schema.get("maximum", 2**31))
        return st.integers(max(low, -9), high)
    if "format" in schema and schema["format"] in _FORMATS:
        return st.sampled_from(_FORMATS[schema["format"]])
    if "pattern" in schema:
        return st.from_regex(schema["pattern"].replace("$", r"\Z"))
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    return _TEXTS.map(lambda text: text.ljust(least, "x")[:most])


def _parts(schema: Schema) -> Iterator[Schema]:
    yield schema
    for part in schema.get("allOf", ()):
        yield from _parts(part)


@dataclass(frozen=True)
class Node:
    """A value within a body, its schema, and whether its parent demands it."""

    path: tuple[str | int, ...]
    value: Any
    schema: Schema
    required: bool

    @property
    def is_plain(self) -> bool:
        """Whether the schema says all there is about it in one place."""
        return "type" in self.schema and not any(shape in self.schema for shape in SHAPES)


def nodes(
    value: Any, schema: Schema, path: tuple[str | int, ...] = (), *, required: bool = False
) -> Iterator[Node]:
    """Yield the places of a body whose schema is clear: none below alternatives."""
    yield Node(path, value, schema, required)
    if any(shape in part for part in _parts(schema) for shape in ("anyOf", "oneOf")):
        return
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from nodes(item, schema.get("items", {}), (*path, index))
    elif isinstance(value, dict):
        must = {name for part in _parts(schema) for name in part.get("required", ())}
        inner = {n: s for part in _parts(schema) for n, s in part.get("properties", {}).items()}
        for name, item in value.items():
            yield from nodes(item, inner[name], (*path, name), required=name in must)


def spoilt(
    body: Any, path: tuple[str | int, ...], value: Any = None, *, gone: bool = False
) -> Any:
    """Return a copy of `body` with another value at `path`, or none at all."""
    if not path:
        return value
    result = copy.deepcopy(body)
    here = result
    for step in path[:-1]:
        here = here[step]
    if gone:
        del here[path[-1]]
    else:
        here[path[-1]] = value
    return result


def pointer(path: tuple[str | int, ...]) -> str:
    """Return a path as findings show it."""
    return "".join(f"/{'*' if isinstance(step, int) else step}" for step in path) or "/"
