"""What a schema expected, said in words; the value that did not fit is never repeated."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import jsonschema_rs

_SHOWN = 60
_AMOUNTS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "minProperties": "at least {} properties",
    "maxProperties": "at most {} properties",
}


def expected(error: jsonschema_rs.ValidationError) -> str:
    """Return what a validation error missed, e.g. `one of Active, Paused` or `at least 1`."""
    rule, facts = error.kind.name, error.kind.as_dict()
    if rule in _AMOUNTS:
        return _AMOUNTS[rule].format(facts["limit"])
    if rule == "enum":
        return "one of " + ", ".join(_plain(option) for option in facts["options"])
    if rule in {"anyOf", "oneOf"}:
        return _choices(facts["context"]) or "one alternative, not several"
    worded = _FACTS.get(rule)
    return worded(facts) if worded else f"what the contract says under {rule}"


def dotted(name: str, path: list[str | int]) -> str:
    """Return where a value is: `name.key[0].key`."""
    parts = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return (name + parts).lstrip(".")


def _unexpected(facts: Mapping[str, Any]) -> str:
    name = str(facts["unexpected"][0])
    return f"no property {json.dumps(_cut(name), ensure_ascii=False)}"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


# Made from the contract's side of an error only: its message would repeat the whole value.
_FACTS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "type": lambda facts: ", ".join(facts["types"]),
    "pattern": lambda facts: f"text matching {facts['pattern']}",
    "format": lambda facts: f"{_article(facts['format'])} {facts['format']}",
    "multipleOf": lambda facts: f"a multiple of {facts['multiple_of']}",
    "uniqueItems": lambda _: "each item once",
    "additionalProperties": _unexpected,
}


def _article(noun: str) -> str:
    return "an" if noun[:1] in {*"aeio"} else "a"


def _plain(option: object) -> str:
    return "null" if option is None else str(option)


def _choices(context: list[list[jsonschema_rs.ValidationError]]) -> str:
    wanted = [_choice(branch[0]) for branch in context if branch]
    return " or ".join(dict.fromkeys(wanted))


def _choice(error: jsonschema_rs.ValidationError) -> str:
    if error.kind.name == "required":
        return f"{error.kind.as_dict()['property']} to be given"
    return expected(error)
