"""A client sends a body where an operation reads one, and none elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from contract_tests.conduct.asked import Asked
from contract_tests.conduct.demands import Demand
from contract_tests.conduct.requests.parameters_are_known import fields_of_body
from contract_tests.conduct.rule import RequestRule
from contract_tests.findings.finding import Aspect, Finding, Grade

_NAME = "bodies_are_where_documented"
# RFC 9110, 9.3.1, 9.3.2, 9.3.5: content has no meaning here unless a server says so.
_WITHOUT_MEANING = {"GET": "9.3.1", "HEAD": "9.3.2", "DELETE": "9.3.5"}


def _check(asked: Asked) -> Iterator[Finding]:
    demand = asked.demand
    if demand is None:
        return
    if _sent(asked) and not demand.content:
        yield _present(asked)
    elif _is_empty(asked) and demand.body_required and not _is_elsewhere(asked, demand):
        yield asked.finding(
            _NAME,
            "The request lacks the body that the operation requires.",
            received="an empty body",
            expected=" or ".join(demand.content),
            place="body",
        )
    if asked.header("content-length") is not None and asked.header("transfer-encoding"):
        yield asked.finding(
            _NAME,
            "The request tells the length of its body in two ways.",
            received="Content-Length and Transfer-Encoding",
            expected="one of them",
            place="Content-Length",
            source="RFC 9112, 6.2",
        )


def _present(asked: Asked) -> Finding:
    section = _WITHOUT_MEANING.get(asked.request.method.upper(), "")
    refuses = asked.demands.contract.get("x-unexpected-request-body") == "refuse"
    return asked.finding(
        _NAME,
        "The request has a body where the operation reads none.",
        received=_sent(asked),
        expected="an empty body",
        place="body",
        source=f"RFC 9110, {section}" if section and not refuses else "",
        statement=f"{asked.label} 400" if refuses else "",
        grade=Grade.BREACH if section or refuses else Grade.DRIFT,
        aspect=Aspect.BODY,
    )


def _sent(asked: Asked) -> str:
    """Return the beginning of the body, or how long it was where the server did not read it."""
    if asked.request.body or not asked.heard.request_cut:
        return asked.request.body[:80].decode("utf-8", "replace")
    length = (asked.header("content-length") or "").strip()
    return f"a body of {length} bytes" if length.isdigit() and int(length) else ""


def _is_empty(asked: Asked) -> bool:
    """Say whether nothing was sent, rather than that the server did not read it."""
    return not asked.request.body and not asked.heard.request_cut


def _is_elsewhere(asked: Asked, demand: Demand) -> bool:
    """Say whether the fields went into the query, which is told already."""
    return not fields_of_body(asked, demand).isdisjoint(asked.given.names("query"))


RULE = RequestRule(
    name=_NAME,
    sentence="A request has a body where the operation reads one, and none elsewhere.",
    check=_check,
    source="RFC 9110, 9.3",
)
