"""A plan that exists can be carried out."""

import math

import pytest

from probes import EchoPlan, PlanInvalid


@pytest.mark.parametrize("count", [0, -1])
def test_a_ping_has_at_least_one_probe(count: int) -> None:
    with pytest.raises(PlanInvalid, match="at least one"):
        EchoPlan(count, 1.0, 1.0)


@pytest.mark.parametrize("interval_s", [-0.001, math.nan, math.inf])
def test_an_interval_is_a_length_of_time(interval_s: float) -> None:
    with pytest.raises(PlanInvalid, match="interval"):
        EchoPlan(1, interval_s, 1.0)


@pytest.mark.parametrize("timeout_s", [0.0, -1.0, math.nan, math.inf])
def test_a_timeout_ends(timeout_s: float) -> None:
    with pytest.raises(PlanInvalid, match="timeout"):
        EchoPlan(1, 0.0, timeout_s)


def test_an_answer_at_the_timeout_still_counts() -> None:
    plan = EchoPlan(1, 0.0, 0.5)
    assert plan.in_time(500.0)
    assert not plan.in_time(500.001)


@pytest.mark.parametrize(
    ("rtts_ms", "expected"),
    [
        ((20.0,), 0.02),
        ((20.0, 20.0, 20.0), 0.42),
        ((20.0, 20.0, None), 1.4),
        # The first probe is given up only after the last has been answered.
        ((None, 20.0, 20.0), 1.0),
    ],
)
def test_a_plan_lasts_until_every_probe_is_answered_or_given_up(
    rtts_ms: tuple[float | None, ...], expected: float
) -> None:
    plan = EchoPlan(len(rtts_ms), 0.2, 1.0)
    assert plan.duration_s(rtts_ms) == pytest.approx(expected)
