"""A client sends together what goes together: what documents say of several places at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from contract_tests.conduct.allowances import Row
from contract_tests.conduct.asked import Asked
from contract_tests.conduct.rule import RequestRule
from contract_tests.findings.finding import Aspect, Finding

_KINDS = ("apart", "needs", "below", "at_most", "moment")
_NOTHING = object()
_MOMENT = "%Y-%m-%d %H:%M:%S"


def _check(asked: Asked) -> Iterator[Finding]:
    if asked.operation is None:
        return
    named = asked.operation.definition.get("operationId")
    for row in asked.allowances.of(*_KINDS):
        if not row.in_ or named in row.in_:
            yield from _judged(asked, row)


def _judged(asked: Asked, row: Row) -> Iterator[Finding]:
    values = [_value(asked, place) for place in row.of]
    wrong = _WRONG[row.says](values)
    if not wrong:
        return
    names = [place.lstrip("?#/").partition("=")[0] for place in row.of]
    is_query = row.of[0].startswith("?")
    yield asked.finding(
        "parameters_fit_together",
        wrong.format(*names),
        received=", ".join(
            f"{name}={value}"
            for name, value in zip(names, values, strict=True)
            if value is not _NOTHING
        )[:160],
        expected=_EXPECTED[row.says].format(*names),
        place=names[0],
        aspect=Aspect.RANGE,
        statement=f"{asked.label} {row.of[0]}" if is_query else "",
        source=row.source,
    )


def _value(asked: Asked, place: str) -> Any:
    """Return what stands at a place; of `#/protocol=ICMP` only this value counts."""
    if place.startswith("?"):
        return asked.given.values.get(("query", place[1:]), (_NOTHING,))[-1]
    name, _, wanted = place.removeprefix("#/").partition("=")
    body = asked.content.value if isinstance(asked.content.value, Mapping) else {}
    found = body.get(name, _NOTHING)
    return found if not wanted or str(found).upper() == wanted else _NOTHING


def _apart(values: list[Any]) -> str:
    return "" if _NOTHING in values else "The request has {0} and {1} together."


def _needs(values: list[Any]) -> str:
    alone = values[0] is not _NOTHING and values[1] is _NOTHING
    return "The request has {0} without {1}." if alone else ""


def _below(values: list[Any]) -> str:
    return _ordered(values, lambda first, second: bool(first < second))


def _at_most(values: list[Any]) -> str:
    return _ordered(values, lambda first, second: bool(first <= second))


def _ordered(values: list[Any], is_fine: Callable[[Any, Any], bool]) -> str:
    pair = [_read(value) for value in values]
    if None in pair or type(pair[0]) is not type(pair[1]) or is_fine(*pair):
        return ""
    return "What {0} and {1} say does not go together."


def _moment(values: list[Any]) -> str:
    text = values[0]
    is_written = isinstance(text, str) and re.fullmatch(r"[-\d]{10}[T ][\d:]{8}", text)
    return "There is no such time as {0} names." if is_written and _read(text) is None else ""


def _read(value: Any) -> float | datetime | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    try:
        return datetime.strptime(str(value).replace("T", " "), _MOMENT)  # noqa: DTZ007
    except ValueError:
        return None


_WRONG: Mapping[str, Callable[[list[Any]], str]] = {
    "apart": _apart,
    "needs": _needs,
    "below": _below,
    "at_most": _at_most,
    "moment": _moment,
}
_EXPECTED = {
    "apart": "one of {0} and {1}",
    "needs": "{0} with {1}",
    "below": "{0} below {1}",
    "at_most": "{0} no more than {1}",
    "moment": "a time that there is in {0}",
}

RULE = RequestRule(
    name="parameters_fit_together",
    sentence="What a request says in several places goes together, as documents want it.",
    check=_check,
)
