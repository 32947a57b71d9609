"""The examples of a contract, held against their own schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator, oas30_format_checker

import specs


def wrong_examples(contract: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the examples of a resolved contract, a sentence each."""
    found: list[str] = []
    for where, schema, example, is_request in _examples(contract):
        kind = OAS30WriteValidator if is_request else OAS30ReadValidator
        validator = kind(schema, format_checker=oas30_format_checker)
        found += [f"{where}: {error.message}" for error in validator.iter_errors(example)]
    return found


_Example = tuple[str, Mapping[str, Any], Any, bool]


def _examples(contract: Mapping[str, Any]) -> Iterator[_Example]:
    for path, item in contract["paths"].items():
        for method in specs.METHODS:
            if method in item:
                operation = item[method]
                label = f"{method.upper()} {path}"
                for parameter in [*item.get("parameters", []), *operation.get("parameters", [])]:
                    yield from _of(f"{label} {parameter['name']}", parameter, is_request=True)
                for media in operation.get("requestBody", {}).get("content", {}).values():
                    yield from _of(f"{label} body", media, is_request=True)
                for status, answer in operation["responses"].items():
                    for media in answer.get("content", {}).values():
                        yield from _of(f"{label} {status}", media, is_request=False)


def _of(where: str, holder: Mapping[str, Any], *, is_request: bool) -> Iterator[_Example]:
    schema = holder.get("schema", {})
    if "example" in holder:
        yield where, schema, holder["example"], is_request
    for name, example in holder.get("examples", {}).items():
        if "value" in example:
            yield f"{where} {name}", schema, example["value"], is_request
