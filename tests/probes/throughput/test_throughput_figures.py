"""What throughput makes of counts, refuses as a plan, and simulates."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from click.testing import CliRunner
from voice_rig import HOME, with_responder

from probes import FailureKind, PathProfile, PlanInvalid, SimulatedNetwork
from probes.agent_to_agent import Direction
from probes.cli import main
from probes.responder.tally import SECOND_NS
from probes.throughput import Protocol, ThroughputPlan, ThroughputResult
from probes.throughput.evaluation import bulk_flow, packet_flow


def simulated(plan: ThroughputPlan, **settings: Any) -> ThroughputResult:
    return asyncio.run(SimulatedNetwork(7, **settings).measure(plan))


def row(second: int, packets: int, size: int, last_ns: int, overflowed: int = 0) -> list[int]:
    return [second, packets, size, 0, 0, 0, second * SECOND_NS, last_ns, overflowed]


def test_the_rate_is_what_came_between_first_and_last() -> None:
    """101 packets of 125 bytes over one second: 100 of them after the first, 100 kbit/s."""
    plan = ThroughputPlan("x", protocol=Protocol.UDP)
    request = plan.request(Direction.TO_TARGET)
    flow = packet_flow(Direction.TO_TARGET, request, [row(0, 101, 101 * 125, SECOND_NS)], 200)
    assert flow.bits_per_s == pytest.approx(100_000)
    assert flow.loss_percent == 49.5


def test_what_the_receiver_was_too_slow_for_is_not_lost() -> None:
    request = ThroughputPlan("x", protocol=Protocol.UDP).request(Direction.TO_TARGET)
    rows = [row(0, 50, 5000, SECOND_NS), row(1, 20, 2000, 2 * SECOND_NS, overflowed=25)]
    flow = packet_flow(Direction.TO_TARGET, request, rows, 100)
    assert (flow.received, flow.overflowed, flow.loss_percent) == (70, 25, 5)


def test_a_moment_at_the_end_is_no_interval() -> None:
    rows = [row(0, 10, 1000, SECOND_NS - 1), row(1, 1, 100, SECOND_NS + 1000)]
    flow = bulk_flow(Direction.TO_TARGET, rows, [])
    assert [interval.second for interval in flow.intervals] == [0]
    assert flow.bytes == 1100


def test_retransmissions_are_by_the_second() -> None:
    received = [row(0, 10, 1000, SECOND_NS - 1), row(1, 10, 1000, 2 * SECOND_NS - 1)]
    sent = [[0, 5, 0, 10_000, 20, 0, 0, 0, 0], [1, 7, 0, 12_000, 30, 900, 0, 0, 0]]
    flow = bulk_flow(Direction.TO_TARGET, received, sent)
    assert [interval.retransmits for interval in flow.intervals] == [5, 2]
    assert (flow.retransmits, flow.rtt_ms, flow.rtt_deviation_ms) == (7, 12, 0.9)


def test_of_nothing_there_is_no_rate() -> None:
    flow = bulk_flow(Direction.TO_TARGET, [], [])
    assert (flow.bytes, flow.bits_per_s, flow.intervals) == (0, None, ())


@pytest.mark.parametrize(
    "settings",
    [
        {"protocol": "sctp"},
        {"direction": "up"},
        {"port": 0},
        {"duration_s": 0.05},
        {"duration_s": 61},
        {"protocol": Protocol.UDP, "rate_bits_per_s": 0},
        {"protocol": Protocol.UDP, "size_bytes": 19},
        {"protocol": Protocol.UDP, "rate_bits_per_s": 10**12},
        {"protocol": Protocol.TCP, "size_bytes": 99_999},
        {"protocol": Protocol.TCP, "size_bytes": 0},
        {"dscp": 64},
        {"timeout_s": float("nan")},
    ],
)
def test_impossible_plans_say_what_is_expected(settings: dict[str, Any]) -> None:
    with pytest.raises(PlanInvalid, match=r"expected|more than"):
        ThroughputPlan("x", **settings)


@pytest.mark.parametrize("protocol", Protocol)
def test_the_same_seed_gives_the_same_streams(protocol: Protocol) -> None:
    plan = ThroughputPlan("a.name", protocol=protocol, direction=Direction.BOTH)
    assert simulated(plan) == simulated(plan)


def test_a_simulated_udp_stream_loses_what_the_path_loses() -> None:
    path = {"a.name": PathProfile(loss_probability=0.2)}
    plan = ThroughputPlan("a.name", protocol=Protocol.UDP, rate_bits_per_s=1_000_000)
    (flow,) = simulated(plan, profiles=path).flows
    assert flow.loss_percent == pytest.approx(20, abs=6)


def test_loss_slows_simulated_tcp_down() -> None:
    def rate(loss: float) -> float:
        path = {"a.name": PathProfile(base_rtt_ms=100, loss_probability=loss)}
        (flow,) = simulated(ThroughputPlan("a.name"), profiles=path).flows
        assert flow.bits_per_s
        return flow.bits_per_s

    assert rate(0.0) > rate(0.01) > rate(0.05)


def test_a_simulated_tcp_stream_fills_every_figure() -> None:
    (flow,) = simulated(ThroughputPlan("a.name"), profiles={"a.name": PathProfile()}).flows
    assert len(flow.intervals) == 10
    assert None not in (flow.rtt_ms, flow.retransmits, flow.congestion_window, flow.bits_per_s)


def test_an_unreachable_path_fails_like_a_live_one() -> None:
    gone = PathProfile(loss_probability=1)
    result = simulated(ThroughputPlan("a.name"), profiles={"a.name": gone})
    assert result.failure is not None
    assert (result.failure.kind, result.failure.phase) == (FailureKind.TIMEOUT, "connect")


def test_the_verb_simulates() -> None:
    argv = ["throughput", "any.name", "--simulate", "7", "--json", "--direction", "both"]
    done = CliRunner().invoke(main, argv)
    assert done.exit_code == 0
    assert json.loads(done.output)["from_target"]["bits_per_s"] > 0


def test_the_verb_measures() -> None:
    async def use(responder: Any) -> Any:
        argv = ["throughput", HOME, "--port", str(responder.port), "--duration", "0.2"]
        argv += ["--protocol", "udp", "--rate", "1"]
        return await asyncio.to_thread(CliRunner().invoke, main, argv)

    done = with_responder(use)
    assert done.exit_code == 0
    assert "21 sent, 21 received, 0.000 % lost" in done.output
