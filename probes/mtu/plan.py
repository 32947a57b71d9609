"""What to look for between which sizes, and how patiently."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from probes.errors import PlanInvalid
from probes.mtu.result import MtuProtocol, MtuResult

if TYPE_CHECKING:
    from probes.live import LiveNetwork
    from probes.simulated import SimulatedNetwork

LONGEST_PACKET = 65_535
SHORTEST_LONGEST = 1280
"""Any path carries this in IPv6 (RFC 8200, section 5)."""
FIRST_PORT = 33_434
MOST_TRIES = 10


@dataclass(frozen=True, slots=True)
class MtuPlan:
    """A search for the path MTU, up to `longest_bytes`.

    A size is too long once `tries` packets of it, `spacing_s` apart, have met a message that
    says so, or silence for `timeout_s` after the last. With UDP the ports count up from `port`.
    """

    most_at_once: ClassVar[int] = 64

    target: str
    protocol: MtuProtocol = MtuProtocol.ICMP
    longest_bytes: int = LONGEST_PACKET
    tries: int = 3
    spacing_s: float = 0.1
    timeout_s: float = 1.0
    port: int = FIRST_PORT

    def __post_init__(self) -> None:
        """Refuse what cannot be carried out."""
        object.__setattr__(self, "protocol", _protocol(self.protocol))
        if not SHORTEST_LONGEST <= self.longest_bytes <= LONGEST_PACKET:
            raise PlanInvalid(
                f"The longest packet must have {SHORTEST_LONGEST} to {LONGEST_PACKET} bytes,"
                f" not {self.longest_bytes}."
            )
        if not 1 <= self.tries <= MOST_TRIES:
            raise PlanInvalid(f"Each size is tried 1 to {MOST_TRIES} times, not {self.tries}.")
        if not 1 <= self.port <= 0xFFFF:
            raise PlanInvalid(f"A UDP port is 1 to 65535, not {self.port}.")
        self._check_patience()

    def _check_patience(self) -> None:
        if not (math.isfinite(self.spacing_s) and self.spacing_s >= 0):
            raise PlanInvalid(f"The spacing must be zero or more seconds, not {self.spacing_s}.")
        if not (math.isfinite(self.timeout_s) and self.timeout_s > 0):
            raise PlanInvalid(f"The timeout must be more than zero seconds, not {self.timeout_s}.")

    @property
    def waits_s(self) -> tuple[float, ...]:
        """How long to wait after each try of one size."""
        return (*(self.spacing_s for _ in range(self.tries - 1)), self.timeout_s)

    async def live(self, network: LiveNetwork) -> MtuResult:
        """Resolve the target once, pin its address and probe that."""
        from probes.mtu.probe import mtu  # noqa: PLC0415 - plans are cheap to import

        return await mtu(self, network)

    async def simulated(self, network: SimulatedNetwork) -> MtuResult:
        """Search an imagined path."""
        from probes.mtu.simulated import simulated_mtu  # noqa: PLC0415 - plans are cheap to import

        return await simulated_mtu(self, network)


def _protocol(given: str) -> MtuProtocol:
    try:
        return MtuProtocol(given)
    except ValueError:
        names = " or ".join(MtuProtocol)
        raise PlanInvalid(f"The protocol must be {names}, not {str(given)[:40]!r}.") from None
