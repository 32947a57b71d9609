"""The two kinds of packets that can be sent at a given size: echo requests and UDP datagrams."""

import secrets
import socket
import struct
import sys
from collections.abc import Iterator
from typing import Protocol

from probes.errors import PacketError, PermissionMissing, SocketUnavailable
from probes.mtu.plan import MtuPlan
from probes.mtu.result import MtuProtocol
from probes.mtu.unfragmented import UnfragmentedSocket
from probes.mtu.verdict import Fate, Verdict
from probes.packet import Echo, EchoKind, build_echo, parse_echo, strip_ipv4_header
from probes.resolve import PinnedTarget
from probes.socket_address import socket_address
from probes.targets import family_of

_HEADERS = {socket.AF_INET: 28, socket.AF_INET6: 48}
"""The IP header, and eight bytes of ICMP or UDP."""
_ICMP = {socket.AF_INET: socket.IPPROTO_ICMP, socket.AF_INET6: socket.IPPROTO_ICMPV6}
_PORT_UNREACHABLE = {socket.AF_INET: (3, 3), socket.AF_INET6: (1, 4)}
_SOL_RAW, _FILTER, _IDENT = 255, 1, struct.Struct("!HH")


class Carrier(Protocol):
    """A socket whose packets are told apart by a key."""

    def fileno(self) -> int:
        """Descriptor to wait on."""
        ...

    def close(self) -> None:
        """Give the descriptor back."""
        ...

    def next_key(self) -> int:
        """Return what the next packet is to be recognised by."""
        ...

    def send(self, key: int, size: int) -> Verdict | None:
        """Send an IP packet of this size; say so where this machine itself objects."""
        ...

    def arrivals(self) -> Iterator[tuple[int, Verdict]]:
        """Tell what has come in since, and for which packets."""
        ...


def open_carrier(plan: MtuPlan, target: PinnedTarget) -> Carrier:
    """Open a socket for the protocol; PermissionMissing or SocketUnavailable say why not."""
    if sys.platform != "linux":
        raise SocketUnavailable(plan.protocol.upper(), "only Linux is supported")
    if plan.protocol is MtuProtocol.UDP:
        return DatagramCarrier(target, plan.port)
    return EchoCarrier(target)


class EchoCarrier:
    """Echo requests, recognised by their sequence number: ICMP errors quote no more for sure."""

    def __init__(self, target: PinnedTarget) -> None:
        self._where = socket_address(target, 0)
        self._family = family_of(target.address)
        sock = _icmp_socket(self._family)
        self._is_raw = sock.type == socket.SOCK_RAW
        self._socket = UnfragmentedSocket(sock)
        self._ident = secrets.randbits(16) if self._is_raw else _claimed_ident(sock)
        self._requests: dict[int, Echo] = {}
        self.fileno, self.close = self._socket.fileno, self._socket.close

    def next_key(self) -> int:
        """Return a sequence number."""
        return len(self._requests) & 0xFFFF

    def send(self, key: int, size: int) -> Verdict | None:
        """Send a request that makes an IP packet of this size."""
        payload, token = size - _HEADERS[self._family], secrets.randbits(32)
        request = Echo(self._family, EchoKind.REQUEST, self._ident, key, token, payload)
        self._requests[key] = request
        return self._socket.send(build_echo(request), self._where)

    def arrivals(self) -> Iterator[tuple[int, Verdict]]:
        """Take replies and errors that are about requests of ours."""
        for error in self._socket.errors():
            if (key := self._quoted_key(error.quoted)) is not None:
                yield key, error.verdict
        for packet, sender in self._socket.packets():
            key = self._answered_key(packet) if sender[0] == self._where[0] else None
            if key is not None:
                yield key, Verdict(Fate.ANSWERED)

    def _quoted_key(self, quoted: bytes) -> int | None:
        if len(quoted) < 8:
            return None
        ident, seq = _IDENT.unpack_from(quoted, 4)
        return int(seq) if ident == self._ident and seq in self._requests else None

    def _answered_key(self, packet: bytes) -> int | None:
        has_header = self._is_raw and self._family == socket.AF_INET
        try:
            reply = parse_echo(self._family, strip_ipv4_header(packet) if has_header else packet)
        except PacketError:
            return None
        request = self._requests.get(reply.seq)
        return reply.seq if request and reply.answers(request) else None


class DatagramCarrier:
    """UDP datagrams, recognised by the port that they go to."""

    def __init__(self, target: PinnedTarget, first_port: int) -> None:
        self._where = socket_address(target, 0)
        self._family = family_of(target.address)
        self._socket = UnfragmentedSocket(_udp_socket(self._family))
        self._first_port, self._count = first_port, 0
        self.fileno, self.close = self._socket.fileno, self._socket.close

    def next_key(self) -> int:
        """Return a port."""
        port = self._first_port + self._count % (0x1_0000 - self._first_port)
        self._count += 1
        return port

    def send(self, key: int, size: int) -> Verdict | None:
        """Send a datagram that makes an IP packet of this size."""
        host, _, *rest = self._where
        return self._socket.send(bytes(size - _HEADERS[self._family]), (host, key, *rest))

    def arrivals(self) -> Iterator[tuple[int, Verdict]]:
        """Take errors about ports of the target, and datagrams from them."""
        for error in self._socket.errors():
            answers = (error.kind, error.code) == _PORT_UNREACHABLE[self._family]
            is_answer = answers and error.offender == self._where[0]
            yield error.port, Verdict(Fate.ANSWERED) if is_answer else error.verdict
        for _, sender in self._socket.packets():
            if sender[0] == self._where[0]:
                yield sender[1], Verdict(Fate.ANSWERED)


def _icmp_socket(family: socket.AddressFamily) -> socket.socket:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            sock = socket.socket(family, kind, _ICMP[family])
        except PermissionError:
            continue
        except OSError as error:
            raise SocketUnavailable(family.name, str(error.strerror)) from None
        _only_replies(sock)
        return sock
    raise PermissionMissing


def _only_replies(sock: socket.socket) -> None:
    """Spare a raw socket every ICMP packet of the host; its error queue is not affected."""
    if sock.type != socket.SOCK_RAW:
        return
    if sock.family == socket.AF_INET:
        sock.setsockopt(_SOL_RAW, _FILTER, struct.pack("=I", ~(1 << 0) & 0xFFFF_FFFF))
        return
    blocked = [0xFFFF_FFFF] * 8
    blocked[129 // 32] &= ~(1 << 129 % 32)
    sock.setsockopt(socket.IPPROTO_ICMPV6, _FILTER, struct.pack("=8I", *blocked))


def _udp_socket(family: socket.AddressFamily) -> socket.socket:
    try:
        return socket.socket(family, socket.SOCK_DGRAM)
    except OSError as error:
        raise SocketUnavailable(family.name, str(error.strerror)) from None


def _claimed_ident(sock: socket.socket) -> int:
    # The kernel writes an identifier of its own into every packet of an unprivileged socket.
    sock.bind(("", 0))
    return int(sock.getsockname()[1])
