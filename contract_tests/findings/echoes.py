"""Echoes: what generated requests find where a rule has found the same by plain ones."""

from __future__ import annotations

from collections.abc import Iterable

from contract_tests.findings.finding import Finding, Grade

_RULE, _ECHO = "strangers_are_refused", "ignored_auth"


def without_echoes(findings: Iterable[Finding]) -> list[Finding]:
    """Leave out that an operation asks for no credential where a rule says so as gravely."""
    found = list(findings)
    told = {f.operation for f in found if f.rule == _RULE and f.grade is Grade.BREACH}
    return [f for f in found if f.rule != _ECHO or f.operation not in told]
