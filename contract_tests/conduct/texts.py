"""The text of a parameter against its schema: what it says, and what is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from contract_tests.conduct.demands import Parameter
from contract_tests.wire.depth import is_too_deep
from contract_tests.words.bodies import errors
from contract_tests.words.errors import Fault
from specs.json_schema import Schema

_INTEGER = re.compile(r"[+-]?[0-9]{1,40}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?")
_BOOLEANS: Mapping[str, bool] = {"true": True, "false": False}


def faults(parameter: Parameter, texts: tuple[str, ...]) -> list[Fault]:
    """Return what is wrong with the texts of a parameter; nothing where that cannot be told."""
    if parameter.validator is None or not parameter.is_plain:
        return []
    found: list[Fault] = []
    for value in _values(parameter, texts):
        found = errors(parameter.validator, value)
        if not found:
            return []
    return found


def is_cased_boolean(parameter: Parameter, text: str) -> bool:
    """Say whether a text is true or false but for its case, as Python writes them."""
    is_boolean = parameter.schema.get("type") == "boolean"
    return is_boolean and text not in _BOOLEANS and text.lower() in _BOOLEANS


def _values(parameter: Parameter, texts: tuple[str, ...]) -> Iterator[Any]:
    """Yield what the texts may mean, the likeliest last."""
    if not parameter.is_list:
        yield from _meanings(texts[-1], parameter.schema)
        return
    item: Schema = parameter.schema.get("items") or {}
    parts = texts if parameter.explodes else texts[-1].split(",") if texts[-1] else ()
    yield [next(_meanings(part, item)) for part in parts]


def _meanings(text: str, schema: Schema) -> Iterator[Any]:
    kind = schema.get("type")
    if kind == "integer":
        yield int(text) if _INTEGER.fullmatch(text) else text
    elif kind == "number":
        yield float(text) if _NUMBER.fullmatch(text) else text
    elif kind == "boolean":
        yield _BOOLEANS.get(text, text)
    elif kind == "string":
        yield text
    else:
        with suppress(ValueError):
            if not is_too_deep(text.encode()):
                yield json.loads(text)
        yield text
