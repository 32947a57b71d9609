"""A cable with faults: a relay between two TUN devices that counts every packet exactly."""

from __future__ import annotations

import fcntl
import heapq
import multiprocessing
import os
import random
import select
import signal
import socket
import struct
import time
import warnings
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from netlab_node import LIBC, PR_SET_PDEATHSIG, Node

TUN = Path("/dev/net/tun")
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x4004_54CA, 0x0001, 0x1000
PR_SET_TIMERSLACK = 29
READ_AT_ONCE = 64
SPIN_S = 0.0002
"""How long before a packet is due the relay stays awake: to be woken takes about as long."""
PATIENCE_S = 20.0
PROTOCOLS = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmp"}


@dataclass(frozen=True)
class Impair:
    """What one direction of a cable does to packets.

    `jitter_s` is the half width of a uniform delay, or the standard deviation of a normal one
    (never below zero); packets may overtake each other unless `in_order`. A packet that would
    wait longer than `queue_s` for the rate is dropped. `drops(number, packet)` decides besides
    `loss`; its numbers count from 0 for each direction.
    """

    delay_s: float = 0.0
    jitter_s: float = 0.0
    normal: bool = False
    loss: float = 0.0
    duplicate: float = 0.0
    rate_bits_per_s: float = 0.0
    queue_s: float = 0.05
    in_order: bool = False
    drops: Callable[[int, bytes], bool] | None = None


@dataclass(frozen=True)
class Count:
    """Packets: read, not passed on, passed on (duplicates too), and passed on once more."""

    seen: int = 0
    dropped: int = 0
    forwarded: int = 0
    duplicated: int = 0


@dataclass(frozen=True)
class Traffic:
    """Counts by "all", "icmp", "udp", "tcp", "other" and by the address at the far (right) end."""

    forward: dict[str, Count]
    backward: dict[str, Count]
    waiting: int = 0


class Cable:
    """Two TUN devices and the process that carries packets between them."""

    def __init__(self, left: tuple[Node, str], right: tuple[Node, str]) -> None:
        needs_tun()
        self._ends = [node.within(partial(open_tun, name)) for node, name in (left, right)]
        fork = multiprocessing.get_context("fork")
        self._here, there = fork.Pipe()
        self._child = fork.Process(target=_relay, args=(self._ends, self._here, there))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            self._child.start()
        there.close()

    def impair(self, forward: Impair, backward: Impair, seed: object) -> None:
        """Change both directions, start the chance anew and count from zero."""
        self._ask(("impair", forward, backward, seed))

    def counters(self) -> Traffic:
        """Count what crossed since the last change."""
        traffic: Traffic = self._ask(("count",))
        return traffic

    def close(self) -> None:
        """End the relay; the devices vanish with it."""
        self._child.kill()
        self._child.join()
        self._child.close()
        self._here.close()
        for end in self._ends:
            os.close(end)

    def _ask(self, question: tuple[object, ...]) -> Traffic:
        self._here.send(question)
        if not self._here.poll(PATIENCE_S):
            pytest.fail("the cable's relay does not answer")
        return self._here.recv()  # type: ignore[no-any-return]


def needs_tun() -> None:
    """Skip where the kernel has no TUN devices, or fail where CI is set."""
    if TUN.exists():
        return
    if os.environ.get("CI"):
        pytest.fail("needs /dev/net/tun")
    pytest.skip("needs /dev/net/tun")


