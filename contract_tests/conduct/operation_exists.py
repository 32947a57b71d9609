"""A client calls operations that there are, by methods that they have."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from contract_tests.conduct.asked import Asked
from contract_tests.conduct.rule import RequestRule
from contract_tests.findings.finding import Finding


def _check(asked: Asked) -> Iterator[Finding]:
    if asked.operation is not None:
        return
    path = asked.request.target.partition("?")[0]
    if asked.methods:
        yield asked.finding(
            "operation_exists",
            f"The path has no operation {asked.request.method}.",
            received=f"{asked.request.method} {path}",
            expected=f"{' or '.join(asked.methods)} {path}",
            source="RFC 9110, 15.5.6",
        )
        return
    yield asked.finding(
        "operation_exists",
        "The contract has no operation at this path.",
        received=path,
        expected=_nearest(path, asked),
    )


def _nearest(path: str, asked: Asked) -> str:
    known = list(dict.fromkeys(o.path for o in asked.lookup.operations.values()))
    near = get_close_matches(path, known, n=3, cutoff=0.5)
    return " or ".join(near) if near else "a path of the contract"


RULE = RequestRule(
    name="operation_exists",
    sentence="A client calls only operations that the contract has.",
    check=_check,
)
