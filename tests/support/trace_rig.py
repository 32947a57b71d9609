"""Traces in laboratories: as nobody, without rights, through the engine that users get."""

from __future__ import annotations

import asyncio

# Nobody may be unable to read the interpreter's library: what is imported late, is needed early.
import encodings.idna
import secrets
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

from netlab import Lab

import probes.trace.assemble
import probes.trace.engine
import probes.trace.probe
from probes import LiveNetwork, TargetPolicy
from probes.icmp_errors import ErrorKind
from probes.resolve import PinnedTarget
from probes.trace import TracePlan, TraceResult
from probes.trace.continuous import continuous
from probes.trace.course import Course
from probes.trace.history import TraceWatchResult
from probes.trace.lane import Order
from probes.trace.shot import Answer, Shot

__all__ = ["asyncio", "encodings", "probes", "secrets"]

PATIENCE_S = 40.0
PIN = PinnedTarget("target", ip_address("10.0.0.9"))
HOST = str(PIN.address)


async def traces(ranges: Sequence[str], plans: Sequence[TracePlan]) -> list[TraceResult]:
    """Carry plans out one after the other over one live network."""
    network = LiveNetwork(TargetPolicy.allowing(*ranges))
    try:
        async with asyncio.timeout(PATIENCE_S):
            return [await network.measure(plan) for plan in plans]
    finally:
        await network.close()


def traced(lab: Lab, *plans: TracePlan, version: int = 4) -> list[TraceResult]:
    """Carry plans out from the client as nobody without rights."""
    ranges = [lab.network(version)]
    found: list[TraceResult] = lab.client.run_unprivileged(lambda: traces(ranges, plans))
    return found


async def watched(
    ranges: Sequence[str], plan: TracePlan, interval_s: float, rounds: int
) -> list[TraceWatchResult]:
    """Return the table after every round."""
    network = LiveNetwork(TargetPolicy.allowing(*ranges))
    try:
        async with asyncio.timeout(PATIENCE_S):
            seen = continuous(network, plan, interval_s, rounds=rounds)
            return [history.result() async for history in seen]
    finally:
        await network.close()


class Walk:
    """A course on a path that a test writes down: no packet, no clock but the test's."""

    def __init__(self, path: dict[int, str | None], **order: Any) -> None:
        """`path` tells who answers a TTL; what is not in it reaches the target."""
        self.path = path
        self.course = Course(Order(**order), HOST)
        self.now_s = 0.0
        self.waiting: list[Shot] = []

    def send(self) -> list[int]:
        """Send all that is due now; return the TTLs."""
        sent = []
        while shot := self.course.next(self.now_s):
            self.course.sent(shot)
            self.waiting.append(shot)
            sent.append(shot.ttl)
        return sent

    def answer(self, rtt_ms: float = 1.0) -> None:
        """Let everything under way be answered as the path says."""
        for shot in self.waiting:
            who = self.path.get(shot.ttl, HOST)
            if who is not None:
                kind = None if who == HOST else ErrorKind.TIME_EXCEEDED
                shot.answer, shot.rtt_ms = Answer(who, kind, 0, ()), rtt_ms
                shot.lane.heard(shot)
        self.waiting.clear()
        self.now_s += rtt_ms / 1000

    def finish(self) -> Course:
        """Go on until the course is over."""
        for _ in range(10_000):
            if self.course.is_over(self.now_s):
                return self.course
            self.send()
            self.answer()
            if not self.course.is_over(self.now_s):
                self.now_s = max(self.now_s + 1e-6, self.course.wake_s(self.now_s))
        raise AssertionError("the course never ends")


def routers(*ttls: int) -> dict[int, str | None]:
    """Name a router for each of these TTLs."""
    return {ttl: f"10.0.{ttl}.1" for ttl in ttls}
