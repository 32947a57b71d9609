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
        came_ns = arrival.stamp_ns
        # Kernel stamps are wall-clock times, which somebody may set while the probe is away.
        step_ns = (arrival.wall_ns - arrival.steady_ns) - (self.wall_ns - self.steady_ns)
        if came_ns is None or came_ns < self.wall_ns or abs(step_ns) > CLOCK_STEP_NS:
            return (arrival.steady_ns - self.steady_ns) / 1e6
        left_ns = self.left_ns
        # A stamp from before the call to send, or after the answer, belongs to another packet.
        if left_ns is None or not self.wall_ns <= left_ns <= came_ns:
            left_ns = self.wall_ns
        return (came_ns - left_ns) / 1e6
