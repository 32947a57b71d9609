"""A client sends parameters as they are documented: of their type, in their form and bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from contract_tests.conduct.asked import Asked
from contract_tests.conduct.demands import Demand, Parameter
from contract_tests.conduct.rule import RequestRule
from contract_tests.conduct.texts import faults, is_cased_boolean
from contract_tests.findings.finding import Aspect, Finding, Grade
from contract_tests.words.errors import Fault

_NAME = "parameters_are_valid"
_MESSAGES = {
    Aspect.TYPE: "has another type than documented",
    Aspect.FORMAT: "has not the documented form",
    Aspect.EMPTY: "is empty",
    Aspect.WORDS: "has a value that the contract does not list",
    Aspect.RANGE: "is out of its bounds",
}
_TWICE = re.compile(r"%(?:2[0-9A-Fa-f]|3[ABDFabdf]|4[0-9A-Fa-f]|5[0-9A-Fa-f]|[CcDdEe][0-9A-Fa-f])")


def _check(asked: Asked) -> Iterator[Finding]:
    demand = asked.demand
    if demand is None:
        return
    for text in asked.given.broken:
        yield _broken(asked, text)
    unfilled = {(each.where, each.name) for each in asked.unfilled}
    for parameter in demand.parameters:
        key = parameter.name.lower() if parameter.where == "header" else parameter.name
        texts = asked.given.values.get((parameter.where, key), ()) or _renamed(asked, parameter)
        is_read = not any(text in asked.given.broken or "%" in text for text in texts)
        if (
            texts
            and (parameter.where, key) not in unfilled
            and (is_read or not asked.given.broken)
        ):
            yield from _judged(asked, demand, parameter, texts)


def _renamed(asked: Asked, parameter: Parameter) -> tuple[str, ...]:
    others = asked.allowances.other_queries.items() if parameter.where == "query" else ()
    found = (asked.given.values.get(("query", o), ()) for o, n in others if n == parameter.name)
    return next(filter(None, found), ())


def _judged(
    asked: Asked, demand: Demand, parameter: Parameter, texts: tuple[str, ...]
) -> Iterator[Finding]:
    texts = tuple(_as_documented(asked, parameter, text) for text in texts)
    statement, shown = f"{demand.label} {parameter.sign}", ", ".join(texts)[:160]
    if parameter.where == "header" and len(set(texts)) > 1 and not parameter.is_list:
        yield asked.finding(
            _NAME,
            f"The header {parameter.name} is there with several values.",
            received=shown,
            expected="one value",
            place=parameter.name,
            aspect=Aspect.TYPE,
            statement=statement,
        )
    elif is_cased_boolean(parameter, texts[-1]):
        yield asked.finding(
            _NAME,
            f"The parameter {parameter.name} is written in another case.",
            received=shown,
            expected=shown.lower(),
            place=parameter.name,
            aspect=Aspect.FORMAT,
            statement=statement,
            grade=Grade.DRIFT,
        )
    elif _is_encoded_twice(parameter, texts[-1]):
        yield asked.finding(
            _NAME,
            f"The parameter {parameter.name} is percent-encoded twice.",
            received=shown,
            expected=unquote(texts[-1])[:160],
            place=parameter.name,
            source="RFC 3986, 2.4",
            grade=Grade.BREACH if parameter.where == "path" else Grade.DRIFT,
        )
    else:
        for fault in faults(parameter, texts)[:1]:
            yield _unfit(asked, parameter, fault, shown)


def _as_documented(asked: Asked, parameter: Parameter, text: str) -> str:
    """Return a text as the contract has it, where documents allow another spelling."""
    is_quoted = len(text) > 1 and text[0] == text[-1] == '"'
    if is_quoted and parameter.name in asked.allowances.words("quoted"):
        text = text[1:-1]
    if parameter.name in asked.allowances.words("any_case") and text.isascii():
        options = {str(o).lower(): str(o) for o in parameter.schema.get("enum", ())}
        text = options.get(text.lower(), text)
    return text


def _is_encoded_twice(parameter: Parameter, text: str) -> bool:
    return parameter.where in {"path", "query"} and _TWICE.search(text) is not None


def _unfit(asked: Asked, parameter: Parameter, fault: Fault, shown: str) -> Finding:
    aspect = Aspect.EMPTY if shown == "" else fault.aspect
    shapes = (row for row in asked.allowances.of("shape") if row.of[0] == parameter.sign)
    broken = next((row for row in shapes if not re.fullmatch(row.of[1], shown)), None)
    said = _MESSAGES.get(aspect, "is not as documented")
    return asked.finding(
        _NAME,
        f"The parameter {parameter.name} {said}.",
        received=shown or "nothing",
        expected=fault.expected,
        place=parameter.name,
        aspect=aspect,
        statement=f"{asked.label} {parameter.sign}",
        source=broken.source if broken else "",
    )


def _broken(asked: Asked, text: str) -> Finding:
    return asked.finding(
        _NAME,
        "The target is not percent-encoded as it should be.",
        received=text[:80],
        expected="UTF-8, with a % and two hexadecimal digits for what must be encoded",
        place="percent-encoding",
        source="RFC 3986, 2.1",
    )


RULE = RequestRule(
    name=_NAME,
    sentence="Parameters have the documented type and form, and keep within their bounds.",
    check=_check,
)
