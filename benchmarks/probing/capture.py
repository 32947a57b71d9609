"""What really was on the wire: echo requests and replies with the kernel's own stamps."""

from __future__ import annotations

import signal
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

_HEADER, _RECORD = struct.Struct("=IHHiIII"), struct.Struct("=IIII")
_NANOSECONDS = 0xA1B23C4D
_ETHERNET, _IPV4 = 14, 20


@dataclass(slots=True)
class Wire:
    """Round trips seen on the wire, ms, by target and in the order of the requests."""

    rtts_ms: dict[str, list[float | None]] = field(default_factory=dict)


@contextmanager
def capture() -> Iterator[Wire]:
    """Record ICMP on the loopback while the block runs; the wire is read when it ends."""
    wire = Wire()
    with TemporaryDirectory() as folder:
        path = Path(folder, "wire.pcap")
        command = ["tcpdump", "-i", "lo", "-w", str(path), "-s", "64", "-B", "65536"]
        command += ["--time-stamp-precision=nano", "-Z", "root", "--immediate-mode", "icmp"]
        process = subprocess.Popen(command, stderr=subprocess.PIPE)
        assert process.stderr
        # Its first words come when it listens.
        while b"listening on" not in process.stderr.readline():
            if process.poll() is not None:
                raise RuntimeError("tcpdump ended before it listened")
        try:
            yield wire
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
        wire.rtts_ms = _round_trips(path.read_bytes())


def _round_trips(pcap: bytes) -> dict[str, list[float | None]]:
    magic, *_ = _HEADER.unpack_from(pcap)
    if magic != _NANOSECONDS:
        raise RuntimeError("the capture is not in nanoseconds")
    asked: dict[bytes, tuple[str, int]] = {}
    asked_ns: dict[bytes, int] = {}
    found: dict[str, list[float | None]] = {}
    for at_ns, packet in _packets(pcap):
        kind, key = packet[_IPV4], packet[_IPV4 + 4 : _IPV4 + 12]
        if kind == 8:
            target = ".".join(map(str, packet[16:20]))
            rtts = found.setdefault(target, [])
            key = packet[16:20] + key
            asked[key], asked_ns[key] = (target, len(rtts)), at_ns
            rtts.append(None)
        elif (key := packet[12:16] + key) in asked:
            target, index = asked.pop(key)
            found[target][index] = (at_ns - asked_ns.pop(key)) / 1e6
    return found


def _packets(pcap: bytes) -> Iterator[tuple[int, bytes]]:
    at = _HEADER.size
    seen: set[bytes] = set()
    while at < len(pcap):
        seconds, nanoseconds, kept, _ = _RECORD.unpack_from(pcap, at)
        packet = pcap[at + _RECORD.size + _ETHERNET : at + _RECORD.size + kept]
        at += _RECORD.size + kept
        # On loopback a packet may be seen going out and coming in: the first sight counts.
        if packet not in seen:
            seen.add(packet)
            yield seconds * 1_000_000_000 + nanoseconds, packet
