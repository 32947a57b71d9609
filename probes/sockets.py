"""ICMP echo sockets: unprivileged first, raw second, stamped by the kernel, never blocking."""

import secrets
import socket
import struct
import sys
import time
from collections.abc import Iterator
from typing import NamedTuple

from probes import timestamps
from probes.errors import PacketError, PermissionMissing, SocketUnavailable
from probes.packet import EchoTemplate, strip_ipv4_header
from probes.stamped import StampedSocket

SO_RCVBUFFORCE = 33
ICMP_FILTER = 1
ICMP6_FILTER = 1
_SOL_RAW = 255
_BUFFER_BYTES = 4 << 20
_LONGEST_HEADERS = 68
_PROTOCOLS = {socket.AF_INET: socket.IPPROTO_ICMP, socket.AF_INET6: socket.IPPROTO_ICMPV6}


class Arrival(NamedTuple):
    """A packet that came in: its ICMP bytes, its sender, and three clocks."""

    packet: bytes
    host: str
    stamp_ns: int | None
    wall_ns: int
    steady_ns: int


class EchoSocket(StampedSocket):
    """One ICMP socket for any number of targets of one address family."""

    def __init__(self, sock: socket.socket, payload: int) -> None:
        super().__init__(sock)
        self.family = socket.AddressFamily(sock.family)
        self.is_raw = sock.type == socket.SOCK_RAW
        self._has_ip_header = self.is_raw and self.family == socket.AF_INET
        self._longest = payload + _LONGEST_HEADERS
        ident = secrets.randbits(16) if self.is_raw else claimed_ident(sock)
        self.ident = ident
        self.template = EchoTemplate(self.family, ident, payload)

    def arrivals(self, limit: int) -> Iterator[Arrival]:
        """Up to `limit` packets that have come in; what is not ICMP at all is left out."""
        receive, longest = self._sock.recvmsg, self._longest
        wall_ns, steady_ns = time.time_ns(), time.monotonic_ns()
        for _ in range(limit):
            try:
                packet, ancillary, _, sender = receive(longest, timestamps.ANCILLARY_BYTES)
            except BlockingIOError:
                return
            stamp = timestamps.stamp_ns(ancillary)
            if stamp is None:
                # Only then do our own clocks tell when it came.
                wall_ns, steady_ns = time.time_ns(), time.monotonic_ns()
            bare = self._bare(packet) if self._has_ip_header else packet
            if bare is not None:
                yield Arrival(bare, sender[0], stamp, wall_ns, steady_ns)

    def departures(self) -> Iterator[tuple[int, int]]:
        """Tokens that have left, each with the wall-clock nanoseconds of its departure."""
        while True:
            try:
                _, ancillary, _, _ = self._sock.recvmsg(
                    0, timestamps.ANCILLARY_BYTES, socket.MSG_ERRQUEUE
                )
            except BlockingIOError:
                return
            departure = self.departed(ancillary)
            if departure:
                yield departure

    def _bare(self, packet: bytes) -> bytes | None:
        try:
            return strip_ipv4_header(packet)
        except PacketError:
            return None


def open_echo_socket(family: socket.AddressFamily, payload: int) -> EchoSocket:
    """Open the least privileged ICMP socket that this process may have."""
    echo_socket = EchoSocket(open_icmp_socket(family), payload)
    timestamps.wait_for_stamping()
    return echo_socket


def open_icmp_socket(family: socket.AddressFamily) -> socket.socket:
    """Open an unprivileged ICMP socket, else a raw one, that never blocks and hears replies."""
    if sys.platform != "linux":
        raise SocketUnavailable(family.name, "only Linux is supported")
    sock = _open(family)
    sock.settimeout(0)
    enlarge(sock)
    _filter(sock)
    return sock


def _open(family: socket.AddressFamily) -> socket.socket:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            return socket.socket(family, kind, _PROTOCOLS[family])
        except PermissionError:
            continue
        except OSError as error:
            raise SocketUnavailable(family.name, str(error.strerror)) from error
    raise PermissionMissing


def enlarge(sock: socket.socket) -> None:
    """Make room for bursts of answers."""
    # Without room for a burst of answers the kernel drops some, and that would look like loss.
    try:
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, _BUFFER_BYTES)
    except PermissionError:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)


def _filter(sock: socket.socket) -> None:
    """Let only echo replies through; a raw socket would get every ICMP packet of the host."""
    if sock.type != socket.SOCK_RAW:
        return
    if sock.family == socket.AF_INET:
        sock.setsockopt(_SOL_RAW, ICMP_FILTER, struct.pack("=I", ~(1 << 0) & 0xFFFF_FFFF))
        return
    blocked = [0xFFFF_FFFF] * 8
    blocked[129 // 32] &= ~(1 << 129 % 32)
    sock.setsockopt(socket.IPPROTO_ICMPV6, ICMP6_FILTER, struct.pack("=8I", *blocked))


def claimed_ident(sock: socket.socket) -> int:
    """Return the identifier that the kernel gives an unprivileged ICMP socket."""
    # The kernel writes an identifier of its own into every packet of an unprivileged socket.
    sock.bind(("", 0))
    return int(sock.getsockname()[1])
