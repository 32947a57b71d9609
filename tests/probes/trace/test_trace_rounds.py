"""Continuous traces: the table per hop, and a loss at the target that is the target's."""

import asyncio
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

import pytest
from netlab import Impair, Lab
from trace_rig import HOST, PIN, Walk, routers, watched

from probes.clock import InstantClock
from probes.errors import PlanInvalid
from probes.icmp_errors import ErrorKind
from probes.internet import Delay, Internet, Link, Route, Router, Target, Topology
from probes.records import as_document
from probes.simulated import SimulatedNetwork
from probes.targets import parse_range
from probes.trace import HopState, TracePlan
from probes.trace.continuous import continuous
from probes.trace.history import TraceHistory, TraceWatchResult
from probes.trace.shot import Answer

SITE = "203.0.113.9"
ONE = TracePlan(SITE, probes_per_hop=1)


def walked(history: TraceHistory, path: dict[int, str | None], **order: Any) -> None:
    length = history.length
    most = length + 5 if length else 30
    walk = Walk(path, probes_per_hop=1, length=length, most_hops=most, **order)
    history.note(walk.finish())


def table(*paths: dict[int, str | None]) -> TraceWatchResult:
    """Add up rounds, each over its own path."""
    history = TraceHistory(PIN)
    for path in paths:
        walked(history, path)
    return history.result()


def test_a_steady_path_has_a_row_for_every_hop() -> None:
    result = table(*[routers(1, 2, 3)] * 10)
    assert [hop.addresses for hop in result.hops] == [
        ("10.0.1.1",),
        ("10.0.2.1",),
        ("10.0.3.1",),
        (HOST,),
    ]
    assert [(hop.sent, hop.received) for hop in result.hops] == [(10, 10)] * 4
    assert (result.packet_loss, result.rounds, result.ok) == (0.0, 10, True)


@pytest.mark.parametrize("longer", [routers(1, 2, 3, 4, 5), routers(1, 2, 3) | {4: None}])
def test_a_path_that_grows_is_no_loss_at_the_target(longer: dict[int, str | None]) -> None:
    result = table(*[routers(1, 2, 3)] * 3, *[longer] * 3)
    assert result.packet_loss == 0.0
    assert len(result.hops) == len(longer) + 1
    assert result.hops[-1].is_target


def test_a_path_that_shrinks_is_no_loss_at_the_target() -> None:
    result = table(*[routers(1, 2, 3, 4)] * 3, *[routers(1, 2)] * 3)
    assert (result.packet_loss, len(result.hops)) == (0.0, 3)


def test_a_target_that_is_away_loses_one_probe_a_round() -> None:
    away = routers(1, 2, 3) | dict.fromkeys(range(4, 31))
    result = table(*[routers(1, 2, 3)] * 2, *[away] * 3)
    end = result.hops[-1]
    assert (end.is_target, end.sent, end.received, result.ok) == (True, 5, 2, False)
    assert result.packet_loss == 60.0
    assert [hop.unanswered for hop in result.hops[:-1]] == [0.0] * 3


def test_a_target_that_has_never_answered_has_no_row_and_no_loss() -> None:
    result = table(routers(1, 2) | dict.fromkeys(range(3, 31)))
    assert (result.packet_loss, result.time_ms, len(result.hops)) == (None, None, 2)


def test_a_refusal_is_a_loss_at_the_target() -> None:
    history = TraceHistory(PIN)
    walked(history, routers(1, 2, 3))
    walk = Walk({}, probes_per_hop=1, length=4, most_hops=9)
    walk.send()
    for shot in walk.waiting:
        kind = ErrorKind.TIME_EXCEEDED if shot.ttl == 1 else ErrorKind.UNREACHABLE
        shot.answer, shot.rtt_ms = Answer("10.0.1.1", kind, 1, ()), 1.0
        shot.lane.heard(shot)
    assert walk.course.is_over(0.1)
    history.note(walk.course)
    assert (history.result().packet_loss, history.reached) == (50.0, False)


def test_one_lost_probe_is_the_targets_loss_and_no_growth() -> None:
    history = TraceHistory(PIN)
    walked(history, routers(1, 2, 3))
    walk = Walk(routers(1, 2, 3), probes_per_hop=1, length=4, most_hops=9)
    walk.send()
    walk.waiting = walk.waiting[:-1]
    walk.finish()
    history.note(walk.course)
    result = history.result()
    assert (result.packet_loss, history.length) == (50.0, 4)


def test_figures_are_of_the_window() -> None:
    history = TraceHistory(PIN, window=4)
    for rtt_ms in (100.0, 1.0, 2.0, 4.0, 5.0):
        walk = Walk({}, probes_per_hop=1, length=1, most_hops=1)
        walk.send()
        walk.answer(rtt_ms)
        walk.course.is_over(walk.now_s)
        history.note(walk.course)
    (hop,) = history.result().hops
    assert (hop.sent, hop.last_rtt_ms, hop.avg_rtt_ms) == (4, 5.0, 3.0)
    assert (hop.min_rtt_ms, hop.max_rtt_ms) == (1.0, 5.0)
    assert hop.stdev_ms == pytest.approx(1.5811388)
    assert hop.jitter_ms == pytest.approx(4 / 3)


