"""Which time range a client asks for: a window that ends now, or begin and end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mockserver.core.errors import BadRequest, Violation

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TimeRange:
    """Begin and end, both inclusive."""

    begin: datetime
    end: datetime

    def shown(self) -> dict[str, str]:
        """Return the range as answers show it."""
        return {"from": _shown(self.begin), "to": _shown(self.end)}


def time_range(
    window: str | None, begin: str | None, end: str | None, now_ms: int
) -> TimeRange | None:
    """Return the range that is meant, None if none is; BadRequest for one that cannot be."""
    now = _EPOCH + timedelta(seconds=now_ms // 1000)
    if window is not None:
        _refuse_both(window, begin, end)
        return TimeRange(max(_EPOCH, now - _length(window, now)), now)
    if begin is None:
        _refuse_end_alone(end)
        return None
    first = _moment("from", begin)
    last = max(first, now) if end is None else _moment("to", end)
    if last < first:
        raise _bad(Violation("query", "to", "order", f"no earlier time than from, {begin}", end))
    return TimeRange(first, last)


def _refuse_both(window: str, begin: str | None, end: str | None) -> None:
    if begin is not None or end is not None:
        raise _bad(Violation("query", "window", "conflict", "no window beside from or to", window))


def _refuse_end_alone(end: str | None) -> None:
    if end is not None:
        raise _bad(Violation("query", "to", "conflict", "to only together with from", end))


def _length(window: str, now: datetime) -> timedelta:
    digits = window.rstrip("smhdw")
    # Further back than the epoch there is nothing, however many digits it has.
    if len(digits.lstrip("0")) > 12:
        return now - _EPOCH
    seconds = int(digits) * _UNITS.get(window[-1], 1)
    return timedelta(seconds=min(seconds, (now - _EPOCH).total_seconds()))


def _moment(name: str, text: str) -> datetime:
    try:
        return datetime.strptime(text.replace("T", " "), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        raise _bad(Violation("query", name, "date", "a date and time that exist", text)) from None


def _bad(violation: Violation) -> BadRequest:
    return BadRequest("The time range cannot be used", violations=[violation])


def _shown(moment: datetime) -> str:
    return moment.isoformat(" ", "seconds")[:19]
