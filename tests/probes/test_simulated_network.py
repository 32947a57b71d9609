"""The simulated network: the seed decides everything, and its packets are real packets."""

import asyncio
from collections.abc import Mapping
from random import Random
from socket import AF_INET6
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes import (
    PathProfile,
    PingPlan,
    PingResult,
    PlanInvalid,
    SimulatedNetwork,
    TargetUnresolvable,
)
from probes.clock import InstantClock
from probes.internet.reader import parse_topology
from probes.path_profile import draw_profile
from probes.statistics import consecutive_difference_jitter

PINNED = [14.412543, 11.720103, 12.352871, 10.170993, 13.358944, 10.500922]
TARGETS = [f"host{number}.example" for number in range(400)]


def measure(network: SimulatedNetwork, target: str, count: int = 10) -> PingResult:
    return asyncio.run(
        network.measure(PingPlan(target, count=count, interval_s=1.0, timeout_s=3.0))
    )


def profiled(profiles: Mapping[str, PathProfile]) -> SimulatedNetwork:
    return SimulatedNetwork(1, profiles=profiles)


@given(seed=st.integers(), target=st.sampled_from(TARGETS))
def test_the_same_seed_gives_the_same_numbers(seed: int, target: str) -> None:
    one, other = SimulatedNetwork(seed), SimulatedNetwork(seed)
    assert measure(one, target) == measure(other, target)
    assert measure(one, target) == measure(other, target)


def test_these_numbers_do_not_change_between_versions() -> None:
    """Whoever changes how the seed is used breaks recorded expectations."""
    network = SimulatedNetwork(7, profiles={"a": PathProfile(10.0, 2.0, 0.25)})
    rtts_ms = measure(network, "a", 6).rtts_ms
    assert [None if rtt is None else round(rtt, 6) for rtt in rtts_ms] == PINNED


def test_another_seed_gives_other_numbers() -> None:
    assert measure(SimulatedNetwork(1), "a.example") != measure(SimulatedNetwork(2), "a.example")


def test_the_next_ping_of_a_target_gives_other_numbers() -> None:
    network = profiled({"a": PathProfile()})
    assert measure(network, "a").rtts_ms != measure(network, "a").rtts_ms


def test_what_happens_to_other_targets_does_not_matter() -> None:
    alone, among_others = SimulatedNetwork(3), SimulatedNetwork(3)
    for target in TARGETS[1:20]:
        measure(among_others, target)
    assert measure(alone, TARGETS[0]) == measure(among_others, TARGETS[0])


def test_pings_at_the_same_time_give_what_pings_in_turn_give() -> None:
    async def together(network: SimulatedNetwork) -> list[PingResult]:
        pings = (
            network.measure(PingPlan(target, count=5, interval_s=0.1, timeout_s=1.0))
            for target in ("a", "b", "a", "b")
        )
        return await asyncio.gather(*pings)

    class Nap(InstantClock):
        async def sleep(self, delay_s: float) -> None:
            del delay_s
            await asyncio.sleep(0)

    in_turn = SimulatedNetwork(5)
    expected = [measure(in_turn, target, 5).rtts_ms for target in ("a", "b", "a", "b")]
    results = asyncio.run(together(SimulatedNetwork(5, Nap())))
    assert [result.rtts_ms for result in results] == expected


def test_a_path_is_described_as_it_behaves() -> None:
    network = SimulatedNetwork(11)
    for target in TARGETS[:50]:
        profile, result = network.describe(target), measure(network, target, 400)
        assert result.packet_loss == pytest.approx(100 * profile.loss_probability, abs=10)
        assert result.min_rtt_ms is None or result.min_rtt_ms >= profile.base_rtt_ms
        assert (result.received > 0) == profile.reachable


def test_describing_a_target_does_not_change_what_it_measures() -> None:
    described, plain = SimulatedNetwork(1), SimulatedNetwork(1)
    described.describe("a.example")
    assert measure(described, "a.example") == measure(plain, "a.example")


def test_most_targets_are_good_some_lossy_some_unreachable() -> None:
    profiles = [SimulatedNetwork(42).describe(target) for target in TARGETS]
    good = sum(profile.loss_probability == 0 for profile in profiles)
    lossy = [p.loss_probability for p in profiles if 0 < p.loss_probability < 1]
    unreachable = sum(not profile.reachable for profile in profiles)
    assert good > 280
    assert len(lossy) > 30
    assert unreachable > 8
    assert 0.05 <= min(lossy) <= max(lossy) <= 0.40


@given(seed=st.integers())
def test_every_path_that_is_made_up_is_possible(seed: int) -> None:
    profile = draw_profile(Random(seed))
    assert 2 <= profile.base_rtt_ms <= 150
    assert 0 < profile.jitter_ms <= 0.15 * profile.base_rtt_ms


