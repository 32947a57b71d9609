"""agent-to-agent: loss, latency and jitter each way, how much the path carries, and the path."""

from __future__ import annotations

from mockserver.core.store import Document
from mockserver.vendors.thousandeyes.descriptions import with_port
from mockserver.vendors.thousandeyes.measuring.entries import known, rounded
from mockserver.vendors.thousandeyes.measuring.faults import fault
from mockserver.vendors.thousandeyes.measuring.network_layer import path_layer
from mockserver.vendors.thousandeyes.measuring.responders import towards_target
from mockserver.vendors.thousandeyes.measuring.task import Findings, Task
from probes.agent_to_agent.plan import AgentToAgentPlan, Direction
from probes.agent_to_agent.result import AgentToAgentResult, OneWay
from probes.errors import ProbeError
from probes.network import Network
from probes.throughput.plan import Protocol, ThroughputPlan
from probes.throughput.result import ThroughputResult

_TO, _FROM, _BOTH = "TO_TARGET", "FROM_TARGET", "BIDIRECTIONAL"
_PLANNED = {_TO: Direction.TO_TARGET, _FROM: Direction.FROM_TARGET, _BOTH: Direction.BOTH}
_WAYS = {_TO: (_TO,), _FROM: (_FROM,), _BOTH: (_TO, _FROM)}
_SIZE_BYTES = 64
_RATE_MBIT_PER_S = 10
_MBIT = 1_000_000


async def measure(network: Network, task: Task) -> Findings:
    """Return an entry of `net/metrics` for each direction, of both ways one more, and the path.

    The entry of a direction has one-way figures, that of both ways the round trip's. A path can
    only be traced from the agent itself, so the way back has none.
    """
    network = towards_target(network, task)
    metrics = await _metrics(network, task)
    rates = await _rates(network, task)
    entries = [entry | rates.get(entry["_direction"], {}) for entry in metrics]
    return {"net/metrics": entries, **await _paths(network, task)}


async def _metrics(network: Network, task: Task) -> list[Document]:
    direction = task.settings["direction"]
    shown = (*_WAYS[direction], _BOTH) if direction == _BOTH else _WAYS[direction]
    entries = [{"server": _server(task), "_direction": way} for way in shown]
    try:
        result = await network.measure(_plan(task))
    except ProbeError as error:
        return [entry | fault(error) for entry in entries]
    return [entry | _seen(result, entry["_direction"]) for entry in entries]


def _plan(task: Task) -> AgentToAgentPlan:
    settings = task.settings
    return AgentToAgentPlan(
        str(task.target_host),
        _port(task),
        _PLANNED[settings["direction"]],
        size_bytes=settings.get("mss", _SIZE_BYTES),
        dscp=settings["dscpId"],
    )


def _seen(result: AgentToAgentResult, direction: str) -> Document:
    ways = {_TO: result.to_target, _FROM: result.from_target}
    way = ways.get(direction)
    figures = _round_trip(result) if direction == _BOTH else _one_way(way) if way else {}
    why = fault(result.failure) if result.failure else {}
    return known({"serverIp": result.address, **figures, **why})


def _one_way(way: OneWay) -> Document:
    return {
        "loss": rounded(way.packet_loss),
        "minLatency": rounded(way.min_latency_ms),
        "avgLatency": rounded(way.avg_latency_ms),
        "maxLatency": rounded(way.max_latency_ms),
        "jitter": rounded(way.jitters_ms["standard_deviation"], 6),
    }


def _round_trip(result: AgentToAgentResult) -> Document:
    return {
        "loss": rounded(result.packet_loss),
        "minLatency": rounded(result.min_rtt_ms),
        "avgLatency": rounded(result.avg_rtt_ms),
        "maxLatency": rounded(result.max_rtt_ms),
        "jitter": rounded(result.jitters_ms["standard_deviation"], 6),
    }


async def _rates(network: Network, task: Task) -> dict[str, Document]:
    """Return the throughput of each direction in Mbit/s, or why there is none."""
    if not task.settings["throughputMeasurements"]:
        return {}
    ways = _WAYS[task.settings["direction"]]
    try:
        result = await network.measure(_throughput_plan(task))
    except ProbeError as error:
        return dict.fromkeys(ways, fault(error))
    return {way: _rate(result, way) for way in ways}


def _rate(result: ThroughputResult, direction: str) -> Document:
    flow = result.to_target if direction == _TO else result.from_target
    if flow is None or flow.bits_per_s is None:
        return fault(result.failure) if result.failure else {}
    return {"throughput": round(flow.bits_per_s / _MBIT, 3)}


def _throughput_plan(task: Task) -> ThroughputPlan:
    settings = task.settings
    rate = settings.get("throughputRate") or _RATE_MBIT_PER_S
    return ThroughputPlan(
        str(task.target_host),
        _port(task),
        Protocol(settings["protocol"].lower()),
        _PLANNED[settings["direction"]],
        rate_bits_per_s=rate * _MBIT,
        duration_s=settings["throughputDuration"] / 1000,
        dscp=settings["dscpId"],
    )


async def _paths(network: Network, task: Task) -> Findings:
    if task.settings["direction"] == _FROM:
        return {"net/path-vis": []}
    # An open UDP port does not answer a trace: ICMP finds the target's end of the path.
    port = _port(task) if task.settings["protocol"] == "TCP" else None
    findings = await path_layer(network, task, str(task.target_host), port)
    entries = [entry | {"_direction": _TO} for entry in findings["net/path-vis"]]
    return {"net/path-vis": entries}


def _port(task: Task) -> int:
    return task.responder_port or int(task.settings["port"])


def _server(task: Task) -> str:
    host = str(task.target_host)
    return with_port(host, _port(task)) if task.settings["protocol"] == "TCP" else host
