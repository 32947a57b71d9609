"""Hops are the truth: on router chains, as nobody without rights, and by mtr and traceroute."""

import asyncio
import re
from ipaddress import ip_address

import pytest
from netlab import Impair, Lab
from peers import needs
from trace_rig import traced

from probes import PinnedTarget, TargetPolicy
from probes.trace import HopState, TracePlan, TraceProtocol, TraceResult
from probes.trace.course import Course
from probes.trace.engine import TraceEngine
from probes.trace.lane import Order

PROTOCOLS = tuple(TraceProtocol)


def hops(result: TraceResult) -> list[str | None]:
    assert all(len(hop.addresses) <= 1 for hop in result.hops)
    return [hop.address for hop in result.hops]


@pytest.mark.slow
@pytest.mark.parametrize("routers", range(1, 9))
def test_hops_are_the_truth_by_every_protocol_without_rights(routers: int) -> None:
    with Lab(routers=routers, ipv6=True) as lab:
        for version in (4, 6):
            target = lab.address("server", version)
            plans = [TracePlan(target, protocol) for protocol in PROTOCOLS]
            found = traced(lab, *plans, version=version)
            assert [hops(result) for result in found] == [lab.hops(version)] * 3
            assert [result.packet_loss for result in found] == [0.0] * 3
            assert all(hop.received == 3 for result in found for hop in result.hops)


@pytest.mark.slow
def test_hops_are_those_of_mtr_and_traceroute() -> None:
    mtr, traceroute = needs("mtr", "traceroute")
    with Lab(routers=5) as lab:
        target = lab.address("server")
        (result,) = traced(lab, TracePlan(target, "udp"))
        said = lab.client.exec([traceroute, "-n", "-q", "1", target])
        reported = lab.client.exec([mtr, "-n", "-r", "-c", "1", "-i", "0.2", target])
    assert hops(result) == re.findall(r"^ *\d+ +([\d.]+) ", said, re.MULTILINE)
    assert hops(result) == re.findall(r"^ *\d+\.\|-- ([\d.]+) ", reported, re.MULTILINE)


@pytest.mark.slow
def test_all_hops_are_probed_at_once() -> None:
    with Lab(routers=4, links={0: Impair(delay_s=0.1)}) as lab:
        plan = TracePlan(lab.address("server"))

        def within(slowest_ms: float) -> bool:
            return lab.client.run_unprivileged(lambda: timed(lab, plan)) < 3 * slowest_ms

        # One after the other, 15 probes of 200 ms each would take three seconds.
        assert any(within(200) for _ in range(8))


async def timed(lab: Lab, plan: TracePlan) -> float:
    from time import monotonic  # noqa: PLC0415

    from trace_rig import traces  # noqa: PLC0415

    began = monotonic()
    (result,) = await traces([lab.network()], [plan])
    assert [hop.received for hop in result.hops] == [3] * 5
    return (monotonic() - began) * 1000


@pytest.mark.slow
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_router_that_says_nothing_is_silent(protocol: TraceProtocol) -> None:
    with Lab(routers=3) as lab:
        (nft,) = needs("nft")
        lab.routers[1].exec(
            f"{nft} add table ip t && "
            f"{nft} add chain ip t o '{{ type filter hook output priority 0; }}' && "
            f"{nft} add rule ip t o icmp type time-exceeded drop"
        )
        (result,) = traced(lab, TracePlan(lab.address("server"), protocol, timeout_s=0.5))
    assert [hop.state for hop in result.hops] == [
        HopState.ANSWERS,
        HopState.SILENT,
        HopState.ANSWERS,
        HopState.ANSWERS,
    ]
    assert result.packet_loss == 0.0


