"""Round trips come from the kernel's clocks, and from ours where the kernel's cannot be true."""

import socket

import pytest

from probes.flight import CLOCK_STEP_NS, Flight
from probes.packet import Echo, EchoKind, build_echo
from probes.sockets import Arrival

REQUEST = Echo(socket.AF_INET, EchoKind.REQUEST, 1, 2, 3)
WALL, STEADY = 1_700_000_000_000_000_000, 5_000_000_000
READ_AFTER_NS = 9_000_000
"""When our program got round to reading the answer, which is later than it came."""


def rtt_ms(left_after_ns: int | None, came_after_ns: int | None, step_ns: int = 0) -> float:
    left_ns = None if left_after_ns is None else WALL + left_after_ns
    stamp_ns = None if came_after_ns is None else WALL + came_after_ns + step_ns
    flight = Flight(build_echo(REQUEST), 3, 0, "127.0.0.1", 0.0, WALL, STEADY, left_ns)
    read_at = WALL + READ_AFTER_NS + step_ns, STEADY + READ_AFTER_NS
    return flight.rtt_ms(Arrival(b"", "127.0.0.1", stamp_ns, *read_at))


def test_both_stamps_give_the_time_between_them() -> None:
    assert rtt_ms(100_000, 1_100_000) == 1.0


def test_without_a_departure_stamp_the_call_to_send_counts() -> None:
    assert rtt_ms(None, 1_100_000) == 1.1


def test_without_an_arrival_stamp_our_own_clock_counts() -> None:
    assert rtt_ms(100_000, None) == 9.0


@pytest.mark.parametrize("left_after_ns", [-1, 2_000_000])
def test_a_departure_before_the_send_or_after_the_answer_is_anothers(left_after_ns: int) -> None:
    assert rtt_ms(left_after_ns, 1_100_000) == 1.1


@pytest.mark.parametrize("step_ns", [-3_600_000_000_000, -2_000_000, 2_000_000, 10**15])
def test_a_clock_set_meanwhile_does_not_reach_the_result(step_ns: int) -> None:
    assert rtt_ms(100_000, 1_100_000, step_ns) == 9.0


def test_clocks_that_drift_less_than_a_step_are_still_believed() -> None:
    assert rtt_ms(0, 1_000_000, CLOCK_STEP_NS - 500_000) == 1.5


def test_no_round_trip_is_negative() -> None:
    assert rtt_ms(None, -1) == 9.0


def test_only_the_pinned_host_can_answer() -> None:
    flight = Flight(build_echo(REQUEST), 3, 0, "127.0.0.1", 0.0, WALL, STEADY)
    reply = build_echo(REQUEST.reply())
    assert flight.is_answered_by(Arrival(reply, "127.0.0.1", None, WALL, STEADY))
    assert not flight.is_answered_by(Arrival(reply, "127.0.0.2", None, WALL, STEADY))
