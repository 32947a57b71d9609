"""What is tried first, that nothing is left out, and that the budget is for all of it."""

from dataclasses import replace

import pytest

import specs
from contract_tests.client.ran import Ran
from contract_tests.findings.finding import Grade
from contract_tests.surprise.book import book
from contract_tests.surprise.effort import Budget, Effort
from contract_tests.surprise.kind import Scene
from contract_tests.surprise.kinds import BY_NAME
from contract_tests.surprise.order import How
from contract_tests.surprise.schedule import Called, schedule

_RAN = Ran(0, hung=False, out="", err="", elapsed_s=0.1)


@pytest.mark.parametrize("vendor", specs.vendors())
def test_everything_is_tried_once(vendor):
    operations = _called(vendor)
    tried = [one for step in schedule(operations).steps for one in step.plan]
    assert len(tried) == len(set(tried))
    kinds = {one.kind for one in tried}
    assert {"error", "cut_end", "charset"} <= kinds


@pytest.mark.parametrize("vendor", specs.vendors())
def test_a_lasting_500_comes_before_other_failures_at_every_operation(vendor):
    alone = [s.plan[0] for s in schedule(_called(vendor)).steps if s.how is How.ALONE]
    failures = [one.place for one in alone if one.kind == "error"]
    count = len(book(vendor).operations)
    assert failures[:count] == ["500"] * count


def test_what_is_allowed_by_the_letter_comes_last():
    steps = [s for s in schedule(_called("ngrok")).steps if s.how is How.TOGETHER]
    rare = [_is_rare(step.plan) for step in steps]
    assert rare.index(True) == len(rare) - sum(rare)


def test_nulls_are_in_the_first_run():
    first = schedule(_called("ngrok")).steps[0].plan
    assert {"null"} <= {one.kind for one in first}


def test_no_place_is_met_twice_in_a_run_of_values():
    for step in schedule(_called("pingplotter")).steps:
        if step.how is How.TOGETHER:
            spots = [(one.operation_id, one.place.partition("=")[0]) for one in step.plan]
            assert len(spots) == len(set(spots))


def test_narrowing_takes_a_third_of_the_time_at_most():
    clock = _Clock()
    effort = Effort(clock.trial, Budget(time_s=60.0), clock, str)
    while effort.narrow((), 100.0):
        pass
    assert clock.now_s == 20.0
    assert effort.run((), 100.0) is not None


def test_nothing_new_is_begun_at_the_end():
    clock = _Clock()
    effort = Effort(clock.trial, Budget(time_s=60.0), clock, str)
    while effort.run((), 100.0):
        pass
    assert clock.now_s == 52.0
    assert effort.ran_out
    assert effort.narrow((), 100.0) is not None


def test_a_run_gets_what_time_is_left():
    clock = _Clock(step_s=50.0)
    effort = Effort(clock.trial, Budget(time_s=60.0), clock, str)
    effort.run((), 36.0)
    effort.run((), 36.0)
    assert clock.limits == [36.0, 7.0]


def test_who_is_stopped_for_want_of_time_has_not_hung():
    clock = _Clock(step_s=50.0, ran=replace(_RAN, hung=True, elapsed_s=10.0))
    effort = Effort(clock.trial, Budget(time_s=60.0), clock, str)
    effort.run((), 36.0)
    effort.run((), 36.0)
    assert effort.ran_out


class _Clock:
    """A clock that every run moves."""

    def __init__(self, step_s=2.0, ran=_RAN):
        self.now_s, self.limits, self._step_s, self._ran = 0.0, [], step_s, ran

    def __call__(self):
        return self.now_s

    def trial(self, _, limit_s):
        self.limits.append(limit_s)
        self.now_s += self._step_s
        return self._ran


def _called(vendor):
    known = book(vendor)
    plain = {
        operation: known.plain(operation, known.statuses(operation)[0])
        for operation in known.operations
    }
    return [Called(vendor, Scene(known, name, answer)) for name, answer in plain.items()]


def _is_rare(plan):
    return all(BY_NAME[one.kind].grade is Grade.ASSUMPTION for one in plan)
