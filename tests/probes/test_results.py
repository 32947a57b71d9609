"""A ping result counts from its samples and refuses to contradict them."""

from dataclasses import FrozenInstanceError

import pytest

from probes import PingResult


def of(*rtts_ms: float | None) -> PingResult:
    return PingResult.of("name", "127.0.0.1", rtts_ms)


def test_counters_come_from_the_samples() -> None:
    result = of(1.0, None, 3.0, None)
    assert (result.sent, result.received, result.packet_loss) == (4, 2, 50.0)


def test_times_are_those_of_the_answers() -> None:
    result = of(1.0, None, 3.0)
    assert (result.min_rtt_ms, result.avg_rtt_ms, result.max_rtt_ms) == (1.0, 2.0, 3.0)


def test_jitter_skips_the_lost_probes() -> None:
    assert of(136, None, 184, 115, None, 148, 125).jitter_ms == 43.25


def test_without_an_answer_no_time_is_known() -> None:
    result = of(None, None)
    times = (result.min_rtt_ms, result.avg_rtt_ms, result.max_rtt_ms, result.jitter_ms)
    assert times == (None, None, None, None)
    assert result.packet_loss == 100.0


def test_one_answer_has_times_but_no_jitter() -> None:
    assert (of(2.0).avg_rtt_ms, of(2.0).jitter_ms) == (2.0, None)


@pytest.mark.parametrize(("sent", "received"), [(3, 1), (2, 2), (1, 1)])
def test_counters_that_contradict_the_samples_are_refused(sent: int, received: int) -> None:
    with pytest.raises(ValueError, match="sent"):
        PingResult("name", "127.0.0.1", sent, received, (1.0, None))


def test_a_result_never_changes() -> None:
    with pytest.raises(FrozenInstanceError):
        of(1.0).sent = 2  # type: ignore[misc]


def test_a_score_needs_two_answers_and_falls_with_loss() -> None:
    assert PingResult.of("a", "127.0.0.1", [10.0]).mos is None
    whole = PingResult.of("a", "127.0.0.1", [10.0, 10.0]).mos
    torn = PingResult.of("a", "127.0.0.1", [10.0, 10.0, None, None]).mos
    assert whole is not None
    assert torn is not None
    # 20 ms effective: R = 93.2 - 0.5 = 92.7, by the formula of knowledge base 50.
    assert round(whole, 3) == 4.399
    assert torn < whole
