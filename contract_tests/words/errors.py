"""What a validator has against a body: each error with its aspect, and one for each fault."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from contract_tests.findings.finding import Aspect
from specs.wording import expected

_SHOWN = 160
_ALTERNATIVES = ("anyOf", "oneOf")
_ASPECTS = {
    "required": Aspect.MISSING,
    "type": Aspect.TYPE,
    "format": Aspect.FORMAT,
    "enum": Aspect.WORDS,
    "additionalProperties": Aspect.UNKNOWN,
}
_ARTICLES = {"array": "a list", "object": "an object", "null": "null", "boolean": "true or false"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a body, at `path` from its top."""

    path: tuple[str | int, ...]
    aspect: Aspect
    received: str
    expected: str


def faults(errors: Sequence[jsonschema_rs.ValidationError]) -> Iterator[Fault]:
    """Yield what is wrong, every fault; where there are alternatives, what the nearest misses."""
    for error in errors:
        if error.kind.name in _ALTERNATIVES and error.instance is not None:
            nearest = _nearest(error)
            if nearest:
                yield from faults(nearest)
                continue
        yield from _plain(error)


def shown(value: Any) -> str:
    """Return a value as JSON, cut to what a person reads at a glance."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _plain(error: jsonschema_rs.ValidationError) -> Iterator[Fault]:
    path, name, value = tuple(error.instance_path), error.kind.name, error.instance
    if name == "required":
        missing = str(error.kind.as_dict()["property"])
        yield Fault((*path, missing), Aspect.MISSING, "nothing", f"the field {missing}")
    elif name == "additionalProperties":
        for unknown in error.kind.as_dict()["unexpected"]:
            yield Fault((*path, unknown), Aspect.UNKNOWN, "such a field", "no such field")
    else:
        yield Fault(path, _aspect(error), shown(value), _expected(error))


def _aspect(error: jsonschema_rs.ValidationError) -> Aspect:
    value, name = error.instance, error.kind.name
    if value is None:
        return Aspect.NULL
    if name == "enum":
        options = error.kind.as_dict()["options"]
        return Aspect.WORDS if any(type(value) is type(o) for o in options) else Aspect.TYPE
    if name in _ALTERNATIVES:
        return _shared(error)
    if value == "" and name in {"format", "pattern", "minLength"}:
        return Aspect.EMPTY
    return _ASPECTS.get(name, Aspect.FORMAT if name == "pattern" else Aspect.RANGE)


def _shared(error: jsonschema_rs.ValidationError) -> Aspect:
    """Return what all the alternatives miss, or the type, where they miss different things."""
    context = [branch[0] for branch in error.kind.as_dict()["context"] if branch]
    aspects = {_aspect(inner) for inner in context} - {Aspect.TYPE}
    return aspects.pop() if len(aspects) == 1 else Aspect.TYPE


def _nearest(error: jsonschema_rs.ValidationError) -> list[jsonschema_rs.ValidationError]:
    """Return the errors of the only alternative that the value could be meant to be."""
    branches = error.kind.as_dict()["context"]
    here = len(error.instance_path)
    near = [b for b in branches if b and not any(_is_other(e, here) for e in b)]
    return list(near[0]) if len(near) == 1 else []


def _is_other(error: jsonschema_rs.ValidationError, depth: int) -> bool:
    at_top = len(error.instance_path) == depth
    return at_top and error.kind.name in {"type", "enum", "format", "additionalProperties"}


def _expected(error: jsonschema_rs.ValidationError) -> str:
    if error.kind.name != "type":
        return expected(error)
    kinds = sorted(error.kind.as_dict()["types"], key=lambda kind: kind == "null")
    return " or ".join(_ARTICLES.get(kind, f"a {kind}") for kind in kinds).replace(
        "a integer", "an integer"
    )
