"""A client sends parameters that the operation has, under the names that they have."""

from __future__ import annotations

from collections.abc import Iterator

from contract_tests.conduct.asked import Asked
from contract_tests.conduct.demands import Demand, Parameter
from contract_tests.conduct.nearness import meant
from contract_tests.conduct.rule import RequestRule
from contract_tests.conduct.secret_names import gives_away
from contract_tests.findings.finding import Finding, Grade

_NAME = "parameters_are_known"
# Headers that are near to many names, and anybody's.
_COMMON = frozenset(
    {"accept", "authorization", "content-type", "content-length", "cookie", "host", "user-agent"}
    | {"connection", "accept-encoding", "accept-language", "cache-control", "origin", "referer"}
    | {"x-request-id", "traceparent", "tracestate", "pragma", "date", "via", "forwarded", "te"}
)


def _check(asked: Asked) -> Iterator[Finding]:
    demand = asked.demand
    if demand is None:
        return
    for name, value in _unknown_queries(asked, demand):
        if not gives_away(name, value, asked.secret, asked.allowances):
            yield _unknown(asked, demand, name)
    for parameter in demand.parameters:
        values = _all(asked, parameter)
        if parameter.where == "query" and len(values) > 1 and not _may_repeat(parameter):
            yield _repeated(asked, parameter, values)
    for parameter, header in misspelt_headers(asked, demand):
        yield asked.finding(
            _NAME,
            f"The header {header} is not documented, and {parameter.name} is missing.",
            received=f"the header {header}",
            expected=f"the header {parameter.name}",
            place=parameter.name,
            statement=f"{demand.label} {parameter.sign}",
        )


def misspelt_headers(asked: Asked, demand: Demand) -> Iterator[tuple[Parameter, str]]:
    """Yield documented headers that are missing, each with the one that was to be it."""
    sent = {name.lower(): name for name, _ in asked.request.headers}
    for parameter in demand.parameters:
        if parameter.where == "header" and parameter.name.lower() not in sent:
            others = [name for low, name in sent.items() if low not in _COMMON]
            near = [other for other in others if meant(other, [parameter.name])]
            if near:
                yield parameter, near[0]


def misnamed(asked: Asked, demand: Demand) -> frozenset[tuple[str, str]]:
    """Return the parameters that were sent in another place or spelling: they are not missing."""
    found = {("header", parameter.name) for parameter, _ in misspelt_headers(asked, demand)}
    for name, _ in _unknown_queries(asked, demand):
        for where in ("query", "header"):
            near = meant(name, demand.names(where))
            found |= {(where, near)} if near else set()
    return frozenset(found)


def _unknown_queries(asked: Asked, demand: Demand) -> list[tuple[str, str]]:
    known, others = set(demand.names("query")), asked.allowances.other_queries
    keys = {s["name"] for way in demand.security for _, s in way if s.get("in") == "query"}
    if any(not parameter.is_plain for parameter in demand.parameters):
        return []  # an object may be spread over any names
    return [
        (name, values[0])
        for (where, name), values in asked.given.values.items()
        if where == "query" and name not in known | keys and others.get(name) not in known
    ]


def _all(asked: Asked, parameter: Parameter) -> tuple[str, ...]:
    """Return the values that a parameter has under all the names which it may have."""
    names = [o for o, name in asked.allowances.other_queries.items() if name == parameter.name]
    given = (asked.given.values.get((parameter.where, n), ()) for n in (parameter.name, *names))
    return tuple(value for values in given for value in values)


def _may_repeat(parameter: Parameter) -> bool:
    is_open = "type" not in parameter.schema
    return is_open or (parameter.is_list and parameter.explodes) or not parameter.is_plain


def _repeated(asked: Asked, parameter: Parameter, values: tuple[str, ...]) -> Finding:
    one = ",".join(values) if parameter.is_list else "one value"
    return asked.finding(
        _NAME,
        f"The parameter {parameter.name} is there {len(values)} times.",
        received="&".join(f"{parameter.name}={value}" for value in values)[:160],
        expected=f"{parameter.name}={one}"[:160],
        place=parameter.name,
        statement=f"{asked.label} {parameter.sign}",
        grade=_mild(asked),
    )


def _mild(asked: Asked) -> Grade:
    """Return how grave something unknown is: a vendor that documents a refusal means it."""
    refuses = asked.demands.contract.get("x-unknown-query-parameters") == "refuse"
    return Grade.BREACH if refuses else Grade.DRIFT


def _unknown(asked: Asked, demand: Demand, name: str) -> Finding:
    message, expected, sign, grade = _explained(asked, demand, name)
    return asked.finding(
        _NAME,
        message,
        received=f"the query parameter {name}",
        expected=expected,
        place=name,
        statement=f"{demand.label} {sign}" if sign else "",
        grade=grade,
    )


def _explained(asked: Asked, demand: Demand, name: str) -> tuple[str, str, str, Grade]:
    """Return a message, what was expected, the sign of what was meant, and the grade."""
    near = meant(name, demand.names("query"))
    if near:
        is_cased = near.lower() == name.lower()
        how = "is written in another case" if is_cased else "is misspelt"
        grade = _mild(asked) if is_cased else Grade.BREACH
        return f"The parameter {near} {how}.", near, f"?{near}", grade
    header = meant(name, demand.names("header"))
    if header:
        said = f"The parameter {header} is a header, not part of the query."
        return said, f"the header {header}", f"#{header}", Grade.BREACH
    if name in fields_of_body(asked, demand):
        said = f"The field {name} belongs into the body."
        return said, f"{name} in the body", "", Grade.BREACH
    known = demand.names("query")
    expected = f"one of {', '.join(known)}" if known else "no query"
    others = [
        operation.template
        for operation in asked.demands.lookup.operations.values()
        if any((p["in"], p["name"]) == ("query", name) for p in operation.parameters)
    ]
    if others:
        said = f"The parameter {name} is that of another operation ({others[0]})."
        return said, expected, "", _mild(asked)
    return f"The operation has no parameter {name}.", expected, "", _mild(asked)


def fields_of_body(asked: Asked, demand: Demand) -> frozenset[str]:
    """Return the fields that the body has by its schema, at its top."""
    schemas = [holder.get("schema") or {} for holder in demand.content.values()]
    parts = [p for schema in schemas for p in asked.demands.bodies.places.parts(schema)]
    return frozenset(name for part in parts for name in part.get("properties", {}))


RULE = RequestRule(
    name=_NAME,
    sentence="Parameters are those that the operation has, under their own names, each once.",
    check=_check,
)
