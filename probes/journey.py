"""A conversation over a simulated path, exchange by exchange, with TCP's patience."""

from dataclasses import dataclass
from random import Random

from probes.simulated import SimulatedNetwork

FIRST_RETRANSMISSION_MS = 1000.0


@dataclass(slots=True)
class Journey:
    """Counts the time that exchanges with one host take until the patience ends.

    `host` is a name or address; `spent_ms` never exceeds `patience_ms`.
    """

    network: SimulatedNetwork
    host: str
    stream: Random
    patience_ms: float
    spent_ms: float = 0.0

    def exchange_ms(self, think_ms: float = 0.0) -> float | None:
        """Send and get an answer; None when patience ended first.

        What is lost is sent again after 1 s, 2 s, 4 s … (RFC 6298, sections 2.1 and 5.5).
        """
        elapsed_ms, wait_ms = think_ms, FIRST_RETRANSMISSION_MS
        while (rtt_ms := self.network.round_trip_ms(self.host, self.stream)) is None:
            elapsed_ms += wait_ms
            wait_ms *= 2
            if self.spent_ms + elapsed_ms > self.patience_ms:
                self.spent_ms = self.patience_ms
                return None
        return self.wait_ms(elapsed_ms + rtt_ms)

    def wait_ms(self, duration_ms: float) -> float | None:
        """Let this long pass; None when patience ended first."""
        if self.spent_ms + duration_ms > self.patience_ms:
            self.spent_ms = self.patience_ms
            return None
        self.spent_ms += duration_ms
        return duration_ms
