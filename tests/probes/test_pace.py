"""The bound on packets a second: a burst is allowed, the rate is not exceeded."""

from hypothesis import given
from hypothesis import strategies as st

from probes.pace import BURST_S, Pace


def taken(pace: Pace, times: list[float]) -> int:
    return sum(pace.take(at) for at in times)


def test_a_burst_is_as_long_as_fifty_milliseconds_at_the_rate() -> None:
    assert taken(Pace(1000), [100.0] * 500) == 1000 * BURST_S


def test_tokens_come_back_at_the_rate() -> None:
    pace = Pace(1000)
    taken(pace, [100.0] * 500)
    assert taken(pace, [100.01] * 500) == 10


def test_even_the_slowest_pace_sends_something() -> None:
    pace = Pace(1)
    assert taken(pace, [100.0, 100.0, 100.5, 101.0, 101.1]) == 2


@given(
    per_s=st.integers(1, 5000),
    steps=st.lists(st.floats(0, 0.05), min_size=1, max_size=200),
)
def test_no_more_than_the_rate_and_one_burst_ever_passes(per_s: int, steps: list[float]) -> None:
    pace, now, passed = Pace(per_s), 50.0, 0
    for step in steps:
        now += step
        passed += taken(pace, [now] * 20)
    assert passed <= per_s * (now - 50.0) + max(1.0, per_s * BURST_S) + 1e-6
