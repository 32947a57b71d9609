"""Three ways to count calls, each held against a naive count of the same calls."""

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.rate_limit import FixedWindow, Meter, RollingWindow, Standing, TokenBucket

EPOCH_MS = 1_767_225_600_000
LIMITS = st.integers(1, 12)
WINDOWS_S = st.integers(1, 60)
# Pauses and costs: bursts, steady streams, and pauses longer than any window.
CALLS = st.lists(
    st.tuples(st.integers(0, 50) | st.integers(0, 70_000), st.integers(1, 3)), max_size=60
)
METERS: list[Callable[[int, int], Meter]] = [FixedWindow, RollingWindow, TokenBucket]


def replay(meter: Meter, calls: list[tuple[int, int]]) -> list[tuple[int, Standing]]:
    """Make the calls; return for each when it was and where it left the account."""
    now_ms, standings = EPOCH_MS, []
    for pause_ms, cost in calls:
        now_ms += pause_ms
        standings.append((now_ms, meter.hit(now_ms, cost)))
    return standings


@given(limit=LIMITS, window_s=WINDOWS_S, calls=CALLS)
def test_a_rolling_window_allows_what_any_stretch_of_time_has_room_for(
    limit: int, window_s: int, calls: list[tuple[int, int]]
) -> None:
    counted: list[int] = []
    for now_ms, standing in replay(RollingWindow(limit, window_s), calls):
        recent = [at_ms for at_ms in counted if at_ms > now_ms - window_s * 1000]
        assert standing.allowed == (len(recent) + standing.cost <= limit)
        taken = [now_ms] * standing.cost if standing.allowed else []
        counted += taken
        assert standing.remaining == limit - len(recent) - len(taken)


@given(limit=LIMITS, window_s=WINDOWS_S, calls=CALLS)
def test_a_fixed_window_opens_with_the_first_call_after_the_last(
    limit: int, window_s: int, calls: list[tuple[int, int]]
) -> None:
    opened_ms, used = -1, 0
    for now_ms, standing in replay(FixedWindow(limit, window_s), calls):
        if opened_ms < 0 or now_ms >= opened_ms + window_s * 1000:
            opened_ms, used = now_ms, 0
        assert standing.allowed == (used + standing.cost <= limit)
        used += standing.cost if standing.allowed else 0
        assert standing.remaining == limit - used
        assert 0 <= standing.reset_at_s * 1000 - (opened_ms + window_s * 1000) < 1000


@given(limit=LIMITS, window_s=WINDOWS_S, calls=CALLS)
def test_a_bucket_refills_steadily(
    limit: int, window_s: int, calls: list[tuple[int, int]]
) -> None:
    tokens, at_ms = Fraction(limit), EPOCH_MS
    for now_ms, standing in replay(TokenBucket(limit, window_s), calls):
        tokens = min(Fraction(limit), tokens + Fraction((now_ms - at_ms) * limit, window_s * 1000))
        at_ms = now_ms
        assert standing.allowed == (tokens >= standing.cost)
        tokens -= standing.cost if standing.allowed else 0
        assert standing.remaining == tokens.__floor__()
        full_ms = now_ms + (limit - tokens) * window_s * 1000 / limit
        assert 0 <= standing.reset_at_s * 1000 - full_ms < 1000


@pytest.mark.parametrize("meter", METERS)
@given(limit=LIMITS, window_s=WINDOWS_S, calls=CALLS)
def test_waiting_as_long_as_told_is_enough(
    meter: Callable[[int, int], Meter], limit: int, window_s: int, calls: list[tuple[int, int]]
) -> None:
    used = meter(limit, window_s)
    replay(used, [(pause_ms, 1) for pause_ms, _ in calls])
    now_ms = EPOCH_MS + sum(pause_ms for pause_ms, _ in calls)
    standing = used.hit(now_ms, 1)
    if not standing.allowed:
        assert 1 <= standing.retry_after_s <= window_s
        assert used.hit(now_ms + standing.retry_after_s * 1000, 1).allowed


@pytest.mark.parametrize("meter", METERS)
@given(limit=LIMITS, window_s=WINDOWS_S)
def test_a_burst_gets_the_limit_and_no_more(
    meter: Callable[[int, int], Meter], limit: int, window_s: int
) -> None:
    burst = replay(meter(limit, window_s), [(0, 1)] * (limit + 3))
    assert [standing.remaining for _, standing in burst] == [*range(limit)][::-1] + [0] * 3
    assert sum(standing.allowed for _, standing in burst) == limit


@pytest.mark.parametrize("meter", METERS)
@given(limit=LIMITS, window_s=WINDOWS_S, calls=CALLS)
def test_a_whole_quiet_window_gives_the_whole_limit_back(
    meter: Callable[[int, int], Meter], limit: int, window_s: int, calls: list[tuple[int, int]]
) -> None:
    used = meter(limit, window_s)
    replay(used, calls)
    later_ms = EPOCH_MS + sum(pause_ms for pause_ms, _ in calls) + window_s * 1000
    assert used.hit(later_ms, 1).remaining == limit - 1


@pytest.mark.parametrize("meter", METERS)
def test_a_refused_call_uses_nothing_up(meter: Callable[[int, int], Meter]) -> None:
    used = meter(3, 60)
    assert used.hit(EPOCH_MS, 2).remaining == 1
    refused = used.hit(EPOCH_MS, 2)
    assert (refused.allowed, refused.remaining) == (False, 1)
    assert used.hit(EPOCH_MS, 1).allowed


@pytest.mark.parametrize("meter", METERS)
def test_a_clock_that_is_set_back_gives_nothing_for_free(
    meter: Callable[[int, int], Meter],
) -> None:
    used = meter(2, 60)
    replay(used, [(0, 1), (0, 1)])
    assert not used.hit(EPOCH_MS - 59_000, 1).allowed
    assert not used.hit(EPOCH_MS, 1).allowed
