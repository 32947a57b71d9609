"""Simulated handshakes follow from the path."""

import asyncio
from typing import Any

import pytest

from probes import PathProfile, SimulatedNetwork, TargetUnresolvable
from probes.clock import InstantClock
from probes.failure import FailureKind
from probes.records import as_json
from probes.tcp import TcpPlan, TcpResult

GOOD = PathProfile(20.0, 0.0, 0.0)


def simulate(profile: PathProfile = GOOD, seed: int = 7, **settings: Any) -> TcpResult:
    network = SimulatedNetwork(seed, profiles={"host.test": profile})
    return asyncio.run(network.measure(TcpPlan("host.test", 443, **settings)))


def test_a_handshake_takes_one_round_trip() -> None:
    assert simulate(count=3).rtts_ms == (20.0, 20.0, 20.0)


def test_a_lost_syn_is_repeated_after_a_second() -> None:
    result = simulate(PathProfile(20.0, 0.0, 0.5), count=100, timeout_s=100_000)
    for attempt in result.attempts:
        assert attempt.connect_ms == 20 + 1000 * (2**attempt.retransmits - 1)
        assert (attempt.kernel_rtt_ms is None) == (attempt.retransmits > 0)
    assert result.packet_loss == 0


def test_single_syns_show_the_loss_of_the_path() -> None:
    profile = PathProfile(20.0, 0.0, 0.3)
    losses = [simulate(profile, seed, mode="syn", count=50).packet_loss for seed in range(20)]
    assert sum(losses) / 20 == pytest.approx(30, abs=5)


def test_an_unreachable_host_is_a_failure_without_times() -> None:
    result = simulate(PathProfile(20.0, 0.0, 1.0))
    assert result.failure is not None
    assert result.failure.kind is FailureKind.TIMEOUT
    assert (result.time_ms, result.received) == (None, 0)


def test_the_same_seed_gives_the_same_bytes() -> None:
    rough = PathProfile(20.0, 3.0, 0.2)
    assert as_json(simulate(rough)) == as_json(simulate(rough))
    assert as_json(simulate(rough)) != as_json(simulate(rough, seed=8))


def test_the_measurement_takes_its_time_on_the_clock() -> None:
    clock = InstantClock()
    network = SimulatedNetwork(7, clock, {"host.test": GOOD})
    asyncio.run(network.measure(TcpPlan("host.test", 443, count=3, interval_s=0.5)))
    assert clock.now_ms() == 1020


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(TargetUnresolvable):
        asyncio.run(SimulatedNetwork(7).measure(TcpPlan("", 443)))
