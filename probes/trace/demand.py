"""How often a target was asked for ICMP errors, which hosts limit. It does no I/O."""

from bisect import bisect_right
from collections.abc import Iterable

RARE_S = 2.0
"""After so long without a probe a host has an error to give: Linux gives one a second and peer
once six are used up (icmp(7), icmp_ratelimit), routers one in half a second."""


class Demand:
    """The times of the probes that may have come to a target, one round after the other."""

    def __init__(self) -> None:
        self._asked: list[float] = []

    def begin(self, began_s: float, asked: Iterable[float]) -> None:
        """Take in a round; what others asked of the target before the first is not known."""
        before = self._asked[-1:] or [began_s]
        self._asked = sorted([*before, *asked])

    def is_hasty(self, at_s: float) -> bool:
        """Tell whether the probe of this round followed so soon that a limit may explain it."""
        first, last = bisect_right(self._asked, at_s - RARE_S), bisect_right(self._asked, at_s)
        return last - first > 1
