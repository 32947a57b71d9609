"""One echo request under way, and the round trip computed from whichever clocks can be trusted."""

from dataclasses import dataclass
from typing import Protocol

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
        return round_trip_ms(self, arrival)


class Sent(Protocol):
    """When a packet left: by our two clocks, and by the kernel's stamp once that is known."""

    wall_ns: int
    steady_ns: int
    left_ns: int | None


def round_trip_ms(sent: Sent, arrival: Arrival) -> float:
    """Milliseconds by the kernel's stamps, or by our own clock where those fail."""
    stamp_ns = arrival.stamp_ns
    if stamp_ns is not None and not _clock_stepped(sent, arrival):
        elapsed = stamp_ns - _departure_ns(sent, stamp_ns)
        if elapsed >= 0:
            return elapsed / 1e6
    return (arrival.steady_ns - sent.steady_ns) / 1e6


def _departure_ns(sent: Sent, arrived_ns: int) -> int:
    # A stamp from before the call to send, or after the answer, belongs to another packet.
    if sent.left_ns is not None and sent.wall_ns <= sent.left_ns <= arrived_ns:
        return sent.left_ns
    return sent.wall_ns


def _clock_stepped(sent: Sent, arrival: Arrival) -> bool:
    # Kernel stamps are wall-clock times, which somebody may set while the probe is away.
    before = sent.wall_ns - sent.steady_ns
    after = arrival.wall_ns - arrival.steady_ns
    return abs(after - before) > CLOCK_STEP_NS
