"""A client leaves what is deprecated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.conduct.asked import Asked
from contract_tests.conduct.rule import RequestRule
from contract_tests.findings.finding import Finding, Grade

_NAME = "deprecated_is_left"


def _check(asked: Asked) -> Iterator[Finding]:
    demand = asked.demand
    if demand is None:
        return
    if demand.is_deprecated:
        yield _finding(asked, "The operation is deprecated.", asked.path, "", "")
        return
    for parameter in demand.parameters:
        key = parameter.name.lower() if parameter.where == "header" else parameter.name
        if parameter.deprecated and (parameter.where, key) in asked.given.values:
            said = f"The parameter {parameter.name} is deprecated."
            statement = f"{demand.label} {parameter.sign}"
            yield _finding(asked, said, parameter.name, parameter.name, statement)
    if asked.content.schema is not None and isinstance(asked.content.value, Mapping):
        yield from _fields(asked, asked.content.schema, asked.content.value)


def _fields(asked: Asked, schema: Any, body: Mapping[str, Any]) -> Iterator[Finding]:
    places = asked.demands.bodies.places
    for part in places.parts(schema):
        for name, inner in part.get("properties", {}).items():
            if name in body and places.resolved(inner).get("deprecated"):
                spot = places.spot(asked.label, schema, (name,))
                said = f"The field {name} is deprecated."
                yield _finding(asked, said, name, spot.pointer, spot.selector)


def _finding(asked: Asked, said: str, received: str, place: str, statement: str) -> Finding:
    return asked.finding(
        _NAME,
        said,
        received=received,
        expected="what replaces it",
        place=place,
        statement=statement,
        grade=Grade.DRIFT,
    )


RULE = RequestRule(
    name=_NAME,
    sentence="A client does not use what the contract marks as deprecated.",
    check=_check,
)
