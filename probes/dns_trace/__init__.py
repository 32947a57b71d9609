"""The DNS trace probe: from the root to a name's records, one delegation after the other."""

from probes.dns_trace.plan import DnsTracePlan
from probes.dns_trace.result import DnsTraceResult, TraceStep
from probes.dns_trace.root_hints import RootServer

__all__ = ["DnsTracePlan", "DnsTraceResult", "RootServer", "TraceStep"]
