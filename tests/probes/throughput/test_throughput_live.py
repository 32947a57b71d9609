"""Throughput on loopback, over a shaped link beside iperf3, and simulated."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from netlab import Lab
from peers import needs
from voice_rig import HOME, measured, serve_in, with_responder

from probes import FailureKind, SimulatedNetwork
from probes.agent_to_agent import Direction
from probes.throughput import Flow, Protocol, ThroughputPlan, ThroughputResult

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
