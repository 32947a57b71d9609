"""Packets there and back: on loopback, through a cable, and simulated."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner
from netlab import Impair, Lab
from peers import until
from voice_rig import HOME, Drops, measured, serve_in, with_responder

from probes import FailureKind, PathProfile, SimulatedNetwork
from probes.agent_to_agent import AgentToAgentPlan, AgentToAgentResult, Direction
from probes.agent_to_agent.evaluation import Seen, Travels, evaluate, one_way
from probes.cli import main
from probes.responder.offset import ClockOffset

NUMBERED = b"PRN1"
MS = 1_000_000


def at_home(**settings: Any) -> AgentToAgentResult:
    async def use(responder: Any) -> AgentToAgentResult:
        usual: dict[str, Any] = {"count": 20, "interval_s": 0.001}
        result = await measured(AgentToAgentPlan(HOME, responder.port, **(usual | settings)))
        assert isinstance(result, AgentToAgentResult)
        return result

    result = with_responder(use)
    assert isinstance(result, AgentToAgentResult)
    return result


def simulated(plan: AgentToAgentPlan, **settings: Any) -> AgentToAgentResult:
    return asyncio.run(SimulatedNetwork(7, **settings).measure(plan))


@pytest.mark.parametrize("direction", Direction)
def test_loopback_loses_nothing_in_any_direction(direction: Direction) -> None:
    result = at_home(direction=direction)
    assert result.ok
    assert (result.to_target is None) == (direction == Direction.FROM_TARGET)
    assert (result.from_target is None) == (direction == Direction.TO_TARGET)
    for way in (result.to_target, result.from_target):
        assert way is None or (way.sent, way.received, way.duplicates, way.lost) == (20, 20, 0, 0)


def test_a_round_trip_is_both_ways_together() -> None:
    result = at_home()
    assert result.to_target is not None
    assert result.from_target is not None
    both = zip(result.to_target.latencies_ms, result.from_target.latencies_ms, strict=True)
    sums = [there + back for there, back in both if there is not None and back is not None]
    assert list(result.rtts_ms) == pytest.approx(sums, abs=1e-6)


def test_dscp_is_seen_both_ways() -> None:
    result = at_home(dscp=34)
    assert result.to_target is not None
    assert result.from_target is not None
    assert (result.to_target.dscp_received, result.from_target.dscp_received) == (34, 34)


def test_large_packets_come_back_as_large() -> None:
    assert at_home(size_bytes=8000, count=3).packet_loss == 0


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(routers=1, links={1: Impair()}) as made:
        yield made


@pytest.fixture(scope="module")
def port(lab: Lab) -> Iterator[int]:
    with serve_in(lab) as port:
        yield port


def across(lab: Lab, port: int, **settings: Any) -> AgentToAgentResult:
    usual: dict[str, Any] = {"count": 300, "interval_s": 0.005}
    plan = AgentToAgentPlan(lab.address("server"), port, **(usual | settings))
    network = lab.network()
    result = lab.client.run(lambda: measured(plan, None, network))
    assert isinstance(result, AgentToAgentResult)
    return result


@pytest.mark.slow
@pytest.mark.parametrize(("there", "back"), [(0.1, 0), (0, 0.1), (0.2, 0.05)])
def test_loss_is_the_cables_in_each_direction(
    lab: Lab, port: int, there: float, back: float
) -> None:
    lab.impair(1, Impair(drops=Drops(NUMBERED, there, 1)), Impair(drops=Drops(NUMBERED, back, 2)))
    result = across(lab, port)
    counted = lab.counters(1)
    assert result.to_target is not None
    assert result.from_target is not None
    assert result.to_target.lost == counted.forward["udp"].dropped
    assert result.from_target.lost == counted.backward["udp"].dropped
    assert result.from_target.sent == result.to_target.received


@pytest.mark.slow
def test_an_uneven_path_is_told_apart_by_direction(lab: Lab, port: int) -> None:
    lab.impair(1, Impair(delay_s=0.03), Impair(delay_s=0.01))
    result = across(lab, port, count=100)
    assert result.to_target is not None
    assert result.from_target is not None
    assert result.to_target.min_latency_ms == pytest.approx(30.2, abs=0.2)
    assert result.from_target.min_latency_ms == pytest.approx(10.2, abs=0.2)
    assert result.min_rtt_ms == pytest.approx(40.3, abs=0.4)


@pytest.mark.slow
def test_copies_are_counted_and_are_no_packets(lab: Lab, port: int) -> None:
    lab.impair(1, Impair(duplicate=0.2), Impair())
    result = across(lab, port, direction=Direction.TO_TARGET)
    assert result.to_target is not None
    assert (result.to_target.received, result.to_target.lost) == (300, 0)
    # Greetings are copied as well, and not counted here.
    greeted = lab.counters(1).forward["udp"].duplicated - result.to_target.duplicates
    assert 0 <= greeted <= 20
    assert result.to_target.duplicates > 20


@pytest.mark.slow
def test_overtaking_is_seen_where_it_happens(lab: Lab, port: int) -> None:
    lab.impair(1, Impair(delay_s=0.03, jitter_s=0.03), Impair())
    result = across(lab, port)
    assert result.to_target is not None
    assert result.from_target is not None
    assert result.to_target.reordered > 10
    assert result.from_target.reordered == 0


@pytest.mark.slow
def test_clocks_of_two_machines_agree_within_the_stated_error(lab: Lab, port: int) -> None:
    """Pretend not to know that both ends run on one kernel: the offset found must hold 0."""
    lab.impair(1, Impair(delay_s=0.02), Impair(delay_s=0.005))
    plan, network = AgentToAgentPlan(lab.address("server"), port, count=5), lab.network()

    async def as_strangers() -> AgentToAgentResult:
        from probes.responder import caller  # noqa: PLC0415

        caller.machine_digest = lambda _: "another"  # type: ignore[attr-defined]
        result = await measured(plan, None, network)
        assert isinstance(result, AgentToAgentResult)
        return result

    found = []
    for _ in range(8):
        result = lab.client.run(as_strangers)
        assert abs(result.clock_offset_ms) <= result.clock_error_ms
        found.append((result.clock_offset_ms, result.clock_error_ms))
        if found[-1] == (pytest.approx(7.5, abs=0.5), pytest.approx(12.6, abs=0.5)):
            return
    pytest.fail(f"offsets and errors of {found} ms where 7.5 and 12.6 are true")


@pytest.mark.slow
def test_nobody_without_rights_measures_alike(lab: Lab, port: int) -> None:
    lab.impair(1, Impair(delay_s=0.01), Impair(delay_s=0.01))
    plan, network = AgentToAgentPlan(lab.address("server"), port, count=20), lab.network()
    result = lab.client.run_unprivileged(lambda: measured(plan, None, network))
    assert result.packet_loss == 0
    assert result.min_rtt_ms == pytest.approx(20.3, abs=0.4)


@pytest.mark.slow
def test_the_responder_answers_only_whom_it_may(lab: Lab) -> None:
    """Two routers' worth of addresses: the server opens loopback alone, and resets the client."""
    from probes.responder.server import Responder  # noqa: PLC0415

    async def closed(announce: Any) -> None:
        async with Responder(host=lab.address("server"), port=0) as responder:
            announce(responder.port)
            await asyncio.Event().wait()

    lab.impair(1, Impair(), Impair())
    with lab.server.serving(closed) as port:
        result = across(lab, port, count=2)
    assert result.failure is not None
    assert result.failure.kind is FailureKind.RESET
    assert "udp" not in lab.counters(1).backward or not lab.counters(1).backward["udp"].seen


