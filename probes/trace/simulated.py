"""A trace through the simulated internet: the same probes, course and reading, another clock."""

from __future__ import annotations

import heapq
from itertools import count
from random import Random
from typing import TYPE_CHECKING

from probes.resolve import PinnedTarget, check_name
from probes.ticker import TICK_S
from probes.trace.assemble import result_of
from probes.trace.course import BURST, Course
from probes.trace.dialects import DIALECTS
from probes.trace.plan import TracePlan, TraceProtocol
from probes.trace.probe import order_of
from probes.trace.result import TraceResult
from probes.trace.shot import Answer, Shot

if TYPE_CHECKING:
    from probes.simulated import SimulatedNetwork

_INSTANT_S = 1e-6


async def simulated_trace(plan: TracePlan, network: SimulatedNetwork) -> TraceResult:
    """Trace the way to the target and let the time pass that it takes."""
    check_name(plan.target)
    pinned = PinnedTarget(plan.target, network.address(plan.target))
    course = Course(order_of(plan), str(pinned.address))
    await simulated_travel(plan, network, pinned, course)
    result = result_of(plan, pinned, course)
    course.release()
    return result


async def simulated_travel(
    plan: TracePlan, network: SimulatedNetwork, pinned: PinnedTarget, course: Course
) -> None:
    """Carry a course out, and let the time pass that it takes."""
    course.base_s = network.now_s
    travel = _Travel(plan, network, pinned, course)
    await network.clock.sleep(travel.run())


class _Travel:
    """Events in order of time: probes leave as the course wants, answers arrive."""

    def __init__(
        self,
        plan: TracePlan,
        network: SimulatedNetwork,
        pinned: PinnedTarget,
        course: Course,
    ) -> None:
        ends = network.source(pinned.address), pinned.address
        self._dialect = DIALECTS[TraceProtocol(plan.protocol)](*ends, plan.probed_port or 0)
        self._internet = network.internet
        self._chance: Random = network.turn("trace", plan.target)
        self._began_s = network.now_s
        self._course = course
        self._arrivals: list[tuple[float, int, Shot, Answer, float]] = []
        self._order = count()
        self._keys = count(1)
        self._burst_s = 0.0

    def run(self) -> float:
        """Return the seconds that it takes."""
        now_s = 0.0
        latest_s = self._course.order.longest_s
        while not self._course.is_over(now_s):
            if now_s >= latest_s:
                self._course.cut(now_s)
                break
            wake_s = self._act(now_s)
            if self._arrivals and self._arrivals[0][0] <= wake_s:
                now_s = max(now_s, self._hear())
            else:
                # At least a little, lest rounding let the time stand still.
                now_s = max(wake_s, now_s + _INSTANT_S)
        return now_s

    def _act(self, now_s: float) -> float:
        """Send what is due, a burst a tick as the engine does; return when to act again."""
        if now_s < self._burst_s:
            return self._burst_s
        for _ in range(BURST):
            shot = self._course.next(now_s)
            if shot is None:
                over = self._course.is_over(now_s)
                return now_s if over else self._course.wake_s(now_s)
            self._send(shot, now_s)
        self._burst_s = now_s + TICK_S
        return self._burst_s

    def _send(self, shot: Shot, now_s: float) -> None:
        shot.key, shot.token = next(self._keys), int(self._chance.random() * 2**32)
        packet = self._dialect.packet(shot)
        self._course.sent(shot)
        for reply in self._internet.answer(packet, self._began_s + now_s, self._chance):
            answer = self._dialect.answer(reply.packet, shot)
            if answer and reply.delay_ms <= shot.timeout_ms:
                at_s = now_s + reply.delay_ms / 1000
                arrival = (at_s, next(self._order), shot, answer, reply.delay_ms)
                heapq.heappush(self._arrivals, arrival)

    def _hear(self) -> float:
        at_s, _, shot, answer, rtt_ms = heapq.heappop(self._arrivals)
        if shot.answer is None:
            shot.answer, shot.rtt_ms = answer, rtt_ms
            shot.lane.heard(shot)
        return at_s
