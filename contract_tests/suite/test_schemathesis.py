"""Schemathesis over every operation: examples, coverage, fuzzing and stateful, all its checks."""

from __future__ import annotations

import pytest

import specs
from contract_tests import phases
from contract_tests.findings.finding import Finding, Grade
from contract_tests.suite.worlds import world_of
from contract_tests.target import StandIn
from contract_tests.words import Words


@pytest.mark.parametrize("phase", phases.PHASES)
def test_no_phase_finds_anything(
    house: StandIn, vendor: str, phase: str, seed: int, max_examples: int
) -> None:
    """No check fails, no answer breaks a statement, and the phase really called something."""
    # A scenario is many requests, and the work that each begins takes its time.
    examples = max(5, max_examples // 3) if phase == "stateful" else max_examples
    world = world_of(house, vendor, f"schemathesis-{phase}-{vendor}", seed)
    found: list[Finding] = []
    words, tally = Words(world.contract), phases.Tally()
    world.wire.listeners.append(lambda exchange: found.extend(words.findings(exchange)))
    found += phases.run(world, (phase,), examples, vendor=vendor, seconds=None, tally=tally)
    # What a vendor may add at any time is no reason to fail, and neither is what we decided.
    found = [finding for finding in found if finding.grade is Grade.BREACH]
    assert not found, "\n\n".join(str(finding) for finding in found[:5])
    assert not tally.errors
    assert tally.requests
    if phase in {"coverage", "fuzzing"}:
        assert len(tally.operations) == len(specs.operations(vendor))
