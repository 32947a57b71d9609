"""What tracing showed of a session's target lately, as far as anything was traced."""

from __future__ import annotations

from dataclasses import dataclass

from mockserver.core.series import Series
from mockserver.vendors.pingplotter.quality import Sample
from probes.statistics import average, consecutive_difference_jitter, packet_loss_percent

WINDOW_MS = 60_000
_PATIENCE_MS = 5000
"""How long the next sample of a slow session may be under way before the last one is too old."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A sample, when its newest probe was sent, and where it came from: `live` or `simulated`."""

    at_ms: int
    sample: Sample
    origin: str


def window_ms(interval_ms: int) -> int:
    """Return how far back a status looks: a minute, or one interval where that is longer."""
    return max(WINDOW_MS, interval_ms + _PATIENCE_MS)


def read(series: Series, interval_ms: int, now_ms: int) -> Reading | None:
    """Return latency, jitter and loss of the last minute; None if nothing was sent in it."""
    probes = series.since(now_ms - window_ms(interval_ms))
    if not probes:
        return None
    came_ms = [rtt_ms for _, rtt_ms in probes if rtt_ms is not None]
    sample = Sample(
        average(came_ms),
        consecutive_difference_jitter(came_ms) or 0.0,
        packet_loss_percent(len(probes), len(came_ms)),
    )
    return Reading(probes[-1][0], sample, series.origin)
