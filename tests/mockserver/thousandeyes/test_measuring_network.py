"""agent-to-server tests, judged by the kernel's packet counters and a listener's own count."""

from __future__ import annotations

import asyncio
import socket
from statistics import fmean, pstdev
from typing import Any

import pytest
from namespaces import Namespace
from peers import needs
from te_tasks import HOME, InstantClock, apply_rules, found, measured, packets, task

from mockserver.core.networks import ChosenNetworks, Witness
from mockserver.vendors.thousandeyes.measuring.paths import paths_found
from probes.icmp_errors import MplsLabel
from probes.ping import PingPlan
from probes.tcp.plan import TcpPlan
from probes.tcp.result import TcpMode
from probes.trace.plan import TraceProtocol
from probes.trace.result import HopResponse, HopState, TraceHop, TracePath, TraceResult

# Of echo requests and of SYNs every fifth is dropped; traces carry a low TTL or an ECN mark.
RULES = """table inet t {
  counter echoes {}
  counter echoes_lost {}
  counter syns {}
  counter syns_lost {}
  chain heard {
    type filter hook input priority 0;
    icmp type echo-request ip ttl >= 60 counter name echoes
    icmp type echo-request ip ttl >= 60 numgen inc mod 5 0 counter name echoes_lost drop
    tcp dport 7007 tcp flags & (syn | ack) == syn ip ttl >= 60 counter name syns
    tcp dport 7007 tcp flags & (syn | ack) == syn ip ttl >= 60 numgen inc mod 5 0 counter name syns_lost drop
  }
}"""  # noqa: E501
SENT = 50


def counted(**body: Any) -> dict[str, Any]:
    before = packets()
    findings = measured("agent-to-server", {"server": HOME, **body}, source_prefix="192.0.2.0/24")
    return {
        "findings": findings,
        "counted": {name: count - before[name] for name, count in packets().items()},
    }


def study() -> dict[str, Any]:
    apply_rules(RULES)
    with socket.create_server((HOME, 7007)), socket.create_server((HOME, 7008)) as quiet:
        return {
            "icmp": counted(protocol="ICMP"),
            "tcp": counted(port=7007),
            "open": counted(port=quiet.getsockname()[1], numPathTraces=5),
            "closed": counted(port=7009),
            "unknown": counted(server="nowhere.invalid"),
        }


@pytest.fixture(scope="module")
def lab() -> Any:
    needs("nft")
    return Namespace().run(study)


def metrics(lab: Any, case: str) -> dict[str, Any]:
    (entry,) = lab[case]["findings"]["net/metrics"]
    return dict(entry)


def paths(lab: Any, case: str) -> dict[str, Any]:
    (entry,) = lab[case]["findings"]["net/path-vis"]
    return dict(entry)


@pytest.mark.slow
@pytest.mark.parametrize(("case", "name"), [("icmp", "echoes"), ("tcp", "syns")])
def test_loss_is_what_the_kernel_dropped(lab: Any, case: str, name: str) -> None:
    counts = lab[case]["counted"]
    assert counts[name] >= SENT
    assert metrics(lab, case)["loss"] == pytest.approx(20.0, abs=4)
    assert counts[f"{name}_lost"] / counts[name] == pytest.approx(0.2, abs=0.02)


@pytest.mark.slow
def test_a_port_is_shown_only_where_tcp_was_used(lab: Any) -> None:
    assert metrics(lab, "icmp")["server"] == HOME
    assert metrics(lab, "tcp")["server"] == f"{HOME}:7007"


@pytest.mark.slow
def test_an_open_port_loses_nothing(lab: Any) -> None:
    entry = metrics(lab, "open")
    assert (entry["loss"], entry["serverIp"]) == (0.0, HOME)
    assert 0 < entry["minLatency"] <= entry["avgLatency"] <= entry["maxLatency"]
    assert entry["jitter"] >= 0


@pytest.mark.slow
def test_a_closed_port_answers_too(lab: Any) -> None:
    assert metrics(lab, "closed")["loss"] == 0.0


