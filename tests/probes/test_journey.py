"""Exchanges over a simulated path: loss costs time, patience has an end."""

from random import Random

import pytest

from probes import PathProfile, SimulatedNetwork
from probes.journey import FIRST_RETRANSMISSION_MS, Journey


def journey(profile: PathProfile, patience_ms: float = 60_000.0) -> Journey:
    network = SimulatedNetwork(1, profiles={"a": profile})
    return Journey(network, "a", network.turn("test", "a"), patience_ms)


def test_an_exchange_takes_a_round_trip_and_the_time_to_think() -> None:
    way = journey(PathProfile(20.0, 0.0))
    assert way.exchange_ms() == pytest.approx(20.0)
    assert way.exchange_ms(think_ms=5.0) == pytest.approx(25.0)
    assert way.spent_ms == pytest.approx(45.0)


def test_what_is_lost_is_sent_again_later() -> None:
    way = journey(PathProfile(20.0, 0.0, 0.5))
    times = [way.exchange_ms() for _ in range(200)]
    waits = {round((time - 20.0) / FIRST_RETRANSMISSION_MS) for time in times if time}
    assert {0, 1, 3} <= waits
    assert waits <= {0, 1, 3, 7, 15, 31}


def test_on_a_dead_path_patience_ends() -> None:
    way = journey(PathProfile(loss_probability=1.0), 5000.0)
    assert way.exchange_ms() is None
    assert way.spent_ms == 5000.0
    assert way.wait_ms(1.0) is None


def test_a_wait_longer_than_patience_is_none_and_spends_it_all() -> None:
    way = journey(PathProfile(20.0, 0.0), 30.0)
    assert way.exchange_ms() is not None
    assert way.exchange_ms() is None
    assert way.spent_ms == 30.0


def test_the_next_measurement_of_a_target_differs_and_another_target_does_not_matter() -> None:
    def draws(*targets: str) -> list[float]:
        network = SimulatedNetwork(3)
        return [network.turn("x", target).random() for target in targets]

    first, second = draws("a", "a")
    assert first != second
    assert draws("a", "b", "b", "a")[3] == second
    assert isinstance(SimulatedNetwork(3).stream("x", "a"), Random)
