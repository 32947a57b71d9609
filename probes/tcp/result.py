"""What attempts at a TCP port showed: who answered, how soon, and after how many SYNs."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from probes import statistics
from probes.failure import Failure, FailureKind

PHASE = "connect"


class TcpMode(StrEnum):
    """What counts as an answer."""

    CONNECT = "connect"
    """Whatever comes before the time-out, also to a repeated SYN."""
    SYN = "syn"
    """A SYN-ACK or RST to the first SYN."""


@dataclass(frozen=True, slots=True)
class TcpAttempt:
    """One handshake; times in milliseconds, None where they were not reached."""

    port: int | None
    """Source port."""
    connect_ms: float | None = None
    """From the call to connect until this program knew of the answer (SYN-ACK or RST)."""
    kernel_rtt_ms: float | None = None
    """From the SYN to the SYN-ACK by the kernel's clock (tcpi_rtt of TCP_INFO); None after a
    RST, and after a repeated SYN, since nobody can tell which one was answered (Karn)."""
    retransmits: int | None = None
    """How often the kernel repeated the SYN; None where it would not tell (refused)."""
    failure: Failure | None = None
    sent: bool = True
    """Whether a SYN left at all; none does without a route."""

    @property
    def refused(self) -> bool:
        """Whether the host answered that the port is closed."""
        return self.failure is not None and self.failure.kind is FailureKind.REFUSED

    @property
    def answered(self) -> bool:
        """Whether the host answered, by SYN-ACK or RST."""
        return self.failure is None or self.refused

    @property
    def rtt_ms(self) -> float | None:
        """The round trip: the kernel's where there is one, else, after a RST, our own."""
        return self.connect_ms if self.refused else self.kernel_rtt_ms


@dataclass(frozen=True, slots=True)
class TcpResult:
    """Attempts at one port; `failure` says why not one succeeded."""

    SUMMARY: ClassVar = (
        "sent",
        "received",
        "refused",
        "packet_loss",
        "rtts_ms",
        "min_rtt_ms",
        "avg_rtt_ms",
        "max_rtt_ms",
        "avg_connect_ms",
        "jitter_ms",
        "jitters_ms",
    )

    target: str
    address: str
    port: int
    mode: TcpMode
    attempts: tuple[TcpAttempt, ...]
    failure: Failure | None = None

    @property
    def ok(self) -> bool:
        """Whether a connection was made or, in the mode `syn`, a SYN was answered."""
        return self.failure is None

    @property
    def time_ms(self) -> float | None:
        """The figure that stands for all: mean time to connect, or mean round trip of SYNs."""
        return self.avg_rtt_ms if self.mode is TcpMode.SYN else self.avg_connect_ms

    @property
    def sent(self) -> int:
        """Attempts whose SYN left."""
        return sum(attempt.sent for attempt in self.attempts)

    @property
    def received(self) -> int:
        """Attempts answered, by SYN-ACK or by RST."""
        return sum(attempt.answered for attempt in self.attempts)

    @property
    def refused(self) -> int:
        """Attempts answered by RST: the host is there, the port is closed."""
        return sum(attempt.refused for attempt in self.attempts)

    @property
    def packet_loss(self) -> float | None:
        """Percent of SYNs sent without an answer, 0 to 100; None when nothing was sent."""
        if not self.sent:
            return None
        return statistics.packet_loss_percent(self.sent, self.received)

    @property
    def rtts_ms(self) -> tuple[float | None, ...]:
        """Round trip of each attempt, None where it is not known; see TcpAttempt.rtt_ms."""
        return tuple(attempt.rtt_ms for attempt in self.attempts)

    @property
    def samples_ms(self) -> tuple[float, ...]:
        """The round trips that are known, in sending order."""
        return tuple(rtt for rtt in self.rtts_ms if rtt is not None)

    @property
    def min_rtt_ms(self) -> float | None:
        """None when no round trip is known."""
        return statistics.minimum(self.samples_ms)

    @property
    def avg_rtt_ms(self) -> float | None:
        """None when no round trip is known."""
        return statistics.average(self.samples_ms)

    @property
    def max_rtt_ms(self) -> float | None:
        """None when no round trip is known."""
        return statistics.maximum(self.samples_ms)

    @property
    def avg_connect_ms(self) -> float | None:
        """Mean time to a connection as a program sees it; None when none was made."""
        made = [attempt.connect_ms for attempt in self.attempts if attempt.failure is None]
        return statistics.average([time for time in made if time is not None])

    @property
    def jitter_ms(self) -> float | None:
        """Mean difference of consecutive round trips; None when fewer than two are known."""
        return statistics.consecutive_difference_jitter(self.samples_ms)

    @property
    def jitters_ms(self) -> dict[str, float | None]:
        """Jitter by each of the five definitions."""
        return {name: jitter(self.samples_ms) for name, jitter in statistics.JITTERS.items()}


def verdict(mode: TcpMode, attempts: tuple[TcpAttempt, ...]) -> Failure | None:
    """Return the most telling failure, the last of its kind, if no attempt was as wanted."""
    if any(attempt.failure is None for attempt in attempts):
        return None
    if mode is TcpMode.SYN and any(attempt.refused for attempt in attempts):
        return None
    return max(reversed(attempts), key=_telling).failure


def _telling(attempt: TcpAttempt) -> int:
    """Rank what an attempt says: a closed port, then a router's word, then silence.

    A router that knows no way says so only a few times in a row (five, then one a second, in
    Linux: net.ipv4.route.error_burst), and stays silent between.
    """
    if attempt.refused:
        return 2
    failure = attempt.failure
    return int(failure is not None and failure.kind is FailureKind.UNREACHABLE)
