"""A client sends bodies that fit the schema which is documented for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.conduct.asked import Asked
from contract_tests.conduct.content import FORM
from contract_tests.conduct.demands import Demand
from contract_tests.conduct.nearness import meant
from contract_tests.conduct.rule import RequestRule
from contract_tests.conduct.secret_names import is_secret_name
from contract_tests.findings.finding import Aspect, Finding, Grade
from contract_tests.words.bodies import MESSAGES
from contract_tests.words.errors import Fault
from contract_tests.words.media import is_json, plain
from contract_tests.words.places import Spot
from specs.json_schema import Schema

_NAME = "bodies_fit"
_MOST = 40
_NONE = "no such field"


def _check(asked: Asked) -> Iterator[Finding]:
    demand, content = asked.demand, asked.content
    if demand is None or not content.is_read or content.schema is None or _is_other(asked):
        return
    schema, body = content.schema, _as_documented(asked, content.value)
    if plain(content.media) == FORM and isinstance(body, dict):
        body = _typed(asked, schema, body)
    found = list(asked.demands.bodies.faults(schema, body))[:_MOST]
    yield from _read_only(asked, demand, schema, body)
    unfilled = {each.path for each in asked.unfilled if each.where == "body"}
    missing = {f.path for f in found if f.aspect == Aspect.MISSING and f.path}
    seen: set[tuple[str, str, str]] = set()
    for fault in found:
        if fault.path in unfilled or _is_told(fault, found, missing):
            continue
        finding = _finding(asked, demand, schema, fault, missing)
        if finding is not None and finding.cause not in seen:
            seen.add(finding.cause)
            yield finding


def _read_only(asked: Asked, demand: Demand, schema: Schema, body: Any) -> Iterator[Finding]:
    """Yield the fields at the top that only answers are to have (OpenAPI 3.0.3, 4.7.24)."""
    places = asked.demands.bodies.places
    for part in places.parts(schema):
        for name, inner in part.get("properties", {}).items():
            if isinstance(body, dict) and name in body and places.resolved(inner).get("readOnly"):
                spot = places.spot(demand.label, schema, (name,))
                said = f"A field is sent that is to be read only: {spot.whole}."
                yield _told(asked, said, spot, name, expected=_NONE, grade=Grade.DRIFT)


def _is_other(asked: Asked) -> bool:
    """Say whether the body is of another kind altogether, which its Content-Type tells."""
    content = asked.content
    return bool(content.sent) and not content.is_documented and not is_json(content.media)


def _is_told(fault: Fault, found: list[Fault], missing: set[tuple[str | int, ...]]) -> bool:
    """Say whether a field is missing because it is there under another name."""
    if fault.aspect != Aspect.MISSING or not fault.path:
        return False
    *above, name = fault.path
    there = [f.path for f in found if f.aspect == Aspect.UNKNOWN and [*f.path[:-1]] == above]
    wanted = [str(path[-1]) for path in missing if [*path[:-1]] == above]
    return any(meant(str(path[-1]), wanted) == name for path in there)


def _finding(
    asked: Asked,
    demand: Demand,
    schema: Schema,
    fault: Fault,
    missing: set[tuple[str | int, ...]],
) -> Finding | None:
    spot = asked.demands.bodies.places.spot(demand.label, schema, fault.path)
    if fault.aspect == Aspect.UNKNOWN and fault.path:
        return _unknown(asked, demand, schema, fault, missing)
    there = fault.aspect != Aspect.MISSING
    is_secret = bool(fault.path) and is_secret_name(str(fault.path[-1]))
    return asked.finding(
        _NAME,
        f"{MESSAGES[fault.aspect]}: {spot.whole}.",
        received="what is not shown" if is_secret and there else fault.received,
        expected=fault.expected,
        place=spot.pointer,
        aspect=fault.aspect,
        statement=spot.selector,
    )


def _unknown(
    asked: Asked,
    demand: Demand,
    schema: Schema,
    fault: Fault,
    missing: set[tuple[str | int, ...]],
) -> Finding | None:
    """Return what to say of a field that the schema does not have."""
    *above, last = fault.path
    name, places = str(last), asked.demands.bodies.places
    if name in asked.allowances.words("other_field"):
        return None
    spot = places.spot(demand.label, schema, fault.path)
    known = _fields(asked, schema, above)
    given = _at(asked.content.value, above)
    free = [each for each in known if each not in given or (*above, each) in missing]
    near = meant(name, free)
    if near:
        right = places.spot(demand.label, schema, (*above, near))
        said = f"The field {near} is misspelt: {spot.whole}."
        return _told(asked, said, right, name, expected=near, grade=Grade.BREACH)
    if name in asked.demands.answer_fields(demand):
        said = f"A field is sent that only answers have: {spot.whole}."
        return _told(asked, said, spot, name, expected=_NONE, grade=Grade.ASSUMPTION)
    said = f"A field is sent that the contract does not know: {spot.whole}."
    return _told(asked, said, spot, name, expected=_NONE, grade=Grade.DRIFT)


def _told(  # noqa: PLR0913  (what a finding needs)
    asked: Asked, said: str, spot: Spot, name: str, *, expected: str, grade: Grade
) -> Finding:
    return asked.finding(
        _NAME,
        said,
        received=f"the field {name}",
        expected=expected,
        place=f"{spot.pointer.rpartition('/')[0]}/{name}",
        aspect=Aspect.UNKNOWN,
        statement=spot.selector,
        grade=grade,
        source="decision" if grade is Grade.ASSUMPTION else "",
    )


def _fields(asked: Asked, schema: Schema, above: list[Any]) -> list[str]:
    """Return the fields that the schema has at one level of the body."""
    places, here = asked.demands.bodies.places, [schema]
    for step in above:
        parts = [part for each in here for part in places.parts(each)]
        key = (lambda p: p.get("items")) if isinstance(step, int) else _field(str(step))
        here = [found for part in parts if isinstance(found := key(part), Mapping)]
    parts = [part for each in here for part in places.parts(each)]
    return list(dict.fromkeys(name for part in parts for name in part.get("properties", {})))


def _field(step: str) -> Any:
    return lambda part: part.get("properties", {}).get(step)


def _at(value: Any, above: list[Any]) -> Mapping[str, Any]:
    for step in above:
        value = value[step]
    return value if isinstance(value, Mapping) else {}


def _as_documented(asked: Asked, value: Any) -> Any:
    """Return a body with its names and words as the contract has them, where others may be."""
    others, cased = asked.allowances.other_fields, asked.allowances.words("any_case")
    if isinstance(value, list):
        return [_as_documented(asked, item) for item in value]
    if not isinstance(value, dict) or not (others or cased):
        return value
    renamed = {
        others[name] if name in others and others[name] not in value else name: inner
        for name, inner in value.items()
    }
    return {
        name: inner.upper()
        if name in cased and isinstance(inner, str) and inner.isascii()
        else _as_documented(asked, inner)
        for name, inner in renamed.items()
    }


def _typed(asked: Asked, schema: Schema, fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a form as the types that they have by the schema."""
    kinds = {
        name: asked.demands.bodies.places.resolved(inner).get("type")
        for part in asked.demands.bodies.places.parts(schema)
        for name, inner in part.get("properties", {}).items()
    }
    return {name: _value(text, kinds.get(name)) for name, text in fields.items()}


def _value(text: str, kind: Any) -> Any:
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    try:
        return int(text) if kind == "integer" else float(text) if kind == "number" else text
    except ValueError:
        return text


RULE = RequestRule(
    name=_NAME,
    sentence="A body fits the schema that is documented for it, and its fields have their names.",
    check=_check,
)
