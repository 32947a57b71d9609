"""Configurations of an account: what packets its sessions are traced with.

The manual names neither ids nor fields of them, only that the usual one sends ICMP: these are
ours. `tcp-PORT` is understood for every port, also where the list does not show it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mockserver.core.store import Document
from probes.ping import PingPlan
from probes.results import PingResult
from probes.tcp import TcpMode, TcpPlan, TcpResult

TIMEOUT_S = 1.0
_TCP = re.compile(r"tcp-([1-9][0-9]{0,4})")


@dataclass(frozen=True, slots=True)
class Configuration:
    """One way to trace; `port` counts for TCP only."""

    id: str
    name: str
    packet_type: str = "ICMP"
    port: int | None = None

    def plan(self, target: str) -> PingPlan | TcpPlan:
        """Return one probe of a target."""
        if self.port is None:
            return PingPlan(target, count=1, timeout_s=TIMEOUT_S)
        return TcpPlan(target, self.port, TcpMode.SYN, count=1, timeout_s=TIMEOUT_S)


ICMP = Configuration("icmp-default", "ICMP")


def _tcp(port: int) -> Configuration:
    return Configuration(f"tcp-{port}", f"TCP to port {port}", "TCP", port)


CONFIGURATIONS = (ICMP, _tcp(80), _tcp(443))


def configuration(id_: str) -> Configuration:
    """Return the configuration of that id; what nobody knows is traced like the usual one."""
    found = _TCP.fullmatch(id_)
    port = int(found[1]) if found else 0
    return _tcp(port) if 1 <= port <= 0xFFFF else ICMP


def round_trip(result: PingResult | TcpResult) -> tuple[int, float | None]:
    """Return how many probes left this machine, and the round trip if one was answered, in ms."""
    return result.sent, next((rtt for rtt in result.rtts_ms if rtt is not None), None)


def document(one: Configuration) -> Document:
    """Return what is shown of a configuration."""
    return {
        "Id": one.id,
        "Name": one.name,
        "PacketType": one.packet_type,
        "Port": one.port,
        "IsDefault": one is ICMP,
    }
