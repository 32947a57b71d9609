"""What can go wrong with a place while the simulation runs, and be mended again."""

import math
from dataclasses import dataclass

from probes.internet.topology import TopologyInvalid


@dataclass(frozen=True, slots=True)
class Condition:
    """Trouble on the link that leads to a hop or a target, on top of what it does by itself.

    `loss` (0 to 1) and `delay_ms` meet packets on their way there; `down` lets none pass.
    """

    loss: float = 0.0
    delay_ms: float = 0.0
    down: bool = False

    def __post_init__(self) -> None:
        """Refuse what no trouble can do; 30 percent is written 0.3."""
        if not 0 <= self.loss <= 1:
            raise TopologyInvalid(f"a loss of {self.loss}: expected 0 to 1")
        if not 0 <= self.delay_ms < math.inf:
            raise TopologyInvalid(f"a delay of {self.delay_ms} ms: expected 0 or more")

    def joined(self, other: "Condition") -> "Condition":
        """Both at once: losses are independent, delays add up."""
        loss = 1 - (1 - self.loss) * (1 - other.loss)
        return Condition(loss, self.delay_ms + other.delay_ms, self.down or other.down)


FAIR = Condition()
"""No trouble."""