def route(*hops: int, loss: float = 0.0, limited: int = 0) -> Route:
    chain = [
        Router(
            f"r{hop}",
            (ip_address(f"10.9.{hop}.1"),),
            link=Link(Delay(base_ms=1.0)),
            icmp_per_s=0.5 if hop == limited else None,
        )
        for hop in hops
    ]
    return Route(tuple(chain), link=Link(Delay(base_ms=1.0), loss=loss))


def internet(path: Route, begins_s: float = 0.0) -> Internet:
    target = Target((parse_range("203.0.113.0/24"),), route=path)
    return Internet(Topology((target,), others=False), begins_s=begins_s)


def simulated(rounds: int, changes: Mapping[int, Route]) -> list[TraceWatchResult]:
    """Watch an internet that is replaced before certain rounds."""

    async def body() -> list[TraceWatchResult]:
        network, seen = SimulatedNetwork(3, InstantClock()), []
        network.internet = internet(changes[0])
        async for history in continuous(network, ONE, 0.0, rounds=rounds):
            seen.append(history.result())
            if history.rounds in changes:
                network.internet = internet(changes[history.rounds])
        return seen

    return asyncio.run(asyncio.wait_for(body(), 30))


def test_a_route_that_changes_under_way_loses_nothing() -> None:
    seen = simulated(9, {0: route(1, 2, 3), 3: route(1, 4, 5, 6, 7), 6: route(1, 2)})
    assert [len(result.hops) for result in seen] == [4] * 3 + [6] * 3 + [3] * 3
    assert all(result.reached for result in seen)
    assert seen[-1].packet_loss == 0.0


def test_a_limited_router_is_labelled_and_the_target_loses_nothing() -> None:
    result = simulated(20, {0: route(1, 2, 3, limited=2)})[-1]
    states = [hop.state for hop in result.hops]
    assert states == [HopState.ANSWERS, HopState.RATE_LIMITED, HopState.ANSWERS, HopState.ANSWERS]
    assert result.hops[1].packet_loss is None
    assert result.packet_loss == 0.0


def test_loss_at_the_target_is_counted_and_is_no_growth() -> None:
    seen = simulated(60, {0: route(1, 2, 3, loss=0.2)})
    assert {len(result.hops) for result in seen} <= {4, 5}
    assert sum(len(result.hops) == 5 for result in seen) <= 1
    assert seen[-1].packet_loss == pytest.approx(20, abs=12)


def test_a_table_becomes_a_document() -> None:
    document = as_document(simulated(2, {0: route(1)})[-1])
    assert document["hops"][0]["addresses"] == ["10.9.1.1"]
    assert document["packet_loss"] == 0.0


@pytest.mark.parametrize("interval_s", [-1.0, float("nan")])
def test_an_impossible_interval_is_refused(interval_s: float) -> None:
    async def body() -> None:
        async for _ in continuous(SimulatedNetwork(1), ONE, interval_s, rounds=1):
            pass

    with pytest.raises(PlanInvalid, match="interval"):
        asyncio.run(body())


@pytest.mark.slow
def test_real_rounds_show_every_hop_and_no_loss_of_a_limited_router() -> None:
    with Lab(routers=4, kernel_limits={3}) as lab:
        target, truth = lab.address("server"), lab.hops()
        plan = TracePlan(target, probes_per_hop=1, timeout_s=0.5)
        seen = lab.client.run_unprivileged(lambda: watched([lab.network()], plan, 0.05, 20))
    last = seen[-1]
    assert [hop.addresses for hop in last.hops] == [(address,) for address in truth]
    assert [hop.sent for hop in last.hops] == [20] * 5
    assert last.hops[2].state is HopState.RATE_LIMITED
    assert last.packet_loss == 0.0
    assert [hop.unanswered for hop in last.hops[:2]] == [0.0, 0.0]


@pytest.mark.slow
def test_known_rounds_send_no_more_than_the_path_is_long() -> None:
    with Lab(routers=3, links={0: Impair()}) as lab:
        target = lab.address("server")
        plan = TracePlan(target, probes_per_hop=1)
        lab.client.run(lambda: watched([lab.network()], plan, 0.02, 1))
        first = lab.counters(0).forward["icmp"].seen
        lab.impair(0, Impair())
        lab.client.run(lambda: watched([lab.network()], plan, 0.02, 11))
        eleven = lab.counters(0).forward["icmp"].seen
    assert eleven - first == 10 * 4


@pytest.mark.slow
def test_rounds_keep_their_interval() -> None:
    from time import monotonic  # noqa: PLC0415

    async def timed(lab: Lab, plan: TracePlan) -> float:
        began = monotonic()
        await watched([lab.network()], plan, 0.2, 10)
        return monotonic() - began

    with Lab(routers=1, links={0: Impair(delay_s=0.05)}) as lab:
        plan = TracePlan(lab.address("server"), probes_per_hop=1)
        assert lab.client.run(lambda: timed(lab, plan)) >= 9 * 0.2
