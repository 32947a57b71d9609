"""The parts of a stream: clocks, sums by the second, sending on time, and what the kernel adds."""

import asyncio
import socket
import time
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st
from voice_rig import HOME, udp_socket

from probes.responder import threads
from probes.responder.datagrams import DatagramSocket
from probes.responder.offset import ClockOffset, Exchange
from probes.responder.tally import SECOND_NS, Tally
from probes.responder.threads import apart, send_on_time

NS = st.integers(0, 10**10)


@given(offset=st.integers(-(10**15), 10**15), there=NS, back=NS, spent=NS)
def test_the_true_offset_lies_within_the_stated_error(
    offset: int, there: int, back: int, spent: int
) -> None:
    came_there = 1000 + there + offset
    left_there = came_there + spent
    exchange = Exchange(1000, came_there, left_there, left_there - offset + back)
    found = ClockOffset.of([exchange])
    assert exchange.round_trip_ns == there + back
    assert abs(found.offset_ns - offset) <= found.error_ns + 1


def test_the_quickest_exchange_is_believed() -> None:
    slow, quick = Exchange(0, 900, 900, 1000), Exchange(0, 57, 57, 100)
    assert ClockOffset.of([slow, quick]) == ClockOffset(7, 50)


def test_drift_adds_to_the_error() -> None:
    assert ClockOffset(100, 20).and_later(ClockOffset(160, 10)) == ClockOffset(130, 50)


def test_a_tally_sums_by_the_second_from_the_first_packet_on() -> None:
    tally = Tally(10)
    for number, at in enumerate((5, 6, 5 + SECOND_NS, 5 + 3 * SECOND_NS)):
        tally.note_packet(number, 100, 0, at)
    assert [(row[0], row[1], row[2]) for row in tally.rows()] == [
        (0, 2, 200),
        (1, 1, 100),
        (3, 1, 100),
    ]


def test_copies_are_counted_apart() -> None:
    tally = Tally(10)
    for number in (0, 1, 1, 1, 2):
        tally.note_packet(number, 100, 0, 1)
    ((_, packets, size, _, copies, *_),) = tally.rows()
    assert (packets, size, copies, tally.distinct) == (3, 300, 2, 3)


def test_what_comes_after_a_later_one_is_out_of_order() -> None:
    """RFC 4737, section 3: of 0 1 4 2 3 5 two are reordered."""
    tally = Tally(10)
    for number in (0, 1, 4, 2, 3, 5):
        tally.note_packet(number, 100, 0, 1)
    assert tally.rows()[0][3] == 2


def test_numbers_that_were_not_granted_are_left_out() -> None:
    tally = Tally(2)
    tally.note_packet(2, 100, 0, 1)
    assert tally.rows() == []


def test_jitter_is_smoothed_by_a_sixteenth() -> None:
    tally = Tally(3)
    for number, transit in enumerate((0, 1600, 1600)):
        tally.note_packet(number, 100, number * 10**7, number * 10**7 + transit)
    # 1600/16 = 100, then 100 - 100/16.
    assert tally.rows()[0][5] == round(93.75)


def test_everything_is_sent_once_and_in_order() -> None:
    sent: list[int] = []
    send_on_time(100, 10_000, sent.append, Event())
    assert sent == list(range(100))


def test_nothing_is_sent_early() -> None:
    began, early = time.monotonic_ns(), []
    send_on_time(
        20,
        2_000_000,
        lambda number: early.append(time.monotonic_ns() < began + number * 2_000_000),
        Event(),
    )
    assert not any(early)


class Steady:
    """Stands in for `time`: a clock that only naps move, and that notes them."""

    def __init__(self) -> None:
        self.now_ns, self.naps_s = 10**12, list[float]()

    def monotonic_ns(self) -> int:
        return self.now_ns

    def sleep(self, seconds: float) -> None:
        self.naps_s.append(seconds)
        self.now_ns += round(seconds * 1e9)


def times_sent(
    count: int, interval_ns: int, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[int], int]:
    """Return when each was sent in ns from the first on, and how often the sender slept."""
    clock, sent = Steady(), list[int]()
    monkeypatch.setattr(threads, "time", clock)
    send_on_time(count, interval_ns, lambda _: sent.append(clock.now_ns - 10**12), Event())
    return sent, len(clock.naps_s)


def test_what_is_due_within_a_millisecond_goes_out_in_one_burst(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent, naps = times_sent(1001, 100_000, monkeypatch)
    assert naps == 100
    assert sent[:12] == [0, *[1_000_000] * 10, 2_000_000]
    assert sent[-1] == 100_000_000


def test_from_a_millisecond_on_each_goes_out_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    sent, naps = times_sent(5, 1_500_000, monkeypatch)
    assert sent == [0, 1_500_000, 3_000_000, 4_500_000, 6_000_000]
    assert naps == 4


def test_sending_stops_when_told() -> None:
    stop, sent = Event(), []

    def send(number: int) -> None:
        sent.append(number)
        if number == 3:
            stop.set()

    send_on_time(1_000_000, 1, send, stop)
    assert sent == [0, 1, 2, 3]


def test_work_apart_is_told_when_nobody_waits_any_longer() -> None:
    told = Event()

    async def main() -> None:
        task = asyncio.create_task(apart(lambda stop: stop.wait(20) and told.set()))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])

    asyncio.run(main())
    assert told.wait(20)


def test_work_apart_hands_its_failure_on() -> None:
    def work(_: Event) -> None:
        raise KeyError("it")

    with pytest.raises(KeyError, match="it"):
        asyncio.run(apart(work))


def test_departure_and_arrival_are_stamped_by_the_kernel_in_order() -> None:
    near, far = DatagramSocket(HOME, 2, 46), DatagramSocket(HOME, 2)
    try:
        before = near.send(b"x" * 20, (HOME, far.port), 7)
        arrival = far.receive()
        until = time.monotonic() + 20
        left: dict[int, int] = {}
        while not left and time.monotonic() < until:
            left = dict(near.departures())
    finally:
        near.close()
        far.close()
    assert arrival is not None
    assert before <= left[7] <= arrival.stamp_ns <= time.time_ns()
    assert arrival.dscp == 46


def test_after_a_send_that_failed_stamps_belong_to_the_right_packet() -> None:
    near = DatagramSocket(HOME, 2)
    left: dict[int, int] = {}
    try:
        with udp_socket() as far:
            near.send(b"first", far.getsockname(), 1)
            with pytest.raises(OSError, match="long"):
                near.send(bytes(70_000), far.getsockname(), 2)
            before = near.send(b"third", far.getsockname(), 3)
        until = time.monotonic() + 20
        while 3 not in left and time.monotonic() < until:
            left |= dict(near.departures())
    finally:
        near.close()
    assert left[3] >= before
    assert 2 not in left


def test_packets_that_nobody_read_in_time_are_counted() -> None:
    far = DatagramSocket(HOME, 2)
    far._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 10_000)
    try:
        with udp_socket() as near:
            for _ in range(100):
                near.sendto(bytes(1000), (HOME, far.port))
            came = 0
            while far.receive() is not None:
                came += 1
            # The kernel tells with the next packet that it does take.
            near.sendto(b"last", (HOME, far.port))
            assert far.receive() is not None
        assert 0 < came < 100
        assert far.overflowed == 100 - came
    finally:
        far.close()


def test_nothing_to_receive_is_none() -> None:
    sock = DatagramSocket(HOME, 2)
    try:
        assert sock.receive() is None
    finally:
        sock.close()
