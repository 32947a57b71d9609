"""Schemathesis over every operation: examples, coverage, fuzzing and stateful, all its checks."""

from __future__ import annotations

import pytest

import specs
from contract_tests.contract import PHASES, aimed
from contract_tests.exceptions import checks, excuse, repair
from contract_tests.findings import Tally, run, settle_after_writes
from contract_tests.target import StandIn


@pytest.mark.parametrize("phase", PHASES)
def test_no_phase_finds_anything(
    house: StandIn, vendor: str, phase: str, seed: int, max_examples: int
) -> None:
    """No check of Schemathesis fails, and the phase really called something."""
    contract = specs.load(vendor)
    target = house.target(vendor, f"schemathesis-{phase}-{vendor}")
    schema = aimed(
        contract,
        target,
        seed=seed,
        max_examples=max_examples,
        phases=(phase,),
        checks=checks(vendor),
    )
    repair(vendor, schema)
    excuse(schema)
    if phase == "stateful":
        settle_after_writes(schema, house.settle)
    tally = Tally()
    found = [str(finding) for finding in run(schema, tally)]
    assert not found, "\n\n".join(found[:5])
    assert tally.requests
    if phase in {"coverage", "fuzzing"}:
        assert len(tally.operations) == len(specs.operations(vendor))
