"""How far another machine's clock is from ours, from exchanged greetings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Exchange(NamedTuple):
    """One greeting there and back: left here, came there, left there, came here; in ns."""

    left_ns: int
    came_there_ns: int
    left_there_ns: int
    came_ns: int

    @property
    def round_trip_ns(self) -> int:
        """Time on the way, without the time spent there."""
        return (self.came_ns - self.left_ns) - (self.left_there_ns - self.came_there_ns)


@dataclass(frozen=True, slots=True)
class ClockOffset:
    """What to take off a time stamped there to get ours, and how wrong that can be at most.

    The error is half the shortest round trip: all of it could have been spent in one direction
    (RFC 5905, section 8, "maximum error"). On one kernel both ends read the same clock.
    """

    offset_ns: int = 0
    error_ns: int = 0

    @classmethod
    def of(cls, exchanges: Sequence[Exchange]) -> ClockOffset:
        """Take the exchange with the shortest round trip, which had the least chance to err."""
        best = min(exchanges, key=lambda exchange: exchange.round_trip_ns)
        there = best.came_there_ns - best.left_ns
        back = best.left_there_ns - best.came_ns
        return cls((there + back) // 2, max(0, best.round_trip_ns) // 2)

    def and_later(self, later: ClockOffset) -> ClockOffset:
        """Halve the difference of two estimates, as clocks drift; it adds to the error."""
        drift_ns = abs(later.offset_ns - self.offset_ns)
        middle_ns = (self.offset_ns + later.offset_ns) // 2
        return ClockOffset(middle_ns, max(self.error_ns, later.error_ns) + drift_ns // 2)
