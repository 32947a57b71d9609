"""How many connections to try, how far apart, and how long to wait for each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from probes.errors import PlanInvalid
from probes.tcp.result import TcpMode, TcpResult

if TYPE_CHECKING:
    from probes.live import LiveNetwork
    from probes.simulated import SimulatedNetwork

MOST_CONNECTIONS = 1000
MOST_SYNS = 50
"""As many as the agent-to-server test of ThousandEyes sends in a round."""
SYN_PATIENCE_S = 1.0
"""After this the kernel would send the SYN again (RFC 6298, section 2.1)."""


@dataclass(frozen=True, slots=True)
class TcpPlan:
    """Attempts at one port of a target, begun `interval_s` apart whatever becomes of them.

    `connect` waits as long for a connection as any program would, the kernel's repeated SYNs
    included. `syn` judges each attempt by its first SYN, and waits one second at most.
    """

    most_at_once: ClassVar[int] = 64

    target: str
    port: int
    mode: TcpMode = TcpMode.CONNECT
    count: int = 4
    interval_s: float = 0.2
    timeout_s: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot be carried out."""
        object.__setattr__(self, "mode", _mode(self.mode))
        if not 1 <= self.port <= 0xFFFF:
            raise PlanInvalid(f"A TCP port is 1 to 65535, not {self.port}.")
        most = MOST_SYNS if self.mode is TcpMode.SYN else MOST_CONNECTIONS
        if not 1 <= self.count <= most:
            raise PlanInvalid(
                f"The mode {self.mode} takes 1 to {most} attempts, not {self.count}."
            )
        if not (math.isfinite(self.interval_s) and self.interval_s >= 0):
            raise PlanInvalid(f"The interval must be zero or more seconds, not {self.interval_s}.")
        self._check_patience()

    def _check_patience(self) -> None:
        if not (math.isfinite(self.timeout_s) and self.timeout_s > 0):
            raise PlanInvalid(f"The timeout must be more than zero seconds, not {self.timeout_s}.")
        if self.mode is TcpMode.SYN and self.timeout_s > SYN_PATIENCE_S:
            raise PlanInvalid(
                f"The mode syn waits {SYN_PATIENCE_S:g} s at most, not {self.timeout_s:g},"
                " because the kernel sends the SYN again then."
            )

    async def live(self, network: LiveNetwork) -> TcpResult:
        """Resolve the target once, pin its address and connect to that."""
        from probes.tcp.probe import tcp  # noqa: PLC0415 - plans are cheap to import

        return await tcp(self, network)

    async def simulated(self, network: SimulatedNetwork) -> TcpResult:
        """Work out what the path does to handshakes."""
        from probes.tcp.simulated import simulated_tcp  # noqa: PLC0415 - plans are cheap to import

        return await simulated_tcp(self, network)


def _mode(given: str) -> TcpMode:
    try:
        return TcpMode(given)
    except ValueError:
        names = " or ".join(TcpMode)
        raise PlanInvalid(f"The mode must be {names}, not {str(given)[:40]!r}.") from None