def open_tun(name: str) -> int:
    """Make a TUN device in the namespace of the calling thread and return its descriptor."""
    descriptor = os.open(TUN, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    return descriptor


@dataclass
class Direction:
    """One way through the cable: its faults, its chance, its counters."""

    exit: int
    side: str
    impair: Impair = field(default_factory=Impair)
    chance: random.Random = field(default_factory=random.Random)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    number: int = 0
    free_at: float = 0.0
    last_at: float = 0.0

    def renew(self, impair: Impair, seed: str) -> None:
        """Begin again with other faults."""
        self.impair, self.chance, self.counts = impair, random.Random(seed), Counter()
        self.number, self.free_at, self.last_at = 0, 0.0, 0.0

    def count(self, event: str, packet: bytes) -> None:
        """Count for all packets, for the packet's protocol and for its address on the right."""
        self.counts[event, "all"] += 1
        self.counts[event, protocol_of(packet)] += 1
        self.counts[event, host_of(packet, self.side)] += 1

    def arrivals(self, packet: bytes, now: float) -> list[float]:
        """When the packet comes out: never, once or twice."""
        self.count("seen", packet)
        # Every packet draws the same number of times, so that a seed means the same losses
        # whatever the other settings are.
        lost = self.chance.random() < self.impair.loss
        doubled = self.chance.random() < self.impair.duplicate
        delay_s = self._delay_s()
        sent_at = self._sent_at(packet, now)
        by_rule = self.impair.drops is not None and self.impair.drops(self.number, packet)
        self.number += 1
        if lost or by_rule or sent_at is None:
            self.count("dropped", packet)
            return []
        due = max(sent_at + delay_s, self.last_at if self.impair.in_order else 0.0)
        self.last_at = due
        if doubled:
            self.count("duplicated", packet)
        return [due, due] if doubled else [due]

    def table(self) -> dict[str, Count]:
        """Counters by protocol."""
        events = ("seen", "dropped", "forwarded", "duplicated")
        names = {"all", *PROTOCOLS.values(), "other", *(name for _, name in self.counts)}
        return {name: Count(*(self.counts[event, name] for event in events)) for name in names}

    def _delay_s(self) -> float:
        settings = self.impair
        if settings.normal:
            return max(0.0, self.chance.gauss(settings.delay_s, settings.jitter_s))
        return settings.delay_s + settings.jitter_s * (2 * self.chance.random() - 1)

    def _sent_at(self, packet: bytes, now: float) -> float | None:
        if not self.impair.rate_bits_per_s:
            return now
        begins = max(now, self.free_at)
        if begins - now > self.impair.queue_s:
            return None
        self.free_at = begins + len(packet) * 8 / self.impair.rate_bits_per_s
        return self.free_at


def protocol_of(packet: bytes) -> str:
    """Name what an IPv4 or IPv6 packet carries (extension headers count as "other")."""
    number = packet[9] if packet[0] >> 4 == 4 else packet[6]
    return PROTOCOLS.get(number, "other")


def host_of(packet: bytes, side: str) -> str:
    """Return the "source" or "destination" address of an IPv4 or IPv6 packet."""
    is_v4 = packet[0] >> 4 == 4
    start, length = (12, 4) if is_v4 else (8, 16)
    start += length if side == "destination" else 0
    family = socket.AF_INET if is_v4 else socket.AF_INET6
    return socket.inet_ntop(family, packet[start : start + length])


def _relay(ends: list[int], parent: Connection, control: Connection) -> None:
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    LIBC.prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0)
    parent.close()
    # Without this right delays are as exact as an ordinary process can make them.
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))
    _carry(ends, control)


def _carry(ends: list[int], control: Connection) -> None:
    ways = {ends[0]: Direction(ends[1], "destination"), ends[1]: Direction(ends[0], "source")}
    waiting: list[tuple[float, int, Direction, bytes]] = []
    order = 0
    while True:
        patience = max(0.0, waiting[0][0] - time.monotonic() - SPIN_S) if waiting else None
        # The time-out of select has microseconds, that of epoll only milliseconds.
        readable, _, _ = select.select([*ends, control], [], [], patience)
        if control in readable and not _answer(control, list(ways.values()), len(waiting)):
            return
        for end in ends:
            for packet in _packets(end) if end in readable else ():
                for due in ways[end].arrivals(packet, time.monotonic()):
                    order += 1
                    heapq.heappush(waiting, (due, order, ways[end], packet))
        while waiting and waiting[0][0] <= time.monotonic():
            _, _, way, packet = heapq.heappop(waiting)
            way.count("forwarded" if _written(way.exit, packet) else "dropped", packet)


def _packets(end: int) -> list[bytes]:
    found = []
    for _ in range(READ_AT_ONCE):
        try:
            found.append(os.read(end, 65_535))
        except BlockingIOError:
            break
    return found


def _written(end: int, packet: bytes) -> bool:
    try:
        return os.write(end, packet) == len(packet)
    except OSError:
        return False  # the device is not up yet, or the packet is longer than its MTU


def _answer(control: Connection, ways: list[Direction], waiting: int) -> bool:
    try:
        question, *settings = control.recv()
    except EOFError:
        return False
    if question == "impair":
        *impairs, seed = settings
        for way, impair, name in zip(ways, impairs, ("forward", "backward"), strict=True):
            way.renew(impair, f"{seed} {name}")
    control.send(Traffic(ways[0].table(), ways[1].table(), waiting))
    return True