@pytest.mark.slow
def test_there_are_as_many_traces_as_wanted(lab: Any) -> None:
    entry = paths(lab, "open")
    assert len(entry["endpoints"]) == len(entry["routes"]) == 5
    end = {"ipAddress": HOME, "numberOfHops": 1, "responseTime": 0}
    assert entry["endpoints"][0] == end


@pytest.mark.slow
def test_a_trace_tells_both_ends(lab: Any) -> None:
    entry = paths(lab, "open")
    ends = {key: entry[key] for key in ("server", "serverIp", "sourceIp", "sourcePrefix")}
    assert ends == {
        "server": f"{HOME}:7008",
        "serverIp": HOME,
        "sourceIp": "192.0.2.77",
        "sourcePrefix": "192.0.2.0/24",
    }


@pytest.mark.slow
def test_a_name_that_leads_nowhere_is_an_error_on_both_pages(lab: Any) -> None:
    for entry in (metrics(lab, "unknown"), paths(lab, "unknown")):
        assert entry["errorType"] == "DNS"
        assert "nowhere.invalid" in entry["errorDetails"]
    assert paths(lab, "unknown")["endpoints"] == []


@pytest.mark.parametrize("protocol", ["ICMP", "TCP"])
def test_figures_are_those_of_fifty_packets_and_jitter_is_their_deviation(protocol: str) -> None:
    body = {"server": "www.example.com", "protocol": protocol}
    findings, _ = asyncio.run(found(task("agent-to-server", body)))
    (entry,) = findings["net/metrics"]
    sent = asyncio.run(packets_of("www.example.com", protocol))
    assert len(sent) == SENT
    times = [time for time in sent if time is not None]
    assert entry["loss"] == 100 * (SENT - len(times)) / SENT
    assert entry["avgLatency"] == pytest.approx(fmean(times), abs=0.001)
    assert entry["jitter"] == pytest.approx(pstdev(times), abs=0.000_001)
    assert (entry["minLatency"], entry["maxLatency"]) == (
        pytest.approx(min(times), abs=0.001),
        pytest.approx(max(times), abs=0.001),
    )


async def packets_of(host: str, protocol: str) -> tuple[float | None, ...]:
    """Return what the same packets meet in the same simulation."""
    networks = ChosenNetworks("simulated", (), 1, InstantClock())
    plan: Any = PingPlan(host, SENT, 0.02)
    if protocol == "TCP":
        plan = TcpPlan(host, 80, TcpMode.SYN, SENT, 0.02)
    result = await Witness(networks.at("te/agent")).measure(plan)
    await networks.close()
    return tuple(result.rtts_ms)


def test_hops_and_labels_are_worded_as_documented() -> None:
    labels = (MplsLabel(399_088, 0, bottom=True, ttl=1),)
    silent = TraceHop(1, 3, (), HopState.SILENT)
    router = HopResponse("198.51.100.1", (1.2, 2.2), labels)
    middle = TraceHop(2, 3, (router,), HopState.ANSWERS)
    end = TraceHop(3, 3, (HopResponse("192.0.2.80", (20.6,)),), HopState.ANSWERS, is_target=True)
    path = TracePath(0, (silent, middle, end), reached=True)
    result = TraceResult("www.example.com", "192.0.2.80", TraceProtocol.TCP, 80, (path,))
    assert paths_found(result) == {
        "serverIp": "192.0.2.80",
        "endpoints": [{"ipAddress": "192.0.2.80", "numberOfHops": 3, "responseTime": 21}],
        "routes": [
            {
                "hops": [
                    {
                        "hop": 2,
                        "ipAddress": "198.51.100.1",
                        "responseTime": 2,
                        "mpls": "L=399088,E=0,S=1,T=1",
                    },
                    {"hop": 3, "ipAddress": "192.0.2.80", "responseTime": 21},
                ]
            }
        ],
    }


def test_a_path_that_does_not_arrive_has_no_time() -> None:
    lost = TraceHop(1, 3, (), HopState.LOST)
    path = TracePath(0, (lost,), reached=False)
    result = TraceResult("192.0.2.80", "192.0.2.80", TraceProtocol.ICMP, None, (path,))
    assert paths_found(result)["endpoints"] == [{"ipAddress": "192.0.2.80", "numberOfHops": 1}]
