"""Pure statistics of round-trip samples: loss, spread, percentiles, five jitters and a MOS.

Times are milliseconds, in the order in which the probes were sent, lost probes left out.
A figure that the samples cannot support is None, never zero.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from statistics import fmean, pstdev
from types import MappingProxyType

Samples = Sequence[float]


def packet_loss_percent(sent: int, received: int) -> float:
    """Share of unanswered probes, in percent (0 to 100)."""
    if not 0 <= received <= sent or sent == 0:
        raise ValueError(f"{received} received of {sent} sent is no measurement")
    return 100.0 * (sent - received) / sent


def minimum(samples: Samples) -> float | None:
    """Smallest sample, ms."""
    return min(samples, default=None)


def average(samples: Samples) -> float | None:
    """Arithmetic mean, ms."""
    return fmean(samples) if samples else None


def maximum(samples: Samples) -> float | None:
    """Largest sample, ms."""
    return max(samples, default=None)


def percentile(samples: Samples, percent: float) -> float | None:
    """Percentile in ms, linear between ranks (type 7 of Hyndman and Fan, 1996)."""
    if not 0 <= percent <= 100:
        raise ValueError(f"{percent} is no percentile: expected 0 to 100")
    if not samples:
        return None
    ordered = sorted(samples)
    rank = (len(ordered) - 1) * percent / 100
    below, above = ordered[math.floor(rank)], ordered[math.ceil(rank)]
    return below + (above - below) * (rank - math.floor(rank))


def consecutive_difference_jitter(samples: Samples) -> float | None:
    """Mean absolute difference of neighbouring samples, ms (PingPlotter knowledge base 57)."""
    if len(samples) < 2:
        return None
    return fmean(abs(later - earlier) for earlier, later in pairwise(samples))


def mean_deviation_jitter(samples: Samples) -> float | None:
    """Mean absolute distance from the mean, ms (ThousandEyes, "what do your results mean")."""
    if len(samples) < 2:
        return None
    mean = fmean(samples)
    return fmean(abs(sample - mean) for sample in samples)


def rfc3550_jitter(samples: Samples) -> float | None:
    """Differences smoothed with a gain of 1/16, last value, ms (RFC 3550, section 6.4.1)."""
    if len(samples) < 2:
        return None
    jitter = 0.0
    for earlier, later in pairwise(samples):
        jitter += (abs(later - earlier) - jitter) / 16
    return jitter


def standard_deviation_jitter(samples: Samples) -> float | None:
    """Root mean square distance from the mean, ms (the "mdev" of iputils ping)."""
    return pstdev(samples) if len(samples) >= 2 else None


def percentile_jitter(samples: Samples) -> float | None:
    """P95 minus P50, ms (the one-way jitter that owping prints)."""
    high, middle = percentile(samples, 95), percentile(samples, 50)
    if high is None or middle is None or len(samples) < 2:
        return None
    return high - middle


JITTERS: Mapping[str, Callable[[Samples], float | None]] = MappingProxyType(
    {
        "consecutive_difference": consecutive_difference_jitter,
        "mean_deviation": mean_deviation_jitter,
        "rfc3550": rfc3550_jitter,
        "standard_deviation": standard_deviation_jitter,
        "percentile": percentile_jitter,
    }
)


def pingplotter_mos(average_ms: float, jitter_ms: float, loss_percent: float) -> float:
    """Mean opinion score, 1 to 4.5 (PingPlotter knowledge base 50, a shortened E-model)."""
    effective_ms = average_ms + 2 * jitter_ms + 10
    rating = 93.2 - (effective_ms / 40 if effective_ms < 160 else (effective_ms - 120) / 10)
    # The cubic below is only meant for 0..100; left alone it rises again on hopeless lines.
    rating = min(100.0, max(0.0, rating - 2.5 * loss_percent))
    return 1 + 0.035 * rating + 7e-6 * rating * (rating - 60) * (100 - rating)
