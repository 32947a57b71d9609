"""The headers of an answer that the contract describes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from contract_tests.findings.finding import Aspect, Finding
from contract_tests.words.bodies import Bodies
from contract_tests.words.case import Case
from contract_tests.words.errors import faults

_READ_AS_JSON = frozenset({"integer", "number", "boolean"})


def findings(case: Case, bodies: Bodies) -> Iterator[Finding]:
    """Yield what is missing of the headers that are required, and what does not fit."""
    for name, header in (case.answer.get("headers") or {}).items():
        sent = case.response.header(name)
        # What OpenAPI says of Content-Type stands under `content`.
        if name.lower() == "content-type":
            continue
        if sent is not None:
            yield from _unfit(case, bodies, name, sent)
        elif header.get("required"):
            yield _missing(case, name)


def _missing(case: Case, name: str) -> Finding:
    return case.finding(
        "headers_are_documented",
        Aspect.MISSING,
        f"The answer lacks the header {name}.",
        received="nothing",
        expected=f"the header {name}",
        place=name,
        statement=f"header {name}",
    )


def _unfit(case: Case, bodies: Bodies, name: str, sent: str) -> Iterator[Finding]:
    schema = bodies.places.resolved(case.answer["headers"][name].get("schema"))
    validator = bodies.validator(schema) if schema else None
    if validator is None:
        return
    value = _read(sent, schema)
    for fault in faults(list(validator.iter_errors(value))):
        yield case.finding(
            "headers_are_documented",
            fault.aspect,
            f"The header {name} is not as documented.",
            received=sent,
            expected=fault.expected,
            place=name,
            statement=f"header {name}",
        )


def _read(sent: str, schema: Mapping[str, Any]) -> Any:
    kind = schema.get("type")
    if kind == "array":
        item = schema.get("items", {})
        return [_read(part.strip(), item) for part in sent.split(",")]
    if kind in _READ_AS_JSON:
        with suppress(ValueError, RecursionError):
            return json.loads(sent)
    return sent
