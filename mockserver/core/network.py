"""Which network a probe meets: the real one where that is allowed, else a simulated one."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network
from typing import Literal

from mockserver.core.clock import Clock
from probes.errors import TargetRefused
from probes.network import LiveNetwork, SimulatedNetwork
from probes.results import PingResult
from probes.targets import LOOPBACK, TargetPolicy

Mode = Literal["simulated", "live"]


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
        self._simulated = SimulatedNetwork(seed, sleep=clock.sleep)

    async def ping(
        self, target: str, *, count: int, interval_s: float, timeout_s: float
    ) -> PingResult:
        """Send `count` echo requests; ProbeError says why that could not be done."""
        try:
            return await self._live.ping(
                target, count=count, interval_s=interval_s, timeout_s=timeout_s
            )
        except TargetRefused:
            if self._mode == "live":
                raise
        return await self._simulated.ping(
            target, count=count, interval_s=interval_s, timeout_s=timeout_s
        )

    async def close(self) -> None:
        """Close the sockets."""
        await self._live.close()
