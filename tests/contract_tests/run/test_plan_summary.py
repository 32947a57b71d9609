"""What is said before a run: a few lines, and all of it only where it is asked for."""

from __future__ import annotations

import pytest
from inspected import answer, world

import specs
from contract_tests.roles.read import roles_of
from contract_tests.run import preview
from contract_tests.run.inspection import plan


@pytest.mark.parametrize("vendor", specs.vendors())
def test_a_run_begins_with_a_few_lines(vendor: str) -> None:
    asked = world(specs.load(vendor), roles_of(vendor), lambda _: answer({}))
    steps = plan(asked)
    # The target and the contract stand before them.
    assert len(list(preview.summary(asked, steps, 5, ["coverage"]))) <= 10
    assert len(list(preview.lines(asked, steps, 5, ["coverage"]))) > len(steps)
