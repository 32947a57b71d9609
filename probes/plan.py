"""How many echo requests, how far apart, and how long each may take."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from probes.errors import PlanInvalid


@dataclass(frozen=True, slots=True)
class EchoPlan:
    """A schedule that is known to be possible once it exists."""

    count: int
    interval_s: float
    timeout_s: float

    def __post_init__(self) -> None:
        """Refuse what would never end or never begin."""
        if self.count < 1:
            raise PlanInvalid(f"A ping needs at least one probe, not {self.count}.")
        if not (math.isfinite(self.interval_s) and self.interval_s >= 0):
            raise PlanInvalid(f"The interval must be zero or more seconds, not {self.interval_s}.")
        if not (math.isfinite(self.timeout_s) and self.timeout_s > 0):
            raise PlanInvalid(f"The timeout must be more than zero seconds, not {self.timeout_s}.")

    def duration_s(self, rtts_ms: Sequence[float | None]) -> float:
        """Seconds until every probe is answered or given up."""
        waits = (self.timeout_s if rtt is None else rtt / 1000 for rtt in rtts_ms)
        return max(index * self.interval_s + wait for index, wait in enumerate(waits))

    def in_time(self, rtt_ms: float) -> bool:
        """Tell whether an answer after this long still counts as one."""
        return rtt_ms <= self.timeout_s * 1000
