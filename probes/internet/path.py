"""One destination's path, ready for packets: legs to every hop, limits, and what came of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import NamedTuple
from zlib import crc32

from probes.internet.answers import (
    host_answer,
    label_stack,
    may_be_answered,
    time_exceeded,
    unreachable,
)
from probes.internet.condition import FAIR, Condition
from probes.internet.crossing import Chance, Leg, Spread, back, forward, queue_of, spread_of
from probes.internet.datagram import Datagram
from probes.internet.fate import Fate, empty_tally
from probes.internet.topology import Route, Router
from probes.targets import Address

SMALL_PACKET = 64
"""Bytes of the packets that `round_trip_ms` stands for."""


class Reply(NamedTuple):
    """A whole IP packet that comes back, and how long after the question, in ms."""

    packet: bytes
    delay_ms: float


@dataclass(slots=True)
class Bucket:
    """A router's leave to send ICMP errors: so many a second, and a burst after rest."""

    per_s: float
    depth: float
    tokens: float
    at_s: float = 0.0

    def take(self, at_s: float) -> bool:
        """Take leave to send one; time that runs backwards fills nothing."""
        if at_s > self.at_s:
            self.tokens = min(self.depth, self.tokens + (at_s - self.at_s) * self.per_s)
            self.at_s = at_s
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class Stop:
    """A router on one path, in one version of IP."""

    __slots__ = ("bucket", "faces", "labels", "salt", "silent", "slow_base_ms", "slow_spread")

    def __init__(self, router: Router, version: int, salt: int) -> None:
        self.faces = router.faces(version)
        self.silent = router.silent or not self.faces
        self.labels = label_stack(router.mpls)
        self.salt = salt
        burst, per_s = float(router.icmp_burst), router.icmp_per_s
        self.bucket = None if per_s is None else Bucket(per_s, burst, burst)
        self.slow_base_ms = router.slow_icmp.base_ms
        self.slow_spread: Spread | None = spread_of(router.slow_icmp)

    def face(self, datagram: Datagram) -> Address:
        """Return the address that this packet's flow meets."""
        if len(self.faces) == 1:
            return self.faces[0]
        # The product mixes the hop into the choice: one hop's must not decide the next one's.
        mixed = datagram.flow * self.salt & 0xFFFF_FFFF
        return self.faces[mixed * len(self.faces) >> 32]

    def slow_ms(self, chance: Chance) -> float:
        """Return how long the router takes to word an error itself."""
        return self.slow_base_ms + (self.slow_spread(chance) if self.slow_spread else 0.0)


class Path:
    """The way to one address and back; it remembers limits, queues and counts."""

    def __init__(
        self, name: str, address: Address, route: Route, marks: frozenset[str], stream: Random
    ) -> None:
        """Take a name for the end of the path, and all that conditions may call it.

        Before the first packet it has to `suffer` the conditions that rule then.
        """
        self.name = name
        self.route = route
        self.stream = stream
        self.tally = empty_tally()
        self._marks = [*map(_marks, route.routers), marks]
        self._stops = [
            Stop(router, address.version, _salt(address, hop))
            for hop, router in enumerate(route.routers)
        ]
        # What the last router turns away gets that far and no farther.
        self._reach = len(self._stops) + (route.host.unreachable is None)
        self._links = [*(router.link for router in route.routers), route.link]
        self._queues = [(queue_of(link), queue_of(link)) for link in self._links]

    def suffer(self, conditions: Mapping[str, Condition]) -> None:
        """Work the legs out anew under these conditions."""
        there, home = [], []
        for link, queues, marks in zip(self._links, self._queues, self._marks, strict=True):
            condition = _joined(conditions, marks)
            there.append(forward(link, condition, queues[0]))
            home.append(back(link, condition, queues[1]))
        ends = range(1, len(self._links) + 1)
        self._there = [Leg.of(there[:end]) for end in ends]
        self._home = [Leg.of(home[end - 1 :: -1]) for end in ends]

    def answer(self, datagram: Datagram, at_s: float, chance: Chance) -> list[Reply]:
        """Carry a packet as far as it goes, and its answer back."""
        end = min(datagram.ttl, self._reach) - 1
        there_ms = self._there[end].travel_ms(chance, at_s, len(datagram.raw))
        if there_ms is None:
            return self._end(Fate.LOST)
        if end < len(self._stops):
            return self._reported(datagram, end, at_s, there_ms, chance)
        packet = host_answer(datagram, self.route.host, end)
        if packet is None:
            return self._end(Fate.IGNORED)
        return self._returned(packet, end, at_s, there_ms, chance)

    def round_trip_ms(self, at_s: float, chance: Chance) -> float | None:
        """Send one small packet there and back; None where it is lost."""
        if self.route.host.unreachable:
            return None
        there_ms = self._there[-1].travel_ms(chance, at_s, SMALL_PACKET)
        if there_ms is None:
            return None
        arrived_s = at_s + there_ms / 1000
        home_ms = self._home[-1].travel_ms(chance, arrived_s, SMALL_PACKET)
        return None if home_ms is None else there_ms + home_ms

    def _reported(
        self, datagram: Datagram, end: int, at_s: float, there_ms: float, chance: Chance
    ) -> list[Reply]:
        stop, reason = self._stops[end], self.route.host.unreachable
        if fate := _unsaid(stop, datagram, at_s + there_ms / 1000):
            return self._end(fate)
        face = stop.face(datagram)
        if reason is None or datagram.ttl == end + 1:
            packet = time_exceeded(datagram, face, stop.labels, end)
        else:
            packet = unreachable(datagram, face, reason, end)
        return self._returned(packet, end, at_s, there_ms + stop.slow_ms(chance), chance)

    def _returned(
        self, packet: bytes, end: int, at_s: float, spent_ms: float, chance: Chance
    ) -> list[Reply]:
        home_ms = self._home[end].travel_ms(chance, at_s + spent_ms / 1000, len(packet))
        if home_ms is None:
            return self._end(Fate.ANSWER_LOST)
        self.tally[Fate.ANSWERED] += 1
        return [Reply(packet, spent_ms + home_ms)]

    def _end(self, fate: Fate) -> list[Reply]:
        self.tally[fate] += 1
        return []


def _unsaid(stop: Stop, datagram: Datagram, at_s: float) -> Fate | None:
    """Say why a router does not report what happened to a packet; None if it does."""
    if stop.silent or not may_be_answered(datagram):
        return Fate.SILENT
    if stop.bucket and not stop.bucket.take(at_s):
        return Fate.RATE_LIMITED
    return None


def _marks(router: Router) -> frozenset[str]:
    return frozenset((router.name, *map(str, router.addresses)))


def _joined(conditions: Mapping[str, Condition], marks: frozenset[str]) -> Condition:
    joined = FAIR
    for place in sorted(marks & conditions.keys()):
        joined = joined.joined(conditions[place])
    return joined


def _salt(address: Address, hop: int) -> int:
    """Return an odd number that is this hop's own on this path."""
    return crc32(address.packed + bytes((hop,))) | 1
