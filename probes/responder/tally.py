"""Streams summed up by the second: what a sink reports."""

from __future__ import annotations

from dataclasses import dataclass, field

SECOND_NS = 1_000_000_000
COLUMNS = 9


@dataclass(slots=True)
class Second:
    """One second of a stream, counted from its first packet; times in ns of the wall clock.

    Of TCP `packets` are the pieces in which bytes were read. `jitter_ns` is RFC 3550's at the end
    of this second. `overflowed` is told in the last row, for all: packets that came, but that the
    receiver was too slow to read.
    """

    number: int
    packets: int = 0
    bytes: int = 0
    reordered: int = 0
    duplicates: int = 0
    jitter_ns: int = 0
    first_ns: int = 0
    last_ns: int = 0
    overflowed: int = 0

    def row(self) -> list[int]:
        """Return the fields in the order of a report's row."""
        return [
            self.number,
            self.packets,
            self.bytes,
            self.reordered,
            self.duplicates,
            self.jitter_ns,
            self.first_ns,
            self.last_ns,
            self.overflowed,
        ]


@dataclass(slots=True)
class Tally:
    """Counts what arrives; copies are counted apart and add no bytes."""

    most: int
    seconds: list[Second] = field(default_factory=list)
    distinct: int = 0
    _seen: bytearray = field(init=False)
    _following: int = 0
    _jitter_ns: float = 0.0
    _transit_ns: int | None = None

    def __post_init__(self) -> None:
        """Make room for a mark a packet."""
        self._seen = bytearray(self.most)

    def note_packet(self, number: int, size: int, sent_ns: int, stamp_ns: int) -> None:
        """Count one numbered packet; numbers that cannot be are left out."""
        if not 0 <= number < self.most:
            return
        second = self._second(stamp_ns)
        if self._seen[number]:
            second.duplicates += 1
            return
        self._seen[number] = 1
        self.distinct += 1
        # RFC 4737: reordered is what comes after a packet that was sent later.
        second.reordered += number < self._following
        self._following = max(self._following, number + 1)
        second.jitter_ns = self._jitter(stamp_ns - sent_ns)
        self._add(second, size, stamp_ns)

    def note_bytes(self, size: int, stamp_ns: int) -> None:
        """Count a piece of a byte stream."""
        self._add(self._second(stamp_ns), size, stamp_ns)

    def rows(self, overflowed: int = 0) -> list[list[int]]:
        """Return the report."""
        if self.seconds:
            self.seconds[-1].overflowed = overflowed
        return [second.row() for second in self.seconds]

    def _add(self, second: Second, size: int, stamp_ns: int) -> None:
        second.packets += 1
        second.bytes += size
        second.first_ns = second.first_ns or stamp_ns
        second.last_ns = max(second.last_ns, stamp_ns)

    def _second(self, stamp_ns: int) -> Second:
        if not self.seconds:
            self.seconds.append(Second(0, first_ns=stamp_ns))
        number = (stamp_ns - self.seconds[0].first_ns) // SECOND_NS
        if number > self.seconds[-1].number:
            self.seconds.append(Second(number, jitter_ns=round(self._jitter_ns)))
        return self.seconds[-1]

    def _jitter(self, transit_ns: int) -> int:
        if self._transit_ns is not None:
            self._jitter_ns += (abs(transit_ns - self._transit_ns) - self._jitter_ns) / 16
        self._transit_ns = transit_ns
        return round(self._jitter_ns)
