"""What ping reports as lost is what the cable dropped, packet for packet."""

import asyncio
from collections.abc import Iterator

import pytest
from netlab import Impair, Lab
from proof_wire import LossByHost

from probes import Limits, LiveNetwork, PingPlan, PingResult, TargetPolicy

SEEDS, PROBES = 20, 300
HOSTS = [f"10.77.88.{seed + 1}" for seed in range(SEEDS)]
FLOOD_TARGETS, FLOOD_PROBES = 1000, 240


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """The server has an address for each seed."""
    with Lab(routers=1, links={1: Impair()}) as made:
        for host in HOSTS:
            made.server.exec(f"ip addr add {host}/32 dev lo")
        made.routers[0].exec(f"ip route add 10.77.88.0/24 via {made.address('server')}")
        yield made


def ping_all(
    hosts: list[str], count: int, interval_s: float, timeout_s: float
) -> list[PingResult]:
    """Ping all hosts at once, from one engine."""

    async def within() -> list[PingResult]:
        policy = TargetPolicy.allowing("10.77.0.0/16")
        network = LiveNetwork(policy, limits=Limits(packets_per_s=1_000_000))
        try:
            plans = [PingPlan(host, count, interval_s, timeout_s) for host in hosts]
            return await asyncio.gather(*map(network.measure, plans))
        finally:
            await network.close()

    return asyncio.run(within())


@pytest.mark.slow
@pytest.mark.parametrize("percent", [1, 5, 10, 30])
def test_the_probes_reported_lost_are_those_that_the_cable_dropped(lab: Lab, percent: int) -> None:
    # On the way there for half of the seeds, on the way back for the others.
    there = LossByHost(percent / 100, HOSTS[:10], "destination")
    back = LossByHost(percent / 100, HOSTS[10:], "source")
    lab.impair(1, Impair(drops=there), Impair(drops=back))
    results = lab.client.run_unprivileged(lambda: ping_all(HOSTS, PROBES, 0.005, 2.0))
    counted = lab.counters(1)
    for host, result in zip(HOSTS, results, strict=True):
        dropped = counted.forward[host].dropped + counted.backward[host].dropped
        assert [rtt is None for rtt in result.rtts_ms] == there.expected(host, PROBES)
        assert result.sent - result.received == dropped
        assert result.packet_loss == 100 * dropped / PROBES
    lost = sum(result.sent - result.received for result in results)
    assert lost == counted.forward["all"].dropped + counted.backward["all"].dropped > 0
    print(f"{percent} %: {lost} of {SEEDS * PROBES} lost, as dropped")


def test_duplicates_are_not_counted(lab: Lab) -> None:
    lab.impair(1, Impair(duplicate=1.0))
    (result,) = lab.client.run(lambda: ping_all(HOSTS[:1], 50, 0.005, 5.0))
    assert (result.sent, result.received, result.packet_loss) == (50, 50, 0)
    assert lab.counters(1).backward["icmp"].seen > 50


def test_late_answers_are_not_counted_for_later_probes(lab: Lab) -> None:
    lab.impair(1, Impair(delay_s=0.2), Impair())
    (result,) = lab.client.run(lambda: ping_all(HOSTS[:1], 30, 0.02, 0.1))
    assert (result.sent, result.received, result.avg_rtt_ms) == (30, 0, None)
    assert lab.counters(1).backward["icmp"].forwarded > 5


@pytest.mark.slow
def test_not_one_of_240000_loopback_probes_is_lost() -> None:
    targets = [f"127.1.{number // 250}.{number % 250 + 1}" for number in range(FLOOD_TARGETS)]

    def use() -> tuple[int, int]:
        results = ping_all(targets, FLOOD_PROBES, 0.02, 20.0)
        return sum(result.sent for result in results), sum(result.received for result in results)

    with Lab(routers=0) as alone:
        sent, received = alone.client.run(use, patience_s=240)
    assert (sent, received) == (FLOOD_TARGETS * FLOOD_PROBES,) * 2
