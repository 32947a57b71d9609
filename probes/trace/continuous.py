"""Tracing without an end in sight: a round every interval, and a table over the last of them."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from itertools import count, islice
from typing import TYPE_CHECKING, ClassVar

from probes.errors import PlanInvalid
from probes.resolve import PinnedTarget
from probes.trace.course import Course
from probes.trace.history import WINDOW, TraceHistory
from probes.trace.lane import Order
from probes.trace.plan import TracePlan
from probes.trace.probe import order_of, travel
from probes.trace.simulated import simulated_travel

if TYPE_CHECKING:
    from probes.live import LiveNetwork
    from probes.network import Network
    from probes.simulated import SimulatedNetwork

_GROWTH = 5
"""TTLs by which a path may have grown between two rounds before it is explored anew."""
_EXPLORE_EVERY = 10
_PATIENT_ROUNDS = 3
"""Rounds without a target that limits its answers before it is looked for farther away: each
probe more uses up an answer."""


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """One round: a trace that knows its address and order; its result is what was heard."""

    most_at_once: ClassVar[int] = 4096

    plan: TracePlan
    order: Order
    pinned: PinnedTarget | None = None
    due_s: float = 0.0
    """When to begin, by the event loop's clock."""

    @property
    def target(self) -> str:
        """Name or address."""
        return self.plan.target

    async def live(self, network: LiveNetwork) -> tuple[PinnedTarget, Course]:
        """Send real packets; the name is resolved in the first round."""
        pinned = self.pinned or await network.gate.admit(self.target)
        course = Course(self.order, str(pinned.address))
        await travel(self.plan, network, pinned, course, self.due_s)
        return pinned, course

    async def simulated(self, network: SimulatedNetwork) -> tuple[PinnedTarget, Course]:
        """Send the same packets into the simulated internet."""
        await asyncio.sleep(self.due_s - asyncio.get_running_loop().time())
        pinned = self.pinned or PinnedTarget(self.target, network.address(self.target))
        course = Course(self.order, str(pinned.address))
        await simulated_travel(self.plan, network, pinned, course)
        return pinned, course


async def continuous(
    network: Network,
    plan: TracePlan,
    interval_s: float = 2.5,
    *,
    rounds: int | None = None,
    window: int = WINDOW,
) -> AsyncIterator[TraceHistory]:
    """Trace once an interval, for ever or `rounds` times; yield the history as it grows.

    `TraceHistory.result()` works the table out. After the first round only TTLs up to the
    known end are probed; that the path grew or shrank is noticed by their answers. Real traces
    start every interval; simulated ones take their time on the network's own clock.
    """
    if not (math.isfinite(interval_s) and interval_s >= 0):
        raise PlanInvalid(f"The interval must be zero or more seconds, not {interval_s}.")
    first = next_round = RoundPlan(plan, order_of(plan))
    history: TraceHistory | None = None
    clock = asyncio.get_running_loop().time
    for _ in islice(count(), rounds):
        due_s = max(clock(), next_round.due_s)
        pinned, course = await network.measure(next_round)
        if history is None:
            history = TraceHistory(pinned, window)
            first = replace(first, pinned=pinned)
        history.note(course)
        course.release()
        yield history
        order = _order(first, next_round.order, history)
        next_round = RoundPlan(plan, order, pinned, due_s + interval_s)


def _order(first: RoundPlan, latest: Order, history: TraceHistory) -> Order:
    """Word what the next round is to find out from what the path was found to be."""
    # A target that stays away may have moved farther than the growth that is allowed for.
    patient = history.is_limited and history.misses < _PATIENT_ROUNDS
    is_lost = history.misses % _EXPLORE_EVERY == (_PATIENT_ROUNDS if history.is_limited else 1)
    length = 0 if is_lost else history.length
    if not length:
        return first.order
    slowest_s = history.slowest_ms / 1000
    most = min(length + (0 if patient else _GROWTH), first.plan.most_hops)
    is_known = (length, most) == (latest.length, latest.most_hops)
    if is_known and slowest_s <= latest.slowest_s:
        return latest
    return replace(first.order, length=length, most_hops=most, slowest_s=slowest_s)