def test_a_path_handed_in_is_the_one_used() -> None:
    profile = PathProfile(base_rtt_ms=50.0, jitter_ms=0.0, loss_probability=0.3)
    network = profiled({"service-12": profile})
    result = measure(network, "service-12", 2000)
    assert network.describe("service-12") == profile
    assert result.packet_loss == pytest.approx(30, abs=4)
    assert set(result.samples_ms) == {50.0}


def test_paths_handed_in_are_copied() -> None:
    profiles = {"a": PathProfile(jitter_ms=0.0)}
    network = profiled(profiles)
    profiles["a"] = PathProfile(loss_probability=1.0)
    assert measure(network, "a").received == 10


def test_jitter_means_what_the_profile_says() -> None:
    network = profiled({"a": PathProfile(20.0, 4.0)})
    samples = measure(network, "a", 20_000).samples_ms
    assert consecutive_difference_jitter(samples) == pytest.approx(4.0, rel=0.05)
    assert fmean(samples) == pytest.approx(24.0, rel=0.02)


def test_an_unreachable_target_never_answers() -> None:
    network = profiled({"a": PathProfile(loss_probability=1.0)})
    result = measure(network, "a", 100)
    assert (result.received, result.packet_loss) == (0, 100.0)


def test_an_answer_later_than_the_timeout_is_lost() -> None:
    network = profiled({"far": PathProfile(base_rtt_ms=3000.1, jitter_ms=0.0)})
    assert measure(network, "far").received == 0


@pytest.mark.parametrize("target", ["127.0.0.1", "2001:db8::7"])
def test_a_literal_target_is_its_own_address(target: str) -> None:
    assert measure(SimulatedNetwork(1), target).address == target


def test_a_name_keeps_its_address() -> None:
    network = SimulatedNetwork(1)
    address = measure(network, "a.example").address
    assert address == measure(network, "a.example").address
    assert address.startswith(("198.18.", "198.19."))
    assert address != measure(network, "b.example").address


def test_a_ping_takes_its_time_on_the_clock() -> None:
    slept: list[float] = []

    class Slept(InstantClock):
        async def sleep(self, delay_s: float) -> None:
            slept.append(delay_s)

    profiles = {"a": PathProfile(100.0, 0.0), "dead": PathProfile(loss_probability=1.0)}
    network = SimulatedNetwork(1, Slept(), profiles)
    measure(network, "a", 5)
    measure(network, "dead", 5)
    assert slept == pytest.approx([4 * 1.0 + 0.1, 4 * 1.0 + 3.0])


@pytest.mark.parametrize("target", ["", "a\0b", "a b"])
def test_what_is_no_name_live_is_none_here(target: str) -> None:
    with pytest.raises(TargetUnresolvable):
        measure(SimulatedNetwork(1), target)


def test_an_impossible_plan_is_refused_here_too() -> None:
    with pytest.raises(PlanInvalid):
        measure(SimulatedNetwork(1), "a", 0)


@pytest.mark.parametrize("loss", [-0.1, 1.1, 30.0, float("nan")])
def test_a_loss_probability_is_no_percentage(loss: float) -> None:
    with pytest.raises(ValueError, match="0 to 1"):
        PathProfile(loss_probability=loss)


@pytest.mark.parametrize("delay", [-1.0, float("inf"), float("nan")])
def test_a_delay_is_a_length_of_time(delay: float) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        PathProfile(base_rtt_ms=delay)
    with pytest.raises(ValueError, match="0 or more"):
        PathProfile(jitter_ms=delay)


def test_a_ping_of_ipv6_is_answered_as_one_of_ipv4() -> None:
    profiles = {"a": PathProfile(10.0, 2.0, 0.25)}
    network = SimulatedNetwork(7, profiles=profiles)
    plan = PingPlan("a", count=6, interval_s=1.0, timeout_s=3.0, family=AF_INET6)
    result = asyncio.run(network.measure(plan))
    assert [None if rtt is None else round(rtt, 6) for rtt in result.rtts_ms] == PINNED
    assert result.address.startswith("2001:2:")


def test_a_ping_goes_through_the_internet_as_packets() -> None:
    network = SimulatedNetwork(1)
    measure(network, "a", 10)
    assert network.internet.counts().received == 10


def test_a_listed_name_leads_to_its_address_and_path() -> None:
    topology = parse_topology(
        'hops = { one = { delay_ms = 5.0 } }\n[[targets]]\npath = ["one"]\n'
        'addresses = ["203.0.113.80"]\nnames = ["www.example"]\n'
    )
    result = measure(SimulatedNetwork(1, topology=topology), "www.example")
    assert (result.address, set(result.samples_ms)) == ("203.0.113.80", {10.0})
