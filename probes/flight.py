"""One echo request under way, and the round trip computed from whichever clocks can be trusted."""

from dataclasses import dataclass

from probes.packet import is_reply
from probes.sockets import Arrival

CLOCK_STEP_NS = 1_000_000


@dataclass(slots=True)
class Flight:
    """A request that was sent; `left_ns` is the kernel's stamp once it is known."""

    request: bytes
    token: int
    index: int
    host: str
    deadline: float
    wall_ns: int
    steady_ns: int
    left_ns: int | None = None

    def is_answered_by(self, arrival: Arrival) -> bool:
        """Tell whether this is the pinned host's answer to exactly this request."""
        return arrival.host == self.host and is_reply(arrival.packet, self.request)

    def rtt_ms(self, arrival: Arrival) -> float:
        """Milliseconds by the kernel's stamps, or by our own clock where those fail."""
        by_kernel = self._kernel_ns(arrival)
        elapsed = arrival.steady_ns - self.steady_ns if by_kernel is None else by_kernel
        return elapsed / 1e6

    def _kernel_ns(self, arrival: Arrival) -> int | None:
        if arrival.stamp_ns is None or self._clock_stepped(arrival):
            return None
        elapsed = arrival.stamp_ns - self._departure_ns(arrival.stamp_ns)
        return elapsed if elapsed >= 0 else None

    def _departure_ns(self, arrived_ns: int) -> int:
        # A stamp from before the call to send, or after the answer, belongs to another packet.
        if self.left_ns is not None and self.wall_ns <= self.left_ns <= arrived_ns:
            return self.left_ns
        return self.wall_ns

    def _clock_stepped(self, arrival: Arrival) -> bool:
        # Kernel stamps are wall-clock times, which somebody may set while the probe is away.
        before = self.wall_ns - self.steady_ns
        after = arrival.wall_ns - arrival.steady_ns
        return abs(after - before) > CLOCK_STEP_NS
