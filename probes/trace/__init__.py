"""Tracing: the routers on the way to a target, by flow, with their answers told from loss."""

from probes.trace.plan import TracePlan, TraceProtocol
from probes.trace.result import HopResponse, HopState, TraceHop, TracePath, TraceResult

__all__ = [
    "HopResponse",
    "HopState",
    "TraceHop",
    "TracePath",
    "TracePlan",
    "TraceProtocol",
    "TraceResult",
]
