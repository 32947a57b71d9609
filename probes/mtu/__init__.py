"""The path MTU probe: how long a packet may be on the way to a target, and who says so."""

from probes.mtu.plan import MtuPlan
from probes.mtu.result import MtuProtocol, MtuReport, MtuResult

__all__ = ["MtuPlan", "MtuProtocol", "MtuReport", "MtuResult"]
