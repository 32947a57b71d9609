"""A finding about an act that was done, and whose answer says that it was not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from contract_tests.calls.affirmed import is_denied
from contract_tests.checks.unchanged import Cause
from contract_tests.findings.finding import Finding
from contract_tests.wire.exchange import Exchange
from contract_tests.world.world import World


def denied(world: World, rule: str, seen: Exchange) -> Iterator[Finding]:
    """Yield a finding if `seen`, the answer of an act that was done, says no."""
    if is_denied(world.contract, seen):
        label = world.label(seen.operation_id)
        cause = replace(Cause(rule, label, (seen,)), statement=f"{label} {seen.status}")
        message = f"{label} was done, and its answer denies it."
        yield cause.finding("answer", message, "false", "true")