@pytest.mark.slow
def test_a_router_that_limits_its_answers_is_labelled_and_loses_nothing() -> None:
    with Lab(routers=3, kernel_limits={2}) as lab:
        plan = TracePlan(lab.address("server"), probes_per_hop=20, timeout_s=0.5)
        (result,) = traced(lab, plan)
    limited = result.hops[1]
    assert limited.state is HopState.RATE_LIMITED
    assert 0 < limited.received < limited.sent == 20
    assert [hop.state for hop in result.hops].count(HopState.ANSWERS) == 3
    assert result.packet_loss == 0.0


@pytest.mark.slow
@pytest.mark.parametrize(("protocol", "flows"), [("udp", 16), ("tcp", 12)])
def test_flows_show_the_paths_that_share_the_load(protocol: str, flows: int) -> None:
    # A cable, since over veth the sender's own hash of a socket would decide, not the ports.
    with Lab(routers=3, parallel={2: 2}, links={0: Impair()}) as lab:
        plan = TracePlan(lab.address("server"), protocol, flows=flows, probes_per_hop=2)
        (result,) = traced(lab, plan)
        ways = lab.paths()
        sets = lab.hop_sets()
    # A flow takes one path; a dozen all take the same one of two once in two thousand runs.
    assert all(list(path.addresses) in ways and path.is_constant for path in result.paths)
    assert [set(hop.addresses) for hop in result.hops] == sets


@pytest.mark.slow
def test_icmp_flows_take_paths_that_exist() -> None:
    with Lab(routers=3, parallel={2: 2}) as lab:
        (result,) = traced(lab, TracePlan(lab.address("server"), "icmp", flows=4))
        ways = lab.paths()
    assert all(list(path.addresses) in ways for path in result.paths)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("reject", "mark"),
    [
        ("icmp type host-unreachable", "!H"),
        ("icmp type net-unreachable", "!N"),
        ("icmp type admin-prohibited", "!X"),
    ],
)
def test_a_refusal_on_the_way_ends_the_path_with_its_mark(reject: str, mark: str) -> None:
    with Lab(routers=3) as lab:
        (nft,) = needs("nft")
        lab.routers[1].exec(
            f"{nft} add table ip t && "
            f"{nft} add chain ip t f '{{ type filter hook forward priority 0; }}' && "
            f"{nft} add rule ip t f ip daddr {lab.address('server')} reject with {reject}"
        )
        (result,) = traced(lab, TracePlan(lab.address("server")))
        truth = lab.hops()
    # A packet that expires there is not forwarded, so the router speaks at two TTLs.
    assert hops(result) == [*truth[:2], truth[1]]
    assert result.hops[2].responses[0].unreachable == mark
    assert not result.reached
    assert result.packet_loss is None
    assert result.failure is not None
    assert (result.failure.kind, mark in result.failure.message) == ("unreachable", True)


@pytest.mark.slow
def test_a_target_that_drops_everything_is_a_timeout_that_names_the_last_hop() -> None:
    with Lab(routers=2) as lab:
        lab.server.set("ipv4/icmp_echo_ignore_all", 1)
        (result,) = traced(lab, TracePlan(lab.address("server"), timeout_s=0.5))
        truth = lab.hops()
    assert hops(result) == truth[:2]
    assert result.failure is not None
    assert f"{truth[1]} at hop 2" in result.failure.message
    assert result.time_ms is None


@pytest.mark.slow
@pytest.mark.parametrize("protocol", [TraceProtocol.ICMP, TraceProtocol.UDP])
def test_every_departure_is_stamped_though_errors_come_in_between(
    protocol: TraceProtocol,
) -> None:
    async def stamped(lab: Lab) -> list[bool]:
        engine = TraceEngine(TargetPolicy.allowing(lab.network()))
        target = PinnedTarget("server", ip_address(lab.address("server")))
        course = Course(Order(), str(target.address))
        await asyncio.wait_for(engine.trace(target, protocol, 33_434, course), 30)
        engine.close()
        return [shot.left_ns is not None for shot in course.shots() if shot.answer]

    with Lab(routers=3) as lab:
        stamps = lab.client.run_unprivileged(lambda: stamped(lab))
    assert len(stamps) >= 12
    assert all(stamps)
