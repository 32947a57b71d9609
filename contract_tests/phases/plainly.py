"""Requests that nobody can read in two ways: forbidden beyond doubt, or ordinary beyond doubt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from schemathesis.schemas import APIOperation

from contract_tests.wire.exchange import Request

_INTEGER = re.compile(r"-?\d{1,9}")
_WORD = re.compile(r"[A-Za-z]{3,40}")
# Words that one language or another writes for a value that is not there, or for a number.
_READABLE = frozenset({"null", "none", "nil", "undefined", "true", "false", "nan", "inf"})
_LARGEST = 10**6

Parameter = Mapping[str, Any]
Operation = APIOperation[Any, Any, Any, Any]


def refusal(operation: Operation) -> str:
    """Return the statement that says that bad input is refused: `GET /agents 400`."""
    statuses = [str(status) for status in operation.responses.status_codes]
    status = next((s for s in ("400", "422") if s in statuses), "400")
    return f"{operation.label} {status}"


def forbidden(operation: Operation, request: Request) -> str:
    """Name the parameter that is forbidden beyond doubt: `query limit`; nothing if none is.

    It is one that is required and absent, or a number that is a word, out of its bounds, or not
    of its enumeration, and sent once.
    """
    for parameter, texts in _sent(operation, request):
        schema = parameter.get("schema", {})
        missing = parameter.get("required") and not texts
        if missing or (len(texts) == 1 and _is_wrong(schema, texts[0])):
            return f"{parameter['in']} {parameter['name']}"
    return ""


def ordinary(operation: Operation, request: Request) -> bool:
    """Say whether a request must succeed beyond doubt: a read without ids, all words known.

    That are reads without a body and without parameters in the path, whose parameters are
    booleans, numbers of a common size and members of enumerations, each sent once.
    """
    if request.method != "GET" or "{" in operation.path or request.body:
        return False
    sent = list(_sent(operation, request))
    asked = [name for name, _ in _query(request)]
    known = {parameter["name"] for parameter, _ in sent}
    return set(asked) <= known and all(
        not texts or (len(texts) == 1 and _is_common(parameter.get("schema", {}), texts[0]))
        for parameter, texts in sent
    )


def declared(operation: Operation) -> list[Parameter]:
    """Return the parameters that the contract lists, without those of its security."""
    item = operation.schema.raw_schema["paths"][operation.path]
    shared, own = item.get("parameters", ()), item[operation.method.lower()].get("parameters", ())
    return [*shared, *own]


def _sent(operation: Operation, request: Request) -> Iterator[tuple[Parameter, list[str]]]:
    """Yield parameters of query and header with what was sent for them."""
    query = _query(request)
    for parameter in declared(operation):
        name, where = parameter["name"], parameter["in"]
        if where == "query":
            yield parameter, [value for key, value in query if key == name]
        elif where == "header":
            yield parameter, [v for key, v in request.headers if key.lower() == name.lower()]


def _query(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(request.target).query, keep_blank_values=True)


def _is_wrong(schema: Mapping[str, Any], text: str) -> bool:
    if schema.get("type") not in {"integer", "number"}:
        return False
    if not _INTEGER.fullmatch(text):
        return bool(_WORD.fullmatch(text)) and text.lower() not in _READABLE
    number = int(text)
    return (
        number < schema.get("minimum", number)
        or number > schema.get("maximum", number)
        or number not in (schema.get("enum") or [number])
    )


def _is_common(schema: Mapping[str, Any], text: str) -> bool:
    if schema.get("enum"):
        return text in [str(value) for value in schema["enum"]]
    if schema.get("type") == "boolean":
        return text in {"true", "false"}
    is_number = schema.get("type") == "integer" and _INTEGER.fullmatch(text)
    return bool(is_number) and 0 <= int(text) <= _LARGEST and not _is_wrong(schema, text)
