"""What a probe hands back: frozen records, units in the names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from probes import statistics


class Result(Protocol):
    """What the results of all probes have in common."""

    @property
    def target(self) -> str:
        """Name, address or URL, as it was asked for."""
        ...

    @property
    def ok(self) -> bool:
        """Whether what was asked for was measured: the exit status of the command."""
        ...

    @property
    def time_ms(self) -> float | None:
        """The figure that stands for all; None where it was not reached."""
        ...


@dataclass(frozen=True, slots=True)
class PingResult:
    """Echo requests to one address; `rtts_ms` has one entry a probe, None where it was lost."""

    SUMMARY: ClassVar = (
        "packet_loss",
        "min_rtt_ms",
        "avg_rtt_ms",
        "max_rtt_ms",
        "jitter_ms",
        "jitters_ms",
        "mos",
    )

    target: str
    address: str
    sent: int
    received: int
    rtts_ms: tuple[float | None, ...]
    send_error: str | None = None
    """Why the kernel would not send the last of the probes it rejected, if it rejected any."""
    not_sent: int = 0
    """How many it rejected: they are no probes, and nothing is known of the path from them."""

    def __post_init__(self) -> None:
        """Refuse counters that contradict the samples."""
        if (self.sent, self.received) != (len(self.rtts_ms), len(self.samples_ms)):
            raise ValueError(f"{self.sent} sent, {self.received} received, but {self.rtts_ms}")

    @classmethod
    def of(
        cls,
        target: str,
        address: str,
        rtts_ms: Sequence[float | None],
        send_error: str | None = None,
        not_sent: int = 0,
    ) -> "PingResult":
        """Count what was sent and received from the samples themselves."""
        received = sum(rtt is not None for rtt in rtts_ms)
        sent = len(rtts_ms)
        return cls(target, address, sent, received, tuple(rtts_ms), send_error, not_sent)

    @property
    def ok(self) -> bool:
        """Whether anything was answered."""
        return self.received > 0

    @property
    def time_ms(self) -> float | None:
        """The figure that stands for all: the mean round trip."""
        return self.avg_rtt_ms

    @property
    def samples_ms(self) -> tuple[float, ...]:
        """Round trips of the answered probes, in sending order."""
        return tuple(rtt for rtt in self.rtts_ms if rtt is not None)

    @property
    def packet_loss(self) -> float | None:
        """Percent, 0 to 100; None when nothing was sent."""
        if not self.sent:
            return None
        return statistics.packet_loss_percent(self.sent, self.received)

    @property
    def min_rtt_ms(self) -> float | None:
        """None when nothing came back."""
        return statistics.minimum(self.samples_ms)

    @property
    def avg_rtt_ms(self) -> float | None:
        """None when nothing came back."""
        return statistics.average(self.samples_ms)

    @property
    def max_rtt_ms(self) -> float | None:
        """None when nothing came back."""
        return statistics.maximum(self.samples_ms)

    @property
    def jitter_ms(self) -> float | None:
        """Mean difference of consecutive answers; None when fewer than two came back."""
        return statistics.consecutive_difference_jitter(self.samples_ms)

    @property
    def jitters_ms(self) -> dict[str, float | None]:
        """Jitter by each of the five definitions."""
        return {name: jitter(self.samples_ms) for name, jitter in statistics.JITTERS.items()}

    @property
    def mos(self) -> float | None:
        """PingPlotter's mean opinion score, 1 to 4.5; None when fewer than two came back."""
        average, jitter, loss = self.avg_rtt_ms, self.jitter_ms, self.packet_loss
        if average is None or jitter is None or loss is None:
            return None
        return statistics.pingplotter_mos(average, jitter, loss)
