"""The simulated internet behind a device: packets are read, answered, and delivered in time."""

import heapq
import select
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import ClassVar, Protocol

from probes.internet.fate import Counts
from probes.internet.internet import Internet

_AT_ONCE = 64


class Device(Protocol):
    """Where packets come from and go to."""

    def fileno(self) -> int:
        """Return what select can wait for."""
        ...

    def packets(self, most: int) -> Iterator[bytes]:
        """Return what waits to be read."""
        ...

    def send(self, packet: bytes) -> bool:
        """Deliver; False where that was refused."""
        ...

    def overruns(self) -> int:
        """Count the packets that were dropped unread."""
        ...


@dataclass(frozen=True, slots=True)
class ServiceReport:
    """What a simulation has done; `counts` has what became of every packet that was read.

    `delivered` and `refused` are answers that the kernel took and did not take; `late` those
    that were still on their way at the end. `overrun` are packets that the kernel dropped
    because so many waited to be read: this machine was too slow for them.
    """

    SUMMARY: ClassVar = ("received",)

    device: str
    routes: tuple[str, ...]
    seconds: float
    counts: Counts
    delivered: int
    refused: int
    late: int
    overrun: int

    @property
    def received(self) -> int:
        """How many packets were read."""
        return self.counts.received


@dataclass(slots=True)
class Service:
    """Runs one internet behind one device, on one thread and by one clock."""

    internet: Internet
    device: Device
    clock: Callable[[], float] = time.monotonic
    delivered: int = 0
    refused: int = 0
    waiting: list[tuple[float, int, bytes]] = field(default_factory=list)
    _order: "count[int]" = field(default_factory=count)

    def run(self, stop: int, end_s: float | None = None) -> None:
        """Serve until the descriptor `stop` can be read, or until a time of the clock."""
        source = self.device.fileno()
        while end_s is None or self.clock() < end_s:
            # Not epoll: it rounds waits up to whole milliseconds, select keeps microseconds.
            readable, _, _ = select.select([source, stop], [], [], self._pause_s(end_s))
            if stop in readable:
                return
            if source in readable:
                self._read()
            self._deliver()

    def report(self, name: str, routes: Iterable[object], seconds: float) -> ServiceReport:
        """Say what has been done so far."""
        answers = (self.delivered, self.refused, len(self.waiting))
        figures = (self.internet.counts(), *answers, self.device.overruns())
        return ServiceReport(name, tuple(map(str, routes)), seconds, *figures)

    def _pause_s(self, end_s: float | None) -> float | None:
        due = [self.waiting[0][0]] if self.waiting else []
        times = due if end_s is None else [*due, end_s]
        return max(0.0, min(times) - self.clock()) if times else None

    def _read(self) -> None:
        for packet in self.device.packets(_AT_ONCE):
            at_s = self.clock()
            for reply in self.internet.answer(packet, at_s):
                due_s = at_s + reply.delay_ms / 1000
                heapq.heappush(self.waiting, (due_s, next(self._order), reply.packet))

    def _deliver(self) -> None:
        while self.waiting and self.waiting[0][0] <= self.clock():
            _, _, packet = heapq.heappop(self.waiting)
            if self.device.send(packet):
                self.delivered += 1
            else:
                self.refused += 1
