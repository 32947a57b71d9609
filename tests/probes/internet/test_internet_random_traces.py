"""Fifty internets made up from fifty seeds: a trace finds what each of them consists of."""

import asyncio
from collections.abc import Callable
from itertools import starmap

import pytest
from internet_tun import behind_tun, truth
from peers import needs_root

from probes.internet import Internet, Reply, Route, Router, Target, Topology
from probes.live import LiveNetwork
from probes.path_profile import PathProfile, draw_profile
from probes.simulated import SimulatedNetwork
from probes.targets import TargetPolicy, parse_range
from probes.trace import TracePlan, TraceProtocol, TraceResult

SEEDS = range(50)
TARGETS = {"203.0.113.9": "203.0.113.0/24", "2001:db8:99::9": "2001:db8:99::/48"}
LISTED = Topology((Target(tuple(map(parse_range, TARGETS.values()))),), others=False)

protocols = pytest.mark.parametrize("protocol", TraceProtocol)
targets = pytest.mark.parametrize("target", TARGETS)


def profile(seed: int, target: str, shorter: float = 1.0) -> PathProfile:
    """What the seed gives, without the loss, which would hide hops by chance."""
    drawn = draw_profile(SimulatedNetwork(seed).stream("path", target))
    return PathProfile(drawn.base_rtt_ms * shorter, drawn.jitter_ms * shorter)


def route_of(internet: Internet, target: str) -> Route:
    route = internet.route(target)
    assert route
    return route


def check(result: TraceResult, route: Route) -> None:
    """Compare hops, silence and labels; of an ECMP set each flow shows one member."""
    expected = truth(route, result.address)
    assert result.reached, result
    assert len(result.hops) == len(route.routers) + 1
    found = {hop.ttl: set(hop.addresses) for hop in result.hops if hop.responses}
    assert found.keys() == expected.keys()
    for ttl, addresses in found.items():
        assert addresses <= expected[ttl]
    assert all(starmap(labels_agree, zip(result.hops, route.routers, strict=False)))


def labels_agree(hop: object, router: Router) -> bool:
    stacks = [response.labels for response in hop.responses]
    # Where a kernel does not tell, a trace says None.
    told = [tuple(entry.label for entry in stack) for stack in stacks if stack is not None]
    return all(stack == router.mpls for stack in told)


@protocols
@targets
def test_a_simulated_trace_finds_the_truth(protocol: TraceProtocol, target: str) -> None:
    for seed in SEEDS:
        profiles = {target: profile(seed, target)}
        network = SimulatedNetwork(seed, topology=LISTED, profiles=profiles)
        result = asyncio.run(network.measure(TracePlan(target, protocol)))
        check(result, route_of(network.internet, target))
        assert result.packet_loss == 0.0


@protocols
def test_sixteen_flows_find_every_member_of_an_ecmp_set(protocol: TraceProtocol) -> None:
    found = there = 0
    target = "203.0.113.9"
    for seed in SEEDS[:12]:
        network = SimulatedNetwork(seed, topology=LISTED, profiles={target: profile(seed, target)})
        plan = TracePlan(target, protocol, flows=16, probes_per_hop=1)
        result = asyncio.run(network.measure(plan))
        route = route_of(network.internet, target)
        for hop, router in zip(result.hops, route.routers, strict=False):
            if hop.responses and router.icmp_per_s is None:
                found += len(set(hop.addresses))
                there += len(router.faces(4))
    # Sixteen flows miss one of four members with a probability of 4 percent.
    assert 60 < 0.97 * there <= found <= there


@protocols
def test_a_simulated_trace_is_the_same_for_the_same_seed(protocol: TraceProtocol) -> None:
    def traced() -> TraceResult:
        return asyncio.run(SimulatedNetwork(11).measure(TracePlan("a.example", protocol, flows=4)))

    assert traced() == traced()


def test_trace_ping_and_other_probes_agree_on_the_target() -> None:
    network = SimulatedNetwork(11, profiles={"a.example": PathProfile(40.0, 0.0, 0.0)})
    result = asyncio.run(network.measure(TracePlan("a.example")))
    stream = network.turn("other", "a.example")
    assert result.min_rtt_ms == network.round_trip_ms("a.example", stream) == 40.0


class Fifty:
    """Fifty internets behind one device; the last byte of the destination chooses."""

    topology = LISTED

    def __init__(self, version: int) -> None:
        self._last = {4: 19, 6: 39}[version]
        # A fifth of the delay: the hops do not depend on it, but how long the test takes does.
        self.each = [
            Internet(LISTED, seed, profiles={target: profile(seed, target, 0.2)})
            for seed, target in enumerate(targets_of(version))
        ]
        for internet, target in zip(self.each, targets_of(version), strict=True):
            internet.address(target)

    def answer(self, packet: bytes, at_s: float) -> list[Reply]:
        return self.each[packet[self._last] - 1].answer(packet, at_s)


def targets_of(version: int) -> list[str]:
    texts = {4: "203.0.113.{}", 6: "2001:db8:99::{:x}"}
    return [texts[version].format(seed + 1) for seed in SEEDS]


def live_results(protocol: TraceProtocol, version: int) -> list[TraceResult]:
    async def traced() -> list[TraceResult]:
        network = LiveNetwork(TargetPolicy.allowing(*TARGETS.values()))
        plans = [TracePlan(target, protocol, timeout_s=2.0) for target in targets_of(version)]
        try:
            return await asyncio.gather(*map(network.measure, plans))
        finally:
            await network.close()

    with behind_tun(Fifty(version)):
        return asyncio.run(traced())


@pytest.mark.slow
@protocols
@pytest.mark.parametrize("version", [4, 6])
def test_a_live_trace_finds_the_truth(
    namespace: Callable[[], object], protocol: TraceProtocol, version: int
) -> None:
    needs_root()
    results = namespace().run(lambda: live_results(protocol, version))
    assert len(results) == len(SEEDS)
    for internet, result in zip(Fifty(version).each, results, strict=True):
        check(result, route_of(internet, result.target))
