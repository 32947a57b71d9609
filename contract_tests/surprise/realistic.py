"""A realistic answer from a contract alone: its examples, or every field filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.calls.sampling import Sampler
from contract_tests.surprise.answer import Answer
from contract_tests.words import media
from contract_tests.words.translation import modern
from specs.json_schema import Schema

_DEEPEST = 24


class FullSampler(Sampler):
    """Fills in every field that an answer may have, not only those that it must."""

    def _by_type(self, schema: Schema, deep: int) -> Any:
        return super()._by_type(modern(schema), deep)

    def _object(self, schema: Schema, deep: int) -> dict[str, Any]:
        properties: Mapping[str, Schema] = schema.get("properties", {})
        names = [name for name, inner in properties.items() if not inner.get("writeOnly")]
        names += [name for name in schema.get("required", ()) if name not in properties]
        return {name: self.value(properties.get(name, {}), deep + 1) for name in names}


_SAMPLERS = tuple(
    FullSampler(with_examples=own, choice=n) for n in range(3) for own in (True, False)
)


def realistic(status: int, answer: Mapping[str, Any]) -> Iterator[Answer]:
    """Yield answers for a contract's entry, likely ones first; whether they fit is not known."""
    headers = tuple(_headers(answer))
    content = answer.get("content") or {}
    name = next(filter(media.is_json, content), None)
    if name is None:
        yield Answer(status, headers)
        return
    bare = Answer(status, (*headers, ("content-type", name)))
    yield from (bare.saying(value) for value in _values(content[name], status))


def _values(holder: Mapping[str, Any], status: int) -> Iterator[Any]:
    if "example" in holder:
        yield holder["example"]
    for example in (holder.get("examples") or {}).values():
        if isinstance(example, Mapping) and "value" in example:
            yield example["value"]
    schema = holder.get("schema", {})
    for sampler in _SAMPLERS:
        value = sampler.value(schema)
        yield value
        yield _with_status(value, status)


def _with_status(value: Any, status: int) -> Any:
    """Return an error that names its own status where it names one."""
    if not isinstance(value, dict):
        return value
    return {name: status if _is_status(inner) else inner for name, inner in value.items()}


def _is_status(value: Any) -> bool:
    return isinstance(value, int) and 400 <= value < 600


def _headers(answer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, header in (answer.get("headers") or {}).items():
        if name.lower() == "content-type":
            continue
        value = header.get("example", _SAMPLERS[0].value(header.get("schema", {})))
        yield name.lower(), str(value)
