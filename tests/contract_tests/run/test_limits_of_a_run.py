"""Limits: so many requests, so often, for so long; waiting that a server asks for."""

from __future__ import annotations

import time
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.wire import retry_after
from contract_tests.wire.exchange import Response
from contract_tests.wire.limits import Allowance, Limits, OutOfLimits


class Watch:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def now(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds


def allowance(**limits: float | None) -> tuple[Allowance, Watch]:
    watch = Watch()
    return Allowance(Limits(**limits), now=watch.now, sleep=watch.sleep), watch  # type: ignore[arg-type]


@given(st.integers(1, 20), st.integers(0, 20))
def test_what_is_reserved_for_cleaning_up_is_not_spent(most: int, reserved: int) -> None:
    left, _ = allowance(max_requests=most)
    left.reserved = reserved
    for _ in range(max(most - reserved, 0)):
        left.take()
    with pytest.raises(OutOfLimits, match="--max-requests"):
        left.take()


@given(st.floats(0.5, 100), st.integers(1, 30))
def test_no_more_requests_a_second_than_the_rate(rate: float, count: int) -> None:
    left, watch = allowance(rate=rate)
    for _ in range(count):
        left.take()
    assert watch.now_s - 100 >= (count - 1) / rate * 0.999


def test_a_wait_that_would_pass_the_time_limit_is_not_begun() -> None:
    left, watch = allowance(time_limit_s=10)
    left.hold(11)
    with pytest.raises(OutOfLimits, match="--time-limit"):
        left.take()
    assert watch.now_s == 100


def test_patience_waits_beyond_the_time_limit_for_a_server_that_asks() -> None:
    left, watch = allowance(time_limit_s=10, patience_s=30)
    left.hold(20)
    left.take()
    assert (watch.now_s, left.left_s) == (120, 10)
    left.hold(30)
    with pytest.raises(OutOfLimits):
        left.take()


def test_cleaning_up_has_time_of_its_own_and_what_was_reserved() -> None:
    left, watch = allowance(max_requests=3, time_limit_s=10)
    left.reserved = 2
    left.take()
    watch.sleep(10)
    more = left.extended(30)
    more.take()
    more.take()
    with pytest.raises(OutOfLimits):
        more.take()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": " 7 "}, 7.0),
        ({"Retry-After": "soon"}, 1.0),
        ({"Retry-After": "-5"}, 1.0),
        ({"Retry-After": "٣"}, 1.0),
        ({}, 1.0),
        ({"Retry-After": formatdate(1_000_030, usegmt=True)}, 0.0),
        (
            {
                "Retry-After": formatdate(1_000_030, usegmt=True),
                "Date": formatdate(1_000_000, usegmt=True),
            },
            30.0,
        ),
    ],
)
def test_retry_after_is_seconds_or_a_date(headers: dict[str, str], seconds: float) -> None:
    assert retry_after.seconds(Response(429, tuple(headers.items()), b"")) == seconds


def test_who_says_no_time_is_waited_for_longer_each_time() -> None:
    waits = [retry_after.seconds(Response(429, (), b""), unsaid) for unsaid in range(7)]
    assert waits == [1, 2, 4, 8, 16, 32, 32]


def test_a_date_counts_from_now_where_the_server_tells_no_date() -> None:
    later = formatdate(time.time() + 3600, usegmt=True)
    wait_s = retry_after.seconds(Response(429, (("retry-after", later),), b""))
    assert 3000 < wait_s <= 3600


@given(st.text())
def test_any_retry_after_is_survived(text: str) -> None:
    assert retry_after.seconds(Response(429, (("Retry-After", text),), b"")) >= 0
