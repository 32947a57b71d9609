"""The imagined path to a simulated target: how long it takes and how much it loses."""

import math
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class PathProfile:
    """What a simulated path does to packets.

    Queues only ever add delay, so `jitter_ms` is the mean of an exponential delay on top of
    `base_rtt_ms`; it is also the consecutive-difference jitter that a long ping will show.
    """

    base_rtt_ms: float = 20.0
    jitter_ms: float = 1.0
    loss_probability: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what no path can do; 30 percent is written 0.3."""
        if not 0 <= self.loss_probability <= 1:
            raise ValueError(f"loss_probability {self.loss_probability}: expected 0 to 1")
        if not (0 <= self.base_rtt_ms < math.inf and 0 <= self.jitter_ms < math.inf):
            raise ValueError(f"delays {self.base_rtt_ms}, {self.jitter_ms}: expected 0 or more")

    @property
    def reachable(self) -> bool:
        """Whether an answer can come back at all."""
        return self.loss_probability < 1


def draw_profile(stream: Random) -> PathProfile:
    """Make up a path: of 100 some 80 are good, 15 lose 5 to 40 percent, 5 are unreachable."""
    kind = stream.random()
    base_rtt_ms = math.exp(_between(stream, math.log(2), math.log(150)))
    jitter_ms = base_rtt_ms * _between(stream, 0.01, 0.15)
    lossy = _between(stream, 0.05, 0.40)
    if kind < 0.80:
        return PathProfile(base_rtt_ms, jitter_ms, 0.0)
    return PathProfile(base_rtt_ms, jitter_ms, lossy if kind < 0.95 else 1.0)


def _between(stream: Random, low: float, high: float) -> float:
    # Only random() is promised to give the same numbers in every version of Python.
    return low + (high - low) * stream.random()
