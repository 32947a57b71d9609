"""What happens to one packet on one link in one direction: it takes time, or it is lost."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

from probes.internet.condition import Condition
from probes.internet.topology import Delay, Link, Shape

Chance = Callable[[], float]
"""Uniform numbers from 0 to below 1: `random` of a seeded `random.Random`."""

Cross = Callable[[Chance, float, int], float | None]
"""(chance, seconds since the beginning, bytes) to ms beyond the constant delay; None if lost."""

Spread = Callable[[Chance], float]
"""Chance to ms beyond the base of a delay."""

_SMALLEST = 2.0**-54
_TAIL = 3


def spread_of(delay: Delay) -> Spread | None:
    """Return what draws the part of a delay that varies, with one call of chance; None if none."""
    base_ms, spread_ms = delay.base_ms, delay.spread_ms
    if not spread_ms:
        return None
    if delay.kind is Shape.UNIFORM:
        return lambda chance: spread_ms * chance()
    if delay.kind is Shape.EXPONENTIAL:
        return lambda chance: -math.log(1 - chance()) * spread_ms
    if delay.kind is Shape.NORMAL:
        drawn = NormalDist(0.0, spread_ms).inv_cdf
        return lambda chance: max(-base_ms, drawn(max(chance(), _SMALLEST)))
    # A Lomax distribution of shape 3 and scale s has the mean s / 2.
    return lambda chance: spread_ms * (_TAIL - 1) * ((1 - chance()) ** (-1 / _TAIL) - 1)


@dataclass(slots=True)
class Queue:
    """What waits before a link of a certain rate; one for each direction."""

    bytes_per_ms: float
    longest_ms: float
    empty_s: float = 0.0
    latest_s: float = 0.0

    def wait_ms(self, at_s: float, size: int) -> float | None:
        """Join the queue and be sent; None where it is full."""
        sending_ms = size / self.bytes_per_ms
        if at_s < self.latest_s:
            # Measurements that are worked out in advance have been ahead of this one.
            return sending_ms
        waiting_ms = max(0.0, (self.empty_s - at_s) * 1000)
        if waiting_ms > self.longest_ms:
            return None
        self.latest_s = at_s
        self.empty_s = at_s + (waiting_ms + sending_ms) / 1000
        return waiting_ms + sending_ms


def queue_of(link: Link) -> Queue | None:
    """Make the queue of one direction, where the link has a rate at all."""
    if link.rate_mbps is None:
        return None
    return Queue(link.rate_mbps * 125, link.queue_ms)


def forward(link: Link, condition: Condition, queue: Queue | None) -> tuple[float, Cross | None]:
    """Return the constant delay of the way there in ms, and what else may happen on it."""
    loss = condition.joined(Condition(link.loss)).loss
    cross = _within(_chancy(loss, spread_of(link.delay)), link, queue)
    constant_ms = link.delay.base_ms + condition.delay_ms
    return constant_ms, _closed if condition.down else cross


def back(link: Link, condition: Condition, queue: Queue | None) -> tuple[float, Cross | None]:
    """Return the same of the way back; trouble lies on the way there, unless nothing passes."""
    delay = link.delay if link.back_delay is None else link.back_delay
    cross = _within(_chancy(link.back_loss, spread_of(delay)), link, queue)
    return delay.base_ms, _closed if condition.down else cross


def _chancy(loss: float, spread: Spread | None) -> Cross | None:
    if not loss and spread is None:
        return None
    draw = spread or _in_vain

    def cross(chance: Chance, at_s: float, size: int) -> float | None:  # noqa: ARG001
        # Both are drawn for every packet: a lost one must not shift the delays of the others.
        lost = chance() < loss
        late_ms = draw(chance)
        return None if lost else late_ms

    return cross


def _in_vain(chance: Chance) -> float:
    chance()
    return 0.0


def _within(cross: Cross | None, link: Link, queue: Queue | None) -> Cross | None:
    """Add the queue and the outages of the link to its chances."""
    if queue:
        cross = _queued(cross or _nothing, queue)
    return _interrupted(cross or _nothing, link) if link.outages else cross


def _queued(cross: Cross, queue: Queue) -> Cross:
    def queued(chance: Chance, at_s: float, size: int) -> float | None:
        late_ms, wait_ms = cross(chance, at_s, size), queue.wait_ms(at_s, size)
        return None if late_ms is None or wait_ms is None else late_ms + wait_ms

    return queued


def _interrupted(cross: Cross, link: Link) -> Cross:
    def interrupted(chance: Chance, at_s: float, size: int) -> float | None:
        late_ms = cross(chance, at_s, size)
        out = any(outage.from_s <= at_s < outage.to_s for outage in link.outages)
        return None if out else late_ms

    return interrupted


def _nothing(_chance: Chance, _at_s: float, _size: int) -> float | None:
    return 0.0


def _closed(_chance: Chance, _at_s: float, _size: int) -> float | None:
    return None


@dataclass(frozen=True, slots=True)
class Leg:
    """Several links in a row: their constant delay, and the chances with what lies before each."""

    constant_ms: float
    chances: tuple[tuple[float, Cross], ...]

    @classmethod
    def of(cls, crossings: list[tuple[float, Cross | None]]) -> "Leg":
        """Join links in the order in which a packet meets them."""
        constants = [constant_ms for constant_ms, _ in crossings]
        chances = [
            (math.fsum(constants[: place + 1]), cross)
            for place, (_, cross) in enumerate(crossings)
            if cross
        ]
        return cls(math.fsum(constants), tuple(chances))

    def travel_ms(self, chance: Chance, at_s: float, size: int) -> float | None:
        """Return how long a packet that sets out at this time takes; None where it is lost."""
        late_ms = 0.0
        for before_ms, cross in self.chances:
            more_ms = cross(chance, at_s + (before_ms + late_ms) / 1000, size)
            if more_ms is None:
                return None
            late_ms += more_ms
        return self.constant_ms + late_ms
