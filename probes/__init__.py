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
from probes.network import LiveNetwork, Network, SimulatedNetwork
from probes.path_profile import PathProfile
from probes.ping import ping
from probes.plan import EchoPlan
from probes.resolve import PinnedTarget, admit, resolve
from probes.results import PingResult
from probes.targets import TargetPolicy
from probes.watch import watch

__all__ = [
    "EchoEngine",
    "EchoPlan",
    "EngineClosed",
    "LiveNetwork",
    "Network",
    "PacketError",
    "PathProfile",
    "PermissionMissing",
    "PingResult",
    "PinnedTarget",
    "PlanInvalid",
    "ProbeError",
    "RangeInvalid",
    "SimulatedNetwork",
    "SocketUnavailable",
    "TargetPolicy",
    "TargetRefused",
    "TargetUnresolvable",
    "admit",
    "ping",
    "resolve",
    "watch",
]
