"""A client with one fault in how it takes answers is found, by the rule that is about it."""

from __future__ import annotations

import pytest
from course_faults import BROKEN
from course_scene import Scene, accused, found

from contract_tests.conduct.reactions import COURSE_RULES
from contract_tests.findings.causes import grouped
from contract_tests.findings.finding import Grade


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
@pytest.mark.parametrize("seed", range(2))
def test_a_fault_is_found(broken, seed):
    heard = Scene(broken.server(), seed).run(broken.client(), most=600)
    assert broken.rule in accused(broken.vendor, heard)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_one_fault_is_one_cause(broken):
    heard = Scene(broken.server()).run(broken.client(), most=600)
    sure = [one for one in found(broken.vendor, heard) if one.grade is not Grade.ASSUMPTION]
    assert len(grouped(sure)) == 1


def test_every_rule_that_may_fail_a_run_has_faults_to_find():
    doubting = {"ids_are_taken_from_answers", "answers_are_awaited"}
    assert {rule.name for rule in COURSE_RULES} - doubting == {one.rule for one in BROKEN}
