"""The network below a test: loss, latency and jitter to its target, and the paths there."""

from __future__ import annotations

import asyncio

from mockserver.core.store import Document
from mockserver.vendors.thousandeyes.descriptions import with_port
from mockserver.vendors.thousandeyes.measuring.entries import known, rounded
from mockserver.vendors.thousandeyes.measuring.faults import fault
from mockserver.vendors.thousandeyes.measuring.paths import paths_found
from mockserver.vendors.thousandeyes.measuring.task import Findings, Task
from probes.errors import ProbeError
from probes.network import Network
from probes.ping import PingPlan
from probes.results import PingResult
from probes.tcp.plan import MOST_SYNS, TcpPlan
from probes.tcp.result import TcpMode, TcpResult
from probes.trace.plan import TracePlan, TraceProtocol

_INTERVAL_S = 0.02
_PATHS = 3


async def network_layer(network: Network, task: Task, host: str, port: int | None) -> Findings:
    """Measure `net/metrics` and `net/path-vis` towards a host; without a port by ICMP.

    Nothing is measured where the test wants none, and ICMP is used where the test names it,
    whatever the port. What goes wrong is an entry, never raised.
    """
    if not task.settings.get("networkMeasurements", 1):
        return {}
    used = None if task.settings.get("protocol") == "ICMP" else port
    metrics, paths = await asyncio.gather(
        _metrics(network, host, used), _paths(network, task, host, used)
    )
    return {"net/metrics": [metrics], "net/path-vis": [paths]}


async def path_layer(network: Network, task: Task, host: str, port: int | None) -> Findings:
    """Measure `net/path-vis` alone towards a host; without a port by ICMP."""
    return {"net/path-vis": [await _paths(network, task, host, port)]}


def nothing_below(task: Task, error: ProbeError) -> Findings:
    """Return the entries of a network layer whose target cannot even be named."""
    if not task.settings.get("networkMeasurements", 1):
        return {}
    paths: Document = {"endpoints": [], "routes": [], **fault(error)}
    return {"net/metrics": [fault(error)], "net/path-vis": [paths]}


async def _metrics(network: Network, host: str, port: int | None) -> Document:
    server = {"server": _server(host, port)}
    try:
        return {**server, **_figures(await _probed(network, host, port))}
    except ProbeError as error:
        return {**server, **fault(error)}


async def _probed(network: Network, host: str, port: int | None) -> PingResult | TcpResult:
    # As many packets as the vendor's agents send in a round, only closer together.
    if port is None:
        return await network.measure(PingPlan(host, MOST_SYNS, _INTERVAL_S))
    return await network.measure(TcpPlan(host, port, TcpMode.SYN, MOST_SYNS, _INTERVAL_S))


def _figures(result: PingResult | TcpResult) -> Document:
    figures = {
        "serverIp": result.address,
        "loss": result.packet_loss,
        "minLatency": rounded(result.min_rtt_ms),
        "avgLatency": rounded(result.avg_rtt_ms),
        "maxLatency": rounded(result.max_rtt_ms),
        "jitter": rounded(result.jitters_ms["standard_deviation"], 6),
    }
    return known(figures) | _why_nothing(result)


def _why_nothing(result: PingResult | TcpResult) -> Document:
    if isinstance(result, TcpResult):
        return fault(result.failure) if result.failure else {}
    if result.send_error is not None and not result.ok:
        return {"errorType": "CONNECT", "errorDetails": result.send_error}
    return {}


async def _paths(network: Network, task: Task, host: str, port: int | None) -> Document:
    ends = {"server": _server(host, port), "sourceIp": task.source_ip}
    if task.source_prefix:
        ends["sourcePrefix"] = task.source_prefix
    protocol = TraceProtocol.ICMP if port is None else TraceProtocol.TCP
    flows = task.settings.get("numPathTraces", _PATHS)
    try:
        result = await network.measure(TracePlan(host, protocol, port, flows, probes_per_hop=1))
    except ProbeError as error:
        return {**ends, "endpoints": [], "routes": [], **fault(error)}
    return {**ends, **paths_found(result)}


def _server(host: str, port: int | None) -> str:
    return host if port is None else with_port(host, port)
