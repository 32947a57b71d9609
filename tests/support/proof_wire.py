"""Round trips as a capture sees them, and losses that are known beforehand."""

from __future__ import annotations

import re
import struct
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from random import Random

from cable import host_of

_RECORD = struct.Struct("=IIII")
_NANO, _FILE_HEADER, _ETHERNET = 0xA1B2_3C4D, 24, 14
REQUEST, REPLY = 8, 0
Key = tuple[str, int, int]


class LossByHost:
    """Loses packets by a chance of its own for each host on the right: a seed a host."""

    def __init__(self, probability: float, hosts: Sequence[str], side: str) -> None:
        self.probability, self.side = probability, side
        self.chances = {host: Random(f"{probability} {host}") for host in hosts}

    def __call__(self, _: int, packet: bytes) -> bool:
        chance = self.chances.get(host_of(packet, self.side))
        return chance is not None and chance.random() < self.probability

    def expected(self, host: str, count: int) -> list[bool]:
        """Tell which of a host's first packets will be lost."""
        chance = Random(f"{self.probability} {host}")
        return [chance.random() < self.probability for _ in range(count)]


def wire_rtts_us(capture: Path) -> dict[str, list[float]]:
    """Read a nanosecond capture of the loopback: round trips of each host, in sending order."""
    left: dict[Key, int] = {}
    rtts: dict[str, list[float]] = defaultdict(list)
    for stamp_ns, packet in _records(capture.read_bytes()):
        start = _ETHERNET + (packet[_ETHERNET] & 0x0F) * 4
        kind, _, _, ident, seq = struct.unpack_from("!BBHHH", packet, start)
        side = "destination" if kind == REQUEST else "source"
        key = (host_of(packet[_ETHERNET:], side), ident, seq)
        if kind == REQUEST:
            left[key] = stamp_ns
        elif kind == REPLY:
            rtts[key[0]].append((stamp_ns - left[key]) / 1000)
    return rtts


def _records(content: bytes) -> list[tuple[int, bytes]]:
    assert struct.unpack_from("=I", content)[0] == _NANO
    found, at = [], _FILE_HEADER
    while at < len(content):
        seconds, nanoseconds, length, _ = _RECORD.unpack_from(content, at)
        at += _RECORD.size
        found.append((seconds * 10**9 + nanoseconds, content[at : at + length]))
        at += length
    return found


def fping_rtts_us(words: str) -> dict[str, list[float]]:
    """Read what `fping -C n -q` prints."""
    rows = re.findall(r"^(\S+)\s+: ([\d. ]+)$", words, re.MULTILINE)
    return {host: [float(number) * 1000 for number in times.split()] for host, times in rows}


def errors_us(reported: dict[str, list[float]], wire: dict[str, list[float]]) -> list[float]:
    """Return how far each reported round trip is from the capture's, sorted."""
    return sorted(
        abs(told - seen)
        for host, times in reported.items()
        for told, seen in zip(times, wire[host], strict=True)
    )
