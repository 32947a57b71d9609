"""UDP sockets whose packets the kernel stamps, read and written by threads that may block."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from probes import timestamps

Where = tuple[str, int]

SO_RCVBUFFORCE, SO_RXQ_OVFL = 33, 40
_BUFFER_BYTES = 4 << 20
_LONGEST = 65_536
_TICK = struct.Struct("@ll").pack(0, 50_000)
_IP_RECVTOS = 13
_MARKS = frozenset({(socket.IPPROTO_IP, socket.IP_TOS), (socket.IPPROTO_IPV6, socket.IPV6_TCLASS)})


class Arrival(NamedTuple):
    """A datagram, who sent it, when the kernel got it, and the byte that holds its DSCP."""

    packet: bytes
    sender: Where
    stamp_ns: int
    traffic_class: int

    @property
    def dscp(self) -> int:
        """The upper six bits (RFC 2474)."""
        return self.traffic_class >> 2


class DatagramSocket:
    """One UDP socket; `receive` waits 50 ms at most, so that its thread can be stopped.

    Times are nanoseconds of the wall clock. One thread may send while another receives.
    """

    def __init__(
        self, host: str, family: socket.AddressFamily, dscp: int = 0, *, departures: bool = True
    ) -> None:
        self._sock = socket.socket(family, socket.SOCK_DGRAM)
        try:
            self._prepare(family, dscp)
            self._sock.bind((host, 0))
        except OSError:
            self._sock.close()
            raise
        self.port = int(self._sock.getsockname()[1])
        self._stamps_departures = departures and timestamps.enable(self._sock)
        if not departures:
            self._sock.setsockopt(socket.SOL_SOCKET, timestamps.SO_TIMESTAMPNS_NEW, 1)
        self.overflowed = 0
        """Packets that came, and that the kernel threw away as nobody read fast enough."""
        self._sent: dict[int | None, tuple[int, int]] = {}
        self._count = 0

    def close(self) -> None:
        """Give the descriptor back."""
        self._sock.close()

    def send(self, packet: bytes, where: Where, key: int) -> int:
        """Send, and return our own time just before; the kernel's will be known by the key."""
        before_ns = time.time_ns()
        if self._stamps_departures:
            # Noted first: the other thread may read the stamp before this one goes on.
            self._sent[self._count] = (key, before_ns)
        try:
            self._sock.sendto(packet, where)
        except OSError:
            self._sent.clear()
            self._count = 0
            if self._stamps_departures:
                timestamps.restart_count(self._sock)
            raise
        self._count = (self._count + 1) & 0xFFFF_FFFF
        return before_ns

    def receive(self) -> Arrival | None:
        """Return the next datagram; None if 50 ms pass without one, or on an ICMP error."""
        try:
            packet, ancillary, _, sender = self._sock.recvmsg(_LONGEST, timestamps.ANCILLARY_BYTES)
        except OSError:
            return None
        self.overflowed = _overflowed(ancillary, self.overflowed)
        stamp_ns = timestamps.stamp_ns(ancillary) or time.time_ns()
        return Arrival(packet, sender[:2], stamp_ns, _traffic_class(ancillary))

    def departures(self) -> Iterator[tuple[int, int]]:
        """Keys of what has left since the last call, each with when the kernel let it go."""
        while self._stamps_departures:
            try:
                _, ancillary, _, _ = self._sock.recvmsg(
                    0, timestamps.ANCILLARY_BYTES, socket.MSG_ERRQUEUE
                )
            except OSError:
                return
            number = timestamps.departure_number(ancillary)
            stamp_ns = timestamps.stamp_ns(ancillary)
            key, before_ns = self._sent.get(number, (None, 0))
            # A stamp from before a failed send bears a number that was given out anew.
            if key is not None and stamp_ns is not None and stamp_ns >= before_ns:
                del self._sent[number]
                yield key, stamp_ns

    def _prepare(self, family: socket.AddressFamily, dscp: int) -> None:
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _TICK)
        self._sock.setsockopt(socket.SOL_SOCKET, SO_RXQ_OVFL, 1)
        with suppress(OSError):
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
            self._sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, _BUFFER_BYTES)
        if family == socket.AF_INET:
            self._sock.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, dscp << 2)
            self._sock.setsockopt(socket.IPPROTO_IP, _IP_RECVTOS, 1)
            return
        self._sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, dscp << 2)
        self._sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVTCLASS, 1)


def _overflowed(ancillary: timestamps.Ancillary, before: int) -> int:
    for level, kind, content in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, SO_RXQ_OVFL):
            return int(struct.unpack_from("@I", content)[0])
    return before


def _traffic_class(ancillary: timestamps.Ancillary) -> int:
    for level, kind, content in ancillary:
        if (level, kind) in _MARKS:
            # One byte in IPv4, an int in the machine's order in IPv6.
            return content[0] if len(content) == 1 else int(struct.unpack_from("@i", content)[0])
    return 0
