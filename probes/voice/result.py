"""What a voice stream came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from probes.failure import Failure


@dataclass(frozen=True, slots=True)
class VoiceResult:
    """One RTP stream from here to the target; times in ms, one way; None where not reached.

    latency: the receiver's kernel stamp less the sender's, less the clocks' offset; its error is
    `clock_error_ms` at most (0 between two ends on one kernel).
    lost: sent but not in the receiver's report. Copies and packets out of order are counted apart.
    discards: packets that came after their play-out time. The buffer plays packet n at
    m + n * interval + `jitter_buffer_ms`, where m is the median of (arrival - n * interval) over
    the first 50 packets that came: the point is fixed for the whole stream.
    pdv: the 99th percentile of the latencies less the least one (RFC 5481, section 4.2).
    jitter: RFC 3550, section 6.4.1, from arrivals and RTP timestamps: the last value and the mean.
    mos, r_factor: the E-model with loss plus discards, taken as random, and with
    `mouth_to_ear_ms`: mean latency, buffer, packet interval and look-ahead of the codec.
    pacing: how far the gaps between departures were from the packet interval, absolutely.
    """

    SUMMARY: ClassVar = ("loss_percent", "discards_percent")

    target: str
    address: str | None
    codec_id: int
    codec_name: str
    codec_max_mos: float
    dscp: int
    jitter_buffer_ms: int
    dscp_received: int | None = None
    """What most packets bore when they arrived."""
    sent: int = 0
    received: int = 0
    lost: int = 0
    duplicates: int = 0
    reordered: int = 0
    discards: int = 0
    latency_ms: float | None = None
    min_latency_ms: float | None = None
    max_latency_ms: float | None = None
    pdv_ms: float | None = None
    jitter_ms: float | None = None
    mean_jitter_ms: float | None = None
    mouth_to_ear_ms: float | None = None
    r_factor: float | None = None
    mos: float | None = None
    clock_offset_ms: float | None = None
    clock_error_ms: float | None = None
    pacing_p50_ms: float | None = None
    pacing_p99_ms: float | None = None
    failure: Failure | None = None

    @property
    def ok(self) -> bool:
        """Whether anything was heard at the other end."""
        return self.failure is None and self.received > 0

    @property
    def time_ms(self) -> float | None:
        """The figure that stands for all: the mean one-way latency."""
        return self.latency_ms

    @property
    def loss_percent(self) -> float | None:
        """Lost packets, percent of those sent."""
        return 100 * self.lost / self.sent if self.sent else None

    @property
    def discards_percent(self) -> float | None:
        """Packets that came too late to be played, percent of those sent."""
        return 100 * self.discards / self.sent if self.sent else None
