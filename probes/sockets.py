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

SO_RCVBUFFORCE = 33
ICMP_FILTER = 1
ICMP6_FILTER = 1
_SOL_RAW = 255
_BUFFER_BYTES = 4 << 20
_LONGEST_HEADERS = 68
MOST_DEPARTURES = 65_536
_PROTOCOLS = {socket.AF_INET: socket.IPPROTO_ICMP, socket.AF_INET6: socket.IPPROTO_ICMPV6}

SocketAddress = tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]


class Arrival(NamedTuple):
    """A packet that came in: its ICMP bytes, its sender, and three clocks."""

    packet: bytes
    host: str
    stamp_ns: int | None
    wall_ns: int
    steady_ns: int


class EchoSocket:
    """One ICMP socket for any number of targets of one address family."""

    def __init__(self, sock: socket.socket, payload: int) -> None:
        self.family = socket.AddressFamily(sock.family)
        self.is_raw = sock.type == socket.SOCK_RAW
        self._sock = sock
        self._has_ip_header = self.is_raw and self.family == socket.AF_INET
        self._longest = payload + _LONGEST_HEADERS
        self._stamps_departures = timestamps.enable(sock)
        self._tokens: dict[int | None, int] = {}
        self._count = 0
        ident = secrets.randbits(16) if self.is_raw else _claimed_ident(sock)
        self.ident = ident
        self.template = EchoTemplate(self.family, ident, payload)

    def fileno(self) -> int:
        """Descriptor to wait on."""
        return self._sock.fileno()

    def close(self) -> None:
        """Give the descriptor back."""
        self._sock.close()

    def send(self, packet: bytes, where: SocketAddress, token: int) -> None:
        """Send, and remember under which number the departure of this token will be stamped."""
        try:
            self._sock.sendto(packet, where)
        except OSError:
            self._forget_departures()
            raise
        if self._stamps_departures:
            self._remember(token)

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
            token = self._tokens.pop(timestamps.departure_number(ancillary), None)
            stamp = timestamps.stamp_ns(ancillary)
            if token is not None and stamp is not None:
                yield token, stamp

    def _bare(self, packet: bytes) -> bytes | None:
        try:
            return strip_ipv4_header(packet)
        except PacketError:
            return None

    def _remember(self, token: int) -> None:
        self._tokens[self._count] = token
        self._count = (self._count + 1) & 0xFFFF_FFFF
        if len(self._tokens) > MOST_DEPARTURES:
            # Some drivers never stamp; what they owe must not pile up.
            del self._tokens[next(iter(self._tokens))]

    def _forget_departures(self) -> None:
        if self._stamps_departures:
            timestamps.restart_count(self._sock)
            self._tokens.clear()
            self._count = 0


def open_echo_socket(family: socket.AddressFamily, payload: int) -> EchoSocket:
    """Open the least privileged ICMP socket that this process may have."""
    if sys.platform != "linux":
        raise SocketUnavailable(family.name, "only Linux is supported")
    sock = _open(family)
    sock.settimeout(0)
    _enlarge(sock)
    _filter(sock)
    echo_socket = EchoSocket(sock, payload)
    timestamps.wait_for_stamping()
    return echo_socket


def _open(family: socket.AddressFamily) -> socket.socket:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            return socket.socket(family, kind, _PROTOCOLS[family])
        except PermissionError:
            continue
        except OSError as error:
            raise SocketUnavailable(family.name, str(error.strerror)) from error
    raise PermissionMissing


def _enlarge(sock: socket.socket) -> None:
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


def _claimed_ident(sock: socket.socket) -> int:
    # The kernel writes an identifier of its own into every packet of an unprivileged socket.
    sock.bind(("", 0))
    return int(sock.getsockname()[1])
