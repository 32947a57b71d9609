"""Which network a probe meets: the real one where that is allowed, else a simulated one."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network
from typing import Literal, TypeVar

from mockserver.core.clock import Clock
from probes.errors import TargetRefused
from probes.live import LiveNetwork
from probes.network import Plan
from probes.simulated import SimulatedNetwork
from probes.targets import LOOPBACK, TargetPolicy

Mode = Literal["simulated", "live"]
R = TypeVar("R")


class ChosenNetwork:
    """Sends real packets to loopback and to what was allowed.

    Other targets are simulated, from the seed and at the pace of the clock; in live mode they are
    refused instead, so that a result there was always measured.
    """

    def __init__(
        self,
        mode: Mode,
        allowed: Sequence[IPv4Network | IPv6Network],
        seed: int,
        clock: Clock,
    ) -> None:
        """Choose by `mode`; `allowed` counts in live mode only."""
        self._mode = mode
        self._live = LiveNetwork(TargetPolicy((*LOOPBACK, *(allowed if mode == "live" else ()))))
        self._simulated = SimulatedNetwork(seed, clock)

    async def measure(self, plan: Plan[R]) -> R:
        """Carry the plan out; ProbeError says why that could not be done."""
        try:
            return await self._live.measure(plan)
        except TargetRefused:
            if self._mode == "live":
                raise
        return await self._simulated.measure(plan)

    async def close(self) -> None:
        """Close the sockets."""
        await self._live.close()
