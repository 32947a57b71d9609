"""Measuring the way to a host: probes, their results and statistics, live or simulated."""

from probes.engine import EchoEngine
from probes.errors import (
    EngineClosed,
    PacketError,
    PermissionMissing,
    PlanInvalid,
    ProbeError,
    RangeInvalid,
    SocketUnavailable,
    TargetRefused,
    TargetUnresolvable,
)
from probes.failure import Failure, FailureKind
from probes.gate import Gate, Limits
from probes.live import LiveNetwork
from probes.measure import measure
from probes.network import Network, Plan
from probes.path_profile import PathProfile
from probes.ping import PingPlan, ping
from probes.plan import EchoPlan
from probes.resolve import PinnedTarget, admit, resolve
from probes.results import PingResult, Result
from probes.simulated import SimulatedNetwork
from probes.targets import TargetPolicy
from probes.watch import watch

__all__ = [
    "EchoEngine",
    "EchoPlan",
    "EngineClosed",
    "Failure",
    "FailureKind",
    "Gate",
    "Limits",
    "LiveNetwork",
    "Network",
    "PacketError",
    "PathProfile",
    "PermissionMissing",
    "PingPlan",
    "PingResult",
    "PinnedTarget",
    "Plan",
    "PlanInvalid",
    "ProbeError",
    "RangeInvalid",
    "Result",
    "SimulatedNetwork",
    "SocketUnavailable",
    "TargetPolicy",
    "TargetRefused",
    "TargetUnresolvable",
    "admit",
    "measure",
    "ping",
    "resolve",
    "watch",
]
