"""The mtu probe over a simulated path: one narrow link, told of or not."""

import ipaddress
import math
from dataclasses import dataclass
from random import Random

from probes.mtu.plan import MtuPlan
from probes.mtu.probe import found
from probes.mtu.result import MtuResult
from probes.mtu.search import SMALLEST, Search
from probes.mtu.verdict import SILENCE, Fate, Verdict
from probes.resolve import check_name
from probes.simulated import SimulatedNetwork

INTERFACE = 1500
_ROUTERS = {4: ipaddress.ip_address("198.19.0.0"), 6: ipaddress.ip_address("2001:2::")}
"""Ranges for laboratories (RFC 2544; RFC 5180)."""


async def simulated_mtu(plan: MtuPlan, network: SimulatedNetwork) -> MtuResult:
    """Search an imagined path as a real one is searched."""
    check_name(plan.target)
    address = network.address(plan.target)
    search = Search(SMALLEST[address.version], plan.longest_bytes + 1)
    link = draw_link(network.stream("mtu link", plan.target), address.version)
    path = _Path(plan, network, link, network.turn("mtu", plan.target))
    await search.run(path.verdict)
    await network.clock.sleep(path.spent_s)
    return found(plan, str(address), search, path.sent)


@dataclass(frozen=True, slots=True)
class Link:
    """The narrowest link of a path: how far along it lies (0 to 1), and whether it tells."""

    mtu_bytes: int
    router: str
    position: float
    silent: bool


def draw_link(stream: Random, version: int) -> Link:
    """Make one up: of 100 paths some 70 carry 1500 bytes, and 8 of the others are silent."""
    kind = stream.random()
    widths = ((0.70, 1500), (0.82, 1492), (0.90, 1480), (0.96, 1400), (1.0, 1280))
    mtu_bytes = next(width for bound, width in widths if kind < bound)
    router = _ROUTERS[version] + 1 + int(stream.random() * 2**16)
    position, silent = stream.random(), stream.random() < 0.25
    return Link(mtu_bytes, str(router), position, silent)


@dataclass(slots=True)
class _Path:
    """Gives verdicts, and counts packets and the time that they take."""

    plan: MtuPlan
    network: SimulatedNetwork
    link: Link
    stream: Random
    sent: int = 0
    spent_s: float = 0.0

    async def verdict(self, size: int) -> Verdict:
        if size > INTERFACE:
            self.sent += 1
            return Verdict(Fate.TOO_LONG, mtu_bytes=INTERFACE)
        offset_s, first = 0.0, (SILENCE, math.inf)
        for wait_s in self.plan.waits_s:
            self.sent += 1
            verdict, elapsed_s = self._fate(size)
            first = min(first, (verdict, offset_s + elapsed_s), key=lambda known: known[1])
            offset_s += wait_s
            if first[1] <= offset_s:
                break
        in_time = first[1] <= offset_s
        self.spent_s += first[1] if in_time else offset_s
        return first[0] if in_time else SILENCE

    def _fate(self, size: int) -> tuple[Verdict, float]:
        rtt_ms = self.network.round_trip_ms(self.plan.target, self.stream)
        if rtt_ms is None:
            return SILENCE, math.inf
        if size <= self.link.mtu_bytes:
            return Verdict(Fate.ANSWERED, rtt_ms), rtt_ms / 1000
        if self.link.silent:
            return SILENCE, math.inf
        told = Verdict(Fate.TOO_LONG, reporter=self.link.router, mtu_bytes=self.link.mtu_bytes)
        return told, rtt_ms * self.link.position / 1000