def test_what_was_never_sent_has_not_arrived() -> None:
    way = one_way({0: 0, 1: 20 * MS}, [Seen(1, 30 * MS, 0), Seen(7, 5, 0)], 0)
    assert (way.sent, way.received, way.latencies_ms) == (2, 1, (None, 10.0))


def test_of_copies_the_first_counts() -> None:
    way = one_way({0: 0}, [Seen(0, 3 * MS, 0), Seen(0, 9 * MS, 0)], 0)
    assert (way.duplicates, way.latencies_ms) == (1, (3.0,))


def test_time_spent_in_the_responder_is_no_round_trip() -> None:
    """There 10, waited 500, back 5: 15. The other clock is 1000 ms ahead."""
    travels = Travels({0: 0}, [Seen(0, 1010 * MS, 0)], {0: 1510 * MS}, [Seen(0, 515 * MS, 0)])
    result = evaluate(AgentToAgentPlan("x"), "x", travels, ClockOffset(1000 * MS, 0))
    assert result.rtts_ms == (15.0,)
    assert result.to_target is not None
    assert result.from_target is not None
    assert (result.to_target.avg_latency_ms, result.from_target.avg_latency_ms) == (10, 5)


def test_five_jitters_each_way() -> None:
    result = at_home(count=5)
    assert result.to_target is not None
    assert len(result.to_target.jitters_ms) == len(result.jitters_ms) == 5


def test_the_same_seed_gives_the_same_exchange() -> None:
    plan = AgentToAgentPlan("a.name")
    assert simulated(plan) == simulated(plan)


@pytest.mark.parametrize("direction", Direction)
def test_a_simulated_exchange_has_what_a_live_one_has(direction: Direction) -> None:
    result = simulated(
        AgentToAgentPlan("a.name", direction=direction), profiles={"a.name": PathProfile()}
    )
    assert result.ok
    assert (result.to_target is None) == (direction == Direction.FROM_TARGET)
    assert (result.from_target is None) == (direction == Direction.TO_TARGET)
    assert result.time_ms is not None


def test_a_simulated_way_is_half_a_round_trip() -> None:
    path = PathProfile(base_rtt_ms=40, jitter_ms=0, loss_probability=0)
    result = simulated(AgentToAgentPlan("a.name"), profiles={"a.name": path})
    assert result.to_target is not None
    assert (result.to_target.avg_latency_ms, result.avg_rtt_ms) == pytest.approx((20, 40))


def test_an_unreachable_path_fails_like_a_live_one() -> None:
    gone = PathProfile(loss_probability=1)
    result = simulated(AgentToAgentPlan("a.name"), profiles={"a.name": gone})
    assert result.failure is not None
    assert (result.failure.kind, result.failure.phase) == (FailureKind.TIMEOUT, "connect")


def test_the_verb_simulates() -> None:
    argv = ["agent-to-agent", "any.name", "--packets", "20", "--simulate", "7", "--json"]
    done = CliRunner().invoke(main, argv)
    assert done.exit_code == 0
    assert json.loads(done.output)["to_target"]["sent"] == 20


@pytest.mark.slow
def test_the_verbs_meet(tmp_path: Any) -> None:
    """`probes respond` and `probes agent-to-agent` as they are run by people."""
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415

    log = tmp_path / "respond.log"
    with log.open("wb") as words:
        argv = [sys.executable, "-u", "-m", "probes", "respond", "--port", "0"]
        server = subprocess.Popen(argv, stdout=words, stderr=words)
    try:
        until(lambda: b"port" in log.read_bytes(), "the responder says its port")
        port = log.read_text().split()[-1]
        done = CliRunner().invoke(main, ["agent-to-agent", HOME, "--port", port])
    finally:
        server.terminate()
        status = server.wait(20)
    assert done.exit_code == 0
    assert "50 sent, 50 received, 0.000 % lost" in done.output
    assert status == 0
