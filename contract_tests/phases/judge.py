"""What Schemathesis calls a failure, as a finding of ours: its place, and how much it weighs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from schemathesis.core.failures import Failure
from schemathesis.generation.case import Case

from contract_tests.findings.finding import Finding, Grade
from contract_tests.phases.plainly import declared, forbidden, ordinary, refusal
from contract_tests.wire.exchange import Exchange

# Content negotiation and bounds on size are between server and client, not the contract's.
_NEVER = frozenset({406, 413, 414, 429, 431})
_ANSWERS = "RFC 9110, 3.4"
_SERVER_ERRORS = "RFC 9110, 15.6"


def finding_of(failure: Failure, case: Case[Any], exchange: Exchange) -> Iterator[Finding]:
    """Yield what a failed check means; nothing where no document and no RFC forbids it."""
    name = failure.checks[0] if failure.checks else "schemathesis"
    if exchange.status not in _NEVER:
        yield from _BY_CHECK.get(name, _other)(name, failure, case, exchange)


def silent(label: str, exchange: Exchange) -> Finding:
    """Return the finding that a request got no answer."""
    return Finding(
        rule="answers_in_time",
        operation=label,
        place="an answer",
        message="A request got no answer.",
        received=exchange.failure,
        expected="an answer, if only one that refuses the request",
        exchanges=(exchange,),
        source=_ANSWERS,
    )


def _server_error(
    name: str, failure: Failure, case: Case[Any], exchange: Exchange
) -> Iterator[Finding]:
    del failure
    # "The server does not support the functionality": how a method may be refused.
    if exchange.status == 501 and _is_other_method(case):
        return
    yield Finding(
        rule=name,
        operation=case.operation.label,
        place=_place(case),
        message="A request made the server fail.",
        received=str(exchange.status),
        expected="a success, or an error of the client's (4xx)",
        exchanges=(exchange,),
        source=_SERVER_ERRORS,
    )


def _accepted(
    name: str, failure: Failure, case: Case[Any], exchange: Exchange
) -> Iterator[Finding]:
    del failure
    place = forbidden(case.operation, exchange.request)
    if not place and _is_about_key(case):
        return
    yield Finding(
        rule=name,
        operation=case.operation.label,
        place=place or _place(case),
        message="The server accepted what the contract forbids: " + _violated(case),
        received=str(exchange.status),
        expected="an error of the client's (4xx)",
        exchanges=(exchange,),
        statement=refusal(case.operation),
        # Servers read what is merely unusual in different ways, and no document speaks of it.
        grade=_graded(certain=bool(place)),
    )


def _refused(
    name: str, failure: Failure, case: Case[Any], exchange: Exchange
) -> Iterator[Finding]:
    del failure
    certain = ordinary(case.operation, exchange.request)
    yield Finding(
        rule=name,
        operation=case.operation.label,
        place="ordinary values" if certain else "unusual values",
        message="The server refused what the contract allows.",
        received=str(exchange.status),
        expected="a success, or that something does not exist (404, 409)",
        exchanges=(exchange,),
        statement=case.operation.label,
        grade=_graded(certain=certain),
    )


def _method(name: str, failure: Failure, case: Case[Any], exchange: Exchange) -> Iterator[Finding]:
    del failure
    if exchange.ok:
        yield Finding(
            rule=name,
            operation=f"{exchange.request.method} {case.operation.path}",
            place="method",
            message="A method that no document knows succeeds.",
            received=str(exchange.status),
            expected="405 Method Not Allowed, or another refusal (4xx, 501)",
            exchanges=(exchange,),
            source="decision",
            grade=Grade.ASSUMPTION,
        )


def _other(name: str, failure: Failure, case: Case[Any], exchange: Exchange) -> Iterator[Finding]:
    yield Finding(
        rule=name,
        operation=case.operation.label,
        place=failure.title,
        message=failure.message,
        received=str(exchange.status),
        expected=_EXPECTED.get(name, "what the contract says"),
        exchanges=(exchange,),
        statement=case.operation.label,
    )


Judge = Callable[[str, Failure, Case[Any], Exchange], Iterator[Finding]]
_BY_CHECK: Mapping[str, Judge] = {
    "not_a_server_error": _server_error,
    "negative_data_rejection": _accepted,
    "positive_data_acceptance": _refused,
    "unsupported_method": _method,
}
_EXPECTED = {
    "ignored_auth": "a refusal (401 or 403) without the right credential",
    "use_after_free": "nothing to be found (404) after it was deleted",
    "ensure_resource_availability": "the thing that was created",
}


def _graded(*, certain: bool) -> Grade:
    return Grade.BREACH if certain else Grade.ASSUMPTION


def _is_other_method(case: Case[Any]) -> bool:
    return str(case.method).upper() != str(case.operation.method).upper()


def _is_about_key(case: Case[Any]) -> bool:
    """Say whether a credential was left out or bent: the check of credentials is about that."""
    data = case.meta.phase.data if case.meta else None
    where, name = getattr(data, "parameter_location", None), getattr(data, "parameter", None)
    known = {(parameter["in"], parameter["name"]) for parameter in declared(case.operation)}
    return where is not None and where.value == "header" and ("header", name) not in known


def _place(case: Case[Any]) -> str:
    """Name the part of the request that is unlike a plain one; what shares it has one cause."""
    if _is_other_method(case):
        return "method"
    data = case.meta.phase.data if case.meta else None
    where = getattr(data, "parameter_location", None)
    if where is None:
        return (
            "valid request" if case.meta and case.meta.generation.mode.is_positive else "request"
        )
    name = "" if where.value == "body" else getattr(data, "parameter", "")
    return f"{where.value} {name or ''}".strip()


def _violated(case: Case[Any]) -> str:
    data = case.meta.phase.data if case.meta else None
    return str(getattr(data, "description", None) or "see the request")
