"""Statistics against vectors worked out by hand or published."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes import statistics

KB_57 = (136.0, 184.0, 115.0, 148.0, 125.0)
SAMPLES = st.lists(st.floats(0, 10_000), min_size=2, max_size=50)


def test_pingplotter_publishes_a_jitter_of_43_25() -> None:
    assert statistics.consecutive_difference_jitter(KB_57) == 43.25


def test_average_minimum_and_maximum_of_the_published_samples() -> None:
    assert statistics.average(KB_57) == pytest.approx(141.6)
    assert (statistics.minimum(KB_57), statistics.maximum(KB_57)) == (115.0, 184.0)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # Differences 48, 69, 33, 23.
        ("consecutive_difference", 173 / 4),
        # Distances from 141.6: 5.6, 42.4, 26.6, 6.4, 16.6.
        ("mean_deviation", 97.6 / 5),
        # J = 3; 7.125; 8.7421875; 9.63330078125.
        ("rfc3550", 9.63330078125),
        # Squares of the distances: 31.36, 1797.76, 707.56, 40.96, 275.56.
        ("standard_deviation", math.sqrt(2853.2 / 5)),
        # Sorted 115 125 136 148 184: P50 = 136, P95 = 148 + 0.8 * 36.
        ("percentile", 148 + 0.8 * 36 - 136),
    ],
)
def test_each_jitter_by_hand(name: str, expected: float) -> None:
    assert statistics.JITTERS[name](KB_57) == pytest.approx(expected)


def test_there_are_five_jitters() -> None:
    assert len(statistics.JITTERS) == 5


@pytest.mark.parametrize("name", statistics.JITTERS)
@pytest.mark.parametrize("samples", [(), (5.0,)])
def test_no_jitter_is_known_from_less_than_two_samples(
    name: str, samples: tuple[float, ...]
) -> None:
    assert statistics.JITTERS[name](samples) is None


@pytest.mark.parametrize("name", statistics.JITTERS)
def test_a_steady_path_has_no_jitter(name: str) -> None:
    assert statistics.JITTERS[name]((7.5,) * 20) == 0


@given(samples=SAMPLES, shift=st.floats(0, 1000))
def test_a_longer_path_has_the_same_jitters(samples: list[float], shift: float) -> None:
    for jitter in statistics.JITTERS.values():
        moved = jitter([sample + shift for sample in samples])
        assert moved == pytest.approx(jitter(samples), abs=1e-6)


@pytest.mark.parametrize("measure", [statistics.minimum, statistics.average, statistics.maximum])
def test_nothing_received_gives_no_times(measure: object) -> None:
    assert callable(measure)
    assert measure(()) is None
    assert statistics.percentile((), 50) is None


@given(samples=SAMPLES)
def test_the_average_lies_between_the_extremes(samples: list[float]) -> None:
    average = statistics.average(samples)
    assert average is not None
    assert min(samples) - 1e-9 <= average <= max(samples) + 1e-9


@pytest.mark.parametrize(
    ("percent", "expected"), [(0, 10), (25, 17.5), (50, 25), (95, 38.5), (100, 40)]
)
def test_percentiles_are_linear_between_ranks(percent: float, expected: float) -> None:
    assert statistics.percentile((40, 10, 30, 20), percent) == pytest.approx(expected)


@pytest.mark.parametrize("percent", [-0.1, 100.1, math.nan])
def test_a_percentile_outside_0_to_100_is_refused(percent: float) -> None:
    with pytest.raises(ValueError, match="percentile"):
        statistics.percentile((1, 2), percent)


@pytest.mark.parametrize(
    ("sent", "received", "percent"), [(4, 4, 0), (4, 3, 25), (3, 2, 100 / 3), (5, 0, 100)]
)
def test_loss_is_the_share_of_unanswered_probes(sent: int, received: int, percent: float) -> None:
    assert statistics.packet_loss_percent(sent, received) == pytest.approx(percent)


@pytest.mark.parametrize(("sent", "received"), [(0, 0), (3, 4), (3, -1), (-1, -1)])
def test_impossible_counters_have_no_loss(sent: int, received: int) -> None:
    with pytest.raises(ValueError, match="no measurement"):
        statistics.packet_loss_percent(sent, received)


@pytest.mark.parametrize(
    ("average", "jitter", "loss", "expected"),
    [
        # Effective latency 30, rating 92.45.
        (20, 0, 0, 1 + 0.035 * 92.45 + 7e-6 * 92.45 * 32.45 * 7.55),
        # Effective latency 200, above the bend: rating 93.2 - 8 - 2.5 = 82.7.
        (150, 20, 1, 1 + 0.035 * 82.7 + 7e-6 * 82.7 * 22.7 * 17.3),
        # Effective latency 160, where both branches meet: rating 89.2.
        (150, 0, 0, 1 + 0.035 * 89.2 + 7e-6 * 89.2 * 29.2 * 10.8),
    ],
)
def test_mos_by_hand(average: float, jitter: float, loss: float, expected: float) -> None:
    assert statistics.pingplotter_mos(average, jitter, loss) == pytest.approx(expected)


def test_a_dead_line_scores_the_worst_mos() -> None:
    """Left unclamped, the cubic gives a dead line a score above 50."""
    assert statistics.pingplotter_mos(0, 0, 100) == 1


@given(latency=st.floats(0, 5000), jitter=st.floats(0, 500), loss=st.floats(0, 100))
def test_mos_stays_on_its_scale(latency: float, jitter: float, loss: float) -> None:
    assert 0.95 <= statistics.pingplotter_mos(latency, jitter, loss) <= 4.5
