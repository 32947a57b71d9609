"""A client puts values where values belong, not the word for a missing one."""

from __future__ import annotations

from collections.abc import Iterator

from contract_tests.conduct.asked import Asked
from contract_tests.conduct.placeholders import Unfilled
from contract_tests.conduct.rule import RequestRule
from contract_tests.findings.finding import Finding, Grade

_SIGNS = {"query": "?{}", "path": "{{{}}}", "cookie": "={}"}


def _check(asked: Asked) -> Iterator[Finding]:
    seen: set[str] = set()
    for each in asked.unfilled:
        finding = _finding(asked, each)
        if finding.place not in seen:
            seen.add(finding.place)
            yield finding


def _finding(asked: Asked, each: Unfilled) -> Finding:
    place, statement = each.name, ""
    if each.where == "body" and asked.content.schema is not None:
        places = asked.demands.bodies.places
        spot = places.spot(asked.label, asked.content.schema, each.path)
        place, statement = spot.pointer, spot.selector
    elif each.where == "header":
        names = asked.demand.names("header") if asked.demand else ()
        statement = next((f"{asked.label} #{n}" for n in names if n.lower() == each.name), "")
    else:
        statement = f"{asked.label} {_SIGNS[each.where].format(each.name)}"
    return asked.finding(
        "placeholders_are_filled",
        f"There is no value in {place}, but what stands for a missing one.",
        received=each.text[:80],
        expected="a value",
        place=place,
        statement=statement,
        grade=Grade.BREACH if each.is_certain else Grade.DRIFT,
    )


RULE = RequestRule(
    name="placeholders_are_filled",
    sentence="There are values in paths, parameters and bodies, not what stands for missing ones.",
    check=_check,
)
