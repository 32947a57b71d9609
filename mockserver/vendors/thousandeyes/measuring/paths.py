"""What a trace found, as entries of path-vis show it: where each path ended, and its hops."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockserver.core.store import Document
from mockserver.vendors.thousandeyes.measuring.faults import fault
from probes.icmp_errors import MplsLabel
from probes.trace.result import HopResponse, TraceHop, TracePath, TraceResult


def paths_found(result: TraceResult) -> Document:
    """Return the address that was traced, `endpoints` and `routes`, one of each a path."""
    return {
        "serverIp": result.address,
        "endpoints": [_endpoint(path, result.address) for path in result.paths],
        "routes": [{"hops": list(_hops(path))} for path in result.paths],
        **(fault(result.failure) if result.failure else {}),
    }


def _endpoint(path: TracePath, address: str) -> Document:
    # Of a path that did not get there, the hops that were tried tell how long it is at least.
    end = {"ipAddress": address, "numberOfHops": path.hops[-1].ttl if path.hops else 0}
    if not path.reached:
        return end
    return end | _response_time(path.hops[-1].avg_rtt_ms)


def _hops(path: TracePath) -> Iterator[Document]:
    for hop in path.hops:
        for response in hop.responses:
            yield _hop(hop, response)


def _hop(hop: TraceHop, response: HopResponse) -> Document:
    shown: Document = {"hop": hop.ttl, "ipAddress": response.address}
    labels = {"mpls": _mpls(response.labels)} if response.labels else {}
    return shown | _response_time(response.avg_rtt_ms) | labels


def _response_time(rtt_ms: float | None) -> Document:
    return {} if rtt_ms is None else {"responseTime": round(rtt_ms)}


def _mpls(labels: Sequence[MplsLabel]) -> str:
    return "; ".join(
        f"L={one.label},E={one.traffic_class},S={int(one.bottom)},T={one.ttl}" for one in labels
    )
