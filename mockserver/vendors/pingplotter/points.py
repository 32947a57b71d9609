"""What a session showed over time, in the buckets of five minutes that the manual documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from mockserver.core.clock import rfc3339
from mockserver.core.series import Minute
from mockserver.core.store import Document

BUCKET_MS = 300_000
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Span:
    """From a time to another, the end not among it, in ms since the epoch."""

    start_ms: int
    end_ms: int

    @staticmethod
    def of(start: str | None, end: str | None, now_ms: int) -> Span:
        """Read what a client asked for; without an end until now, without a start one day."""
        end_ms = now_ms + 1 if end is None else milliseconds(end)
        return Span(end_ms - DAY_MS if start is None else milliseconds(start), end_ms)

    def shared_with(self, rows: Sequence[Minute]) -> int:
        """Return how much of it rows of data reach over, in ms."""
        if not rows:
            return 0
        last_ms = rows[-1].start_ms + 60_000
        return max(0, min(self.end_ms, last_ms) - max(self.start_ms, rows[0].start_ms))


def milliseconds(text: str) -> int:
    """Return the ms since the epoch of an RFC 3339 time; years that Python lacks are no time."""
    # A leap second is a valid time, of which Python knows nothing.
    plain = text.upper().replace(":60", ":59")
    try:
        return round(datetime.fromisoformat(plain).timestamp() * 1000)
    except (ValueError, OverflowError):
        return 0


def buckets(rows: Sequence[Minute], span: Span) -> list[Document]:
    """Sum minutes up; a bucket is shown if any of it lies in the span and anything was sent."""
    meant = (
        row
        for row in rows
        if _bucket_ms(row) + BUCKET_MS > span.start_ms and _bucket_ms(row) < span.end_ms
    )
    return [_bucket(start_ms, list(group)) for start_ms, group in groupby(meant, _bucket_ms)]


def _bucket_ms(row: Minute) -> int:
    return row.start_ms // BUCKET_MS * BUCKET_MS


def _bucket(start_ms: int, rows: list[Minute]) -> Document:
    came = [(row, row.sent - row.lost) for row in rows]
    return {
        "Timestamp": rfc3339(start_ms),
        "AverageLatency": _mean([(row.avg_ms, count) for row, count in came]),
        "MinimumLatency": _rounded(min(_known(row.min_ms for row in rows), default=None)),
        "MaximumLatency": _rounded(max(_known(row.max_ms for row in rows), default=None)),
        "Jitter": _mean([(row.jitter_ms, count - 1) for row, count in came]),
        "PacketsSent": sum(row.sent for row in rows),
        "PacketsLost": sum(row.lost for row in rows),
    }


def _mean(weighted: Sequence[tuple[float | None, int]]) -> float | None:
    known = [(value, weight) for value, weight in weighted if value is not None]
    weights = sum(weight for _, weight in known)
    if not weights:
        return None
    return _rounded(sum(value * weight for value, weight in known) / weights)


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _rounded(value_ms: float | None) -> float | None:
    return None if value_ms is None else round(value_ms, 3)
