"""The timer values of RFC 3261, appendix A, as settings."""

import math
from dataclasses import dataclass

from probes.errors import PlanInvalid


@dataclass(frozen=True, slots=True)
class Timers:
    """Seconds that decide when a request is sent again and when it is given up."""

    t1_s: float = 0.5
    """The round trip to expect."""
    t2_s: float = 4.0
    """The longest pause between requests that are no INVITE."""
    t4_s: float = 5.0
    """How long a message may stay in the network."""

    def __post_init__(self) -> None:
        """Refuse what would never fire, or all the time."""
        for name in ("t1_s", "t2_s", "t4_s"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0.01):
                raise PlanInvalid(f"The timer {name} must be 0.01 s or more, not {value}.")
