"""A client sends the parameters that an operation requires."""

from __future__ import annotations

from collections.abc import Iterator

from contract_tests.conduct.asked import Asked
from contract_tests.conduct.requests.parameters_are_known import misnamed
from contract_tests.conduct.rule import RequestRule
from contract_tests.findings.finding import Aspect, Finding

_WORDS = {"query": "query parameter", "header": "header", "cookie": "cookie"}


def _check(asked: Asked) -> Iterator[Finding]:
    demand = asked.demand
    if demand is None:
        return
    given, others = asked.given.values, asked.allowances.other_queries
    renamed = {(where, others[n]) for where, n in given if where == "query" and n in others}
    missing = [
        p
        for p in demand.parameters
        if p.required
        and p.where in _WORDS
        and (p.where == "query" or not asked.heard.headers_untold)
        and (p.where, p.name.lower() if p.where == "header" else p.name) not in given
        and (p.where, p.name) not in renamed
    ]
    told = misnamed(asked, demand) if missing else frozenset()
    for parameter in missing:
        if (parameter.where, parameter.name) not in told:
            what = f"the {_WORDS[parameter.where]} {parameter.name}"
            yield asked.finding(
                "required_parameters_are_sent",
                f"The request lacks {what}.",
                received="nothing",
                expected=what,
                place=parameter.name,
                aspect=Aspect.MISSING,
                statement=f"{demand.label} {parameter.sign}",
            )


RULE = RequestRule(
    name="required_parameters_are_sent",
    sentence="Parameters that an operation requires are sent, in the place where it reads them.",
    check=_check,
)
