"""Whether the status of an answer is one that its operation documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contract_tests.findings.finding import Aspect, Finding
from contract_tests.words.case import Case

# About the message itself, whatever it asks for: RFC 9110, 15.5 and RFC 6585, 5.
OF_THE_MESSAGE = frozenset({408, 411, 414, 417, 421, 431})
Answers = Mapping[Any, Mapping[str, Any]]


def answer_of(answers: Answers, status: int) -> Mapping[str, Any] | None:
    """Return what a contract says of a status: itself, its class (`4XX`), or the default."""
    for key in (str(status), status, f"{status // 100}XX", f"{status // 100}xx", "default"):
        if key in answers:
            return answers[key]
    return None


def finding(case: Case, answers: Answers) -> Finding:
    """Return that the status of the answer is undocumented."""
    return case.finding(
        "status_is_documented",
        Aspect.STATUS,
        "The status of the answer is not one that the operation documents.",
        received=str(case.response.status),
        expected="one of " + ", ".join(map(str, answers)),
        place=str(case.response.status),
        statement=case.label,
    )
