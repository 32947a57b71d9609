"""Voice figures from made-up departures and arrivals, worked out by hand."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes import statistics
from probes.responder.offset import ClockOffset
from probes.voice import VoicePlan, VoiceResult
from probes.voice.evaluation import Heard, evaluate, rtp_jitter

MS = 1_000_000
EVEN = 20


def judged(
    delays_ms: Sequence[float | None],
    order: Sequence[int] | None = None,
    offset: ClockOffset | None = None,
    **settings: Any,
) -> VoiceResult:
    """Judge a stream of which the n-th packet takes this long; None is lost."""
    plan = VoicePlan("x", duration_s=5, **settings)
    gap = plan.codec.interval_ms
    left = [number * gap * MS for number in range(len(delays_ms))]
    came = [
        Heard(number, round((number * gap + delay) * MS), plan.dscp << 2)
        for number, delay in enumerate(delays_ms)
        if delay is not None
    ]
    heard = [came[index] for index in order] if order else came
    return evaluate(plan, "127.0.0.1", left, heard, offset or ClockOffset())


def test_an_even_path_loses_and_discards_nothing() -> None:
    result = judged([EVEN] * 10)
    assert (result.sent, result.received, result.lost, result.discards) == (10, 10, 0, 0)
    assert (result.latency_ms, result.pdv_ms, result.jitter_ms) == pytest.approx((20, 0, 0))


def test_loss_is_what_did_not_arrive() -> None:
    result = judged([EVEN, None, EVEN, None, EVEN])
    assert (result.lost, result.loss_percent) == (2, 40)


def test_copies_are_no_packets() -> None:
    result = judged([EVEN] * 3, order=[0, 1, 1, 2, 2, 2])
    assert (result.received, result.duplicates, result.lost) == (3, 3, 0)


def test_packets_that_were_overtaken_are_counted() -> None:
    assert judged([EVEN] * 6, order=[0, 1, 4, 2, 3, 5]).reordered == 2


def test_the_play_out_point_is_the_median_of_the_first_fifty_plus_the_buffer() -> None:
    """The median is 20; with 40 ms of buffer 60 is just in time, and 60.1 is not."""
    delays = [20.0] * 60 + [60.0, 60.1, 500.0]
    assert judged(delays, jitter_buffer_ms=40).discards == 2


def test_the_play_out_point_does_not_follow_a_path_that_changes() -> None:
    """The first 50 decide for all: later ones are all late on a path that got 100 ms longer."""
    assert judged([20.0] * 50 + [120.0] * 70, jitter_buffer_ms=40).discards == 70


def test_the_quickest_packet_does_not_set_the_play_out_point() -> None:
    """10 and 40 would make 50, but the median is 20: 55 is in time."""
    assert judged([10.0] * 10 + [20.0] * 50 + [55.0] * 5, jitter_buffer_ms=40).discards == 0


def test_a_late_copy_of_a_packet_that_was_played_is_no_discard() -> None:
    plan = VoicePlan("x")
    heard = [Heard(0, 20 * MS, 0), Heard(1, 40 * MS, 0), Heard(0, 900 * MS, 0)]
    result = evaluate(plan, "x", [0, 20 * MS], heard, ClockOffset())
    assert (result.discards, result.max_latency_ms) == (0, 20)


def test_one_slow_packet_at_the_start_does_not_set_the_play_out_point() -> None:
    assert judged([500.0] + [20.0] * 60, jitter_buffer_ms=40).discards == 1


def test_without_a_buffer_half_of_an_uneven_path_is_late() -> None:
    assert judged([20.0, 30.0] * 25, jitter_buffer_ms=0).discards == 25


def test_discards_are_not_lost_but_spoil_the_score_alike() -> None:
    late = judged([20.0] * 60 + [500.0] * 3 + [20.0] * 37)
    gone = judged([20.0] * 60 + [None] * 3 + [20.0] * 37)
    assert (late.lost, late.discards, late.discards_percent) == (0, 3, 3)
    assert late.mos == pytest.approx(gone.mos, abs=0.02)


def test_the_score_is_the_e_models_for_loss_and_mouth_to_ear_delay() -> None:
    """20 ms path, 40 buffer, 20 packet: 80 ms; 2 of 100 lost."""
    result = judged([20.0] * 98 + [None, None])
    assert result.mouth_to_ear_ms == pytest.approx(80)
    assert result.mos == pytest.approx(VoicePlan("x").codec.rate(80, 2).mos)


@pytest.mark.parametrize(("codec_id", "expected"), [(0, 80), (4, 97.5), (5, 85), (1, 100)])
def test_mouth_to_ear_adds_packet_and_look_ahead(codec_id: int, expected: float) -> None:
    assert judged([20.0] * 10, codec_id=codec_id).mouth_to_ear_ms == pytest.approx(expected)


def test_pdv_is_the_99th_percentile_over_the_least() -> None:
    delays = [float(number) for number in range(101)]
    assert judged(delays, jitter_buffer_ms=150).pdv_ms == pytest.approx(99)


def test_another_clock_is_taken_off() -> None:
    result = judged([120.0] * 5, offset=ClockOffset(100 * MS, 3 * MS))
    assert result.latency_ms == pytest.approx(20)
    assert (result.clock_offset_ms, result.clock_error_ms) == (100, 3)


def test_a_clock_that_is_wrong_by_more_than_the_path_is_no_error() -> None:
    result = judged([5.0] * 5, offset=ClockOffset(50 * MS, 60 * MS))
    assert result.latency_ms == pytest.approx(-45)
    assert result.mouth_to_ear_ms == pytest.approx(60)


@given(delays=st.lists(st.floats(0, 19), min_size=2, max_size=60))
def test_jitter_is_that_of_the_statistics(delays: list[float]) -> None:
    expected = statistics.rfc3550_jitter(delays)
    assert judged(delays).jitter_ms == pytest.approx(expected, abs=1e-4)


def test_mean_jitter_is_over_its_course() -> None:
    assert rtp_jitter([0, 16, 16]) == pytest.approx((0.9375, (1 + 0.9375) / 2))


def test_pacing_is_the_distance_of_gaps_from_the_interval() -> None:
    plan = VoicePlan("x")
    left = [0, 20 * MS, 43 * MS, None, 80 * MS, 99 * MS]
    result = evaluate(plan, "x", left, [Heard(0, 5, 0)], ClockOffset())
    # Gaps of 20, 23 and 19 ms; none across the packet that was not sent.
    assert result.pacing_p50_ms == pytest.approx(1)
    assert result.pacing_p99_ms == pytest.approx(2.96)


def test_packets_that_were_not_sent_are_not_lost() -> None:
    plan = VoicePlan("x")
    result = evaluate(plan, "x", [0, None, 40 * MS], [Heard(0, 5, 0)], ClockOffset())
    assert (result.sent, result.lost) == (2, 1)


def test_dscp_is_what_most_packets_bore() -> None:
    heard = [Heard(0, 0, 184), Heard(1, 1, 0), Heard(2, 2, 1)]
    result = evaluate(VoicePlan("x"), "x", [0, 0, 0], heard, ClockOffset())
    assert result.dscp_received == 0


def test_of_nothing_nothing_is_known() -> None:
    result = judged([None] * 5)
    assert not result.ok
    assert (result.loss_percent, result.latency_ms, result.mos) == (100, None, None)
    assert str(result.failure).startswith("timeout in latency:")
