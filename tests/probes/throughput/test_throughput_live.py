"""Throughput on loopback, over a shaped link beside iperf3, and simulated."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from netlab import Lab
from peers import needs
from voice_rig import HOME, measured, serve_in, with_responder

from probes import FailureKind, PathProfile, PlanInvalid, SimulatedNetwork
from probes.agent_to_agent import Direction
from probes.cli import main
from probes.responder.tally import SECOND_NS
from probes.throughput import Flow, Protocol, ThroughputPlan, ThroughputResult
from probes.throughput.evaluation import bulk_flow, packet_flow

WAYS = (Direction.TO_TARGET, Direction.FROM_TARGET)
TRIES = 8


def at_home(**settings: Any) -> ThroughputResult:
    async def use(responder: Any) -> ThroughputResult:
        usual: dict[str, Any] = {"duration_s": 0.1, "direction": Direction.BOTH}
        result = await measured(ThroughputPlan(HOME, responder.port, **(usual | settings)))
        assert isinstance(result, ThroughputResult)
        return result

    result = with_responder(use)
    assert isinstance(result, ThroughputResult)
    return result


def simulated(plan: ThroughputPlan, **settings: Any) -> ThroughputResult:
    return asyncio.run(SimulatedNetwork(7, **settings).measure(plan))


def test_udp_arrives_as_it_was_sent() -> None:
    result = at_home(protocol=Protocol.UDP, rate_bits_per_s=4_000_000)
    for flow in result.flows:
        assert flow.received == flow.sent == 42
        assert flow.bytes == 42 * 1200
        assert (flow.loss_percent, flow.duplicates) == (0, 0)
    assert len(result.flows) == 2


def test_udp_has_nothing_of_tcp() -> None:
    (flow,) = at_home(protocol=Protocol.UDP, direction=Direction.TO_TARGET).flows
    assert (flow.retransmits, flow.rtt_ms, flow.congestion_window) == (None, None, None)


def test_tcp_has_what_the_sending_kernel_knows() -> None:
    for flow in at_home().flows:
        assert flow.bits_per_s
        assert (flow.sent, flow.loss_percent) == (None, None)
        assert flow.rtt_ms is not None
        assert flow.rtt_ms > 0
        assert flow.retransmits is not None
        assert flow.congestion_window is not None
        assert flow.congestion_window > 0


def test_where_nobody_listens_the_connection_is_refused() -> None:
    result = asyncio.run(measured(ThroughputPlan(HOME, 9)))
    assert result.failure.kind is FailureKind.REFUSED
    assert not result.ok
    assert result.time_ms is None


def test_more_than_the_responder_gives_is_its_denial() -> None:
    from probes.responder.server import Terms  # noqa: PLC0415

    async def use(responder: Any) -> Any:
        return await measured(ThroughputPlan(HOME, responder.port, Protocol.UDP))

    result = with_responder(use, terms=Terms(bits_per_s=1_000_000))
    assert result.failure.kind is FailureKind.STATUS
    assert "1000000 are the most here" in result.failure.message


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(routers=1) as made:
        yield made


@pytest.fixture(scope="module")
def port(lab: Lab) -> Iterator[int]:
    with serve_in(lab) as port:
        yield port


def shape(lab: Lab, rate: str) -> None:
    """Let the router pass on no more than this, either way."""
    for device in ("left0", "right0"):
        lab.routers[0].exec(
            f"tc qdisc replace dev {device} root tbf rate {rate} burst 32kbit latency 50ms"
        )


def across(lab: Lab, port: int, **settings: Any) -> Flow:
    plan = ThroughputPlan(lab.address("server"), port, duration_s=2, **settings)
    network = lab.network()
    (flow,) = lab.client.run(lambda: measured(plan, None, network)).flows
    assert isinstance(flow, Flow)
    return flow


def iperf3(lab: Lab, tmp_path: Path, *options: str) -> float:
    """Return what iperf3's receiver got, bit/s."""
    (program,) = needs("iperf3")
    address = lab.address("server")
    serve = [program, "-s", "-B", address, "-p", "5201"]
    with lab.server.running(serve, tmp_path / "iperf3.log", lambda: lab.server.listens(5201)):
        said = lab.client.exec([program, "-c", address, "-p", "5201", "-t", "2", "-J", *options])
    end = json.loads(said)["end"]
    total = end.get("sum_received") or end["sum"]
    lost = total.get("lost_percent", 0) if "-u" in options else 0
    return float(total["bits_per_second"]) * (1 - lost / 100 if "sum_received" not in end else 1)


@pytest.mark.slow
@pytest.mark.parametrize("direction", WAYS)
def test_tcp_fills_a_link_as_iperf3_does(
    lab: Lab, port: int, tmp_path: Path, direction: Direction
) -> None:
    shape(lab, "10mbit")
    back = ["-R"] if direction == Direction.FROM_TARGET else []
    pairs = []
    for _ in range(TRIES):
        ours = across(lab, port, direction=direction).bits_per_s
        theirs = iperf3(lab, tmp_path, *back)
        pairs.append((ours, theirs))
        if ours == pytest.approx(theirs, rel=0.05):
            return
    pytest.fail(f"ours and iperf3's, bit/s: {pairs}")


@pytest.mark.slow
@pytest.mark.parametrize("direction", WAYS)
def test_udp_that_fits_arrives_at_its_rate(lab: Lab, port: int, direction: Direction) -> None:
    shape(lab, "10mbit")
    flow = across(lab, port, protocol=Protocol.UDP, direction=direction, rate_bits_per_s=5_000_000)
    assert flow.loss_percent == 0
    assert flow.bits_per_s == pytest.approx(5e6, rel=0.02)


@pytest.mark.slow
def test_udp_that_does_not_fit_loses_what_iperf3_loses(
    lab: Lab, port: int, tmp_path: Path
) -> None:
    shape(lab, "10mbit")
    pairs = []
    for _ in range(TRIES):
        flow = across(lab, port, protocol=Protocol.UDP, rate_bits_per_s=15_000_000)
        theirs = iperf3(lab, tmp_path, "-u", "-b", "15M", "-l", "1200")
        pairs.append((flow.bits_per_s, theirs))
        assert flow.loss_percent == pytest.approx(36, abs=4)
        if flow.bits_per_s == pytest.approx(theirs, rel=0.05):
            return
    pytest.fail(f"ours and iperf3's, bit/s: {pairs}")


@pytest.mark.slow
def test_loss_is_what_the_router_dropped(lab: Lab, port: int) -> None:
    lab.routers[0].exec("tc qdisc replace dev right0 root pfifo limit 1000")
    rule = "'udp length 1208 numgen inc mod 10 < 1 counter drop'"
    lab.routers[0].exec(
        "nft add table ip t; nft add chain ip t f '{ type filter hook forward priority 0; }';"
        f"nft add rule ip t f {rule}"
    )
    try:
        flow = across(lab, port, protocol=Protocol.UDP, rate_bits_per_s=2_000_000)
        listed = json.loads(lab.routers[0].exec("nft -j list chain ip t f"))["nftables"]
    finally:
        lab.routers[0].exec("nft delete table ip t")
    (counter,) = [
        part["counter"]["packets"]
        for entry in listed
        for part in entry.get("rule", {}).get("expr", [])
        if "counter" in part
    ]
    assert flow.sent is not None
    assert flow.received is not None
    assert flow.sent - flow.received == counter > 0


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
