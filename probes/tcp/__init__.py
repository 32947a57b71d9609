"""The TCP probe: connections or single SYNs to one port, timed by the kernel."""

from probes.tcp.plan import TcpPlan
from probes.tcp.result import TcpAttempt, TcpMode, TcpResult

__all__ = ["TcpAttempt", "TcpMode", "TcpPlan", "TcpResult"]
