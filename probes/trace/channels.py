"""The sockets that a trace sends from: ICMP and UDP, one for all targets, with no right needed."""

import secrets
import socket
import time
from abc import ABC, abstractmethod
from collections.abc import Hashable
from typing import Any, Protocol

from probes import timestamps
from probes.errors import SocketUnavailable
from probes.flight import round_trip_ms
from probes.socket_address import Sockaddr
from probes.sockets import Arrival, claimed_ident, enlarge, open_icmp_socket
from probes.stamped import StampedSocket
from probes.tokens import Tokens
from probes.trace.error_queue import ErrorQueue
from probes.trace.lane import Lane
from probes.trace.packets import (
    MOST_FLOWS,
    REPLIES,
    UDP_HEADER,
    EchoFlow,
    ident_and_seq,
    leading_token,
    udp_payload,
)
from probes.trace.shot import Answer, Shot

_TTL_OPTIONS = {
    int(socket.AF_INET): (int(socket.SOL_IP), socket.IP_TTL),
    int(socket.AF_INET6): (int(socket.IPPROTO_IPV6), socket.IPV6_UNICAST_HOPS),
}
_SOL_SOCKET, _SO_ERROR = int(socket.SOL_SOCKET), int(socket.SO_ERROR)
_LONGEST_REPLY = 128
_READ_AT_ONCE = 1024
_SEND_ATTEMPTS = 3
_MOST_UNDER_WAY = 0xFFF0


class Channel(Protocol):
    """Where probes leave and their answers come in; the engine knows it by its key."""

    key: Any

    def fileno(self) -> int:
        """Descriptor to wait on."""
        ...

    def close(self) -> None:
        """Give the descriptor back."""
        ...

    def send(self, shot: Shot, where: Sockaddr) -> None:
        """Send a probe; OSError says why the kernel would not."""
        ...

    def read(self) -> list[Lane]:
        """Take in what has come; return the lanes that learnt something."""
        ...

    def forget(self, shot: Shot) -> None:
        """Wait for it no longer."""
        ...

    @property
    def is_done(self) -> bool:
        """Whether it is of no more use."""
        ...


def ttl_option(sock: socket.socket) -> tuple[int, int]:
    """Return level and name of the option that says how far packets travel."""
    return _TTL_OPTIONS[sock.family]


class DatagramChannel(ABC):
    """What ICMP and UDP have in common: many probes under way from one socket."""

    def __init__(self, sock: socket.socket, transport: int, key: Hashable) -> None:
        self.key = key
        self._sock = sock
        self._ttl_level, self._ttl_option = ttl_option(sock)
        self._stamped = StampedSocket(sock)
        self._queue = ErrorQueue(sock, transport)
        self._shots: dict[int, Shot] = {}
        self._secrets = Tokens()

    def fileno(self) -> int:
        """Descriptor to wait on."""
        return self._sock.fileno()

    def close(self) -> None:
        """Give the descriptor back."""
        self._sock.close()

    def send(self, shot: Shot, where: Sockaddr) -> None:
        """Send a probe; OSError says why the kernel would not."""
        packet = self._packet(shot)
        self._sock.setsockopt(self._ttl_level, self._ttl_option, shot.ttl)
        shot.wall_ns, shot.steady_ns = time.time_ns(), time.monotonic_ns()
        self._push(packet, where, shot.key)
        shot.channel, self._shots[shot.key] = self, shot

    def forget(self, shot: Shot) -> None:
        """Wait for it no longer."""
        self._shots.pop(shot.key, None)

    @property
    def is_done(self) -> bool:
        """Never, for one socket serves all."""
        return False

    def read(self) -> list[Lane]:
        """Take in what has come; return the lanes that learnt something."""
        # Departures second: whatever has come in by now has departed before.
        replies = self._replies()
        learnt = self._read_queue()
        for arrival in replies:
            learnt += self._note(self._replied(arrival), Answer(arrival.host), arrival)
        return learnt

    @abstractmethod
    def _packet(self, shot: Shot) -> bytes:
        """Give the probe its key and token, and put it in bytes."""

    @abstractmethod
    def _replied(self, arrival: Arrival) -> list[Shot]:
        """Find the probe that a target's reply is for, or all that it may be for."""

    @abstractmethod
    def _quoted(self, quoted: bytes, host: str) -> list[Shot]:
        """Find the probe to this host that an error quotes, or all that it may be about."""

    def _push(self, packet: bytes, where: Sockaddr, key: int) -> None:
        # An error that came in for another probe would be raised here, and clears when asked for.
        self._sock.getsockopt(_SOL_SOCKET, _SO_ERROR)
        for _ in range(_SEND_ATTEMPTS - 1):
            try:
                self._stamped.send(packet, where, key)
            except BlockingIOError:
                raise
            except OSError:
                continue
            return
        self._stamped.send(packet, where, key)

    def _replies(self) -> list[Arrival]:
        found: list[Arrival] = []
        receive = self._sock.recvmsg
        wall_ns, steady_ns = time.time_ns(), time.monotonic_ns()
        for _ in range(_READ_AT_ONCE):
            try:
                packet, ancillary, _, sender = receive(_LONGEST_REPLY, timestamps.ANCILLARY_BYTES)
            except BlockingIOError:
                break
            except OSError:
                # It is about a probe, and the error queue holds it as well.
                continue
            stamp = timestamps.stamp_ns(ancillary)
            if stamp is None:
                wall_ns, steady_ns = time.time_ns(), time.monotonic_ns()
            found.append(Arrival(packet, sender[0], stamp, wall_ns, steady_ns))
        return found

    def _read_queue(self) -> list[Lane]:
        learnt: list[Lane] = []
        wall_ns, steady_ns = time.time_ns(), time.monotonic_ns()
        for quoted, host, answer, stamp_ns in self._queue.drain(self._note_departure):
            shots = self._quoted(quoted, host)
            if shots:
                arrival = Arrival(b"", host, stamp_ns, wall_ns, steady_ns)
                learnt += self._note(shots, answer, arrival)
        return learnt

    def _note_departure(self, number: int, left_ns: int | None) -> None:
        key = self._stamped.claim(number)
        shot = None if key is None else self._shots.get(key)
        if shot:
            shot.left_ns = left_ns

    def _note(self, shots: list[Shot], answer: Answer, arrival: Arrival) -> list[Lane]:
        if len(shots) != 1:
            return self._tell_apart(shots)
        (shot,) = shots
        del self._shots[shot.key]
        rtt_ms = round_trip_ms(shot, arrival)
        if rtt_ms > shot.timeout_ms:
            return []
        shot.answer, shot.rtt_ms = answer, rtt_ms
        shot.lane.heard(shot)
        return [shot.lane]

    def _tell_apart(self, shots: list[Shot]) -> list[Lane]:
        lanes = list({shot.lane: None for shot in shots})
        for lane in lanes:
            for shot in lane.go_alone():
                self.forget(shot)
        return lanes


class IcmpChannel(DatagramChannel):
    """Echo requests to any number of targets; a flow is a checksum."""

    def __init__(self, family: socket.AddressFamily, key: Hashable) -> None:
        sock = open_icmp_socket(family)
        super().__init__(sock, 0, key)
        is_raw = sock.type == socket.SOCK_RAW
        self._has_ip_header = is_raw and family == socket.AF_INET
        self._reply = REPLIES[family]
        self._ident = secrets.randbits(16) if is_raw else claimed_ident(sock)
        self._flows = [EchoFlow(family, self._ident, flow) for flow in range(MOST_FLOWS)]
        self._seq = secrets.randbits(16)

    def _packet(self, shot: Shot) -> bytes:
        shot.key, shot.token = self._free_seq(), self._secrets.draw()
        return self._flows[shot.lane.flow].request(shot.key, shot.token)

    def _replied(self, arrival: Arrival) -> list[Shot]:
        packet = arrival.packet
        if self._has_ip_header:
            packet = packet[(packet[0] & 0x0F) * 4 :] if packet else b""
        if not packet or packet[0] != self._reply:
            return []
        return self._about(packet, arrival.host)

    def _quoted(self, quoted: bytes, host: str) -> list[Shot]:
        return self._about(quoted, host)

    def _about(self, packet: bytes, host: str) -> list[Shot]:
        """Find the probe by its header, and by its token where that is there."""
        head = ident_and_seq(packet)
        shot = self._shots.get(head[1]) if head and head[0] == self._ident else None
        if shot is None or shot.lane.host != host:
            return []
        return [shot] if leading_token(packet[8:]) in (None, shot.token) else []

    def _free_seq(self) -> int:
        if len(self._shots) > _MOST_UNDER_WAY:
            raise BlockingIOError
        while (seq := (self._seq + 1) & 0xFFFF) in self._shots:
            self._seq = seq
        self._seq = seq
        return seq


class UdpChannel(DatagramChannel):
    """Datagrams from one port to any number of targets; a flow is that port."""

    def __init__(self, family: socket.AddressFamily, key: Hashable) -> None:
        super().__init__(open_udp_socket(family), UDP_HEADER, key)

    def _packet(self, shot: Shot) -> bytes:
        shot.key = shot.token = self._secrets.draw()
        return udp_payload(shot.token)

    def _replied(self, arrival: Arrival) -> list[Shot]:
        # A service need not repeat the token.
        waiting = self._to(arrival.host)
        token = leading_token(arrival.packet)
        return [shot for shot in waiting if shot.token == token] or waiting

    def _quoted(self, quoted: bytes, host: str) -> list[Shot]:
        token = leading_token(quoted)
        if token is None:
            # Eight bytes of a UDP packet do not tell which it was.
            return self._to(host)
        shot = self._shots.get(token)
        return [shot] if shot and shot.lane.host == host else []

    def _to(self, host: str) -> list[Shot]:
        return [shot for shot in self._shots.values() if shot.lane.host == host]


def open_udp_socket(family: socket.AddressFamily) -> socket.socket:
    """Open a UDP socket with a port of its own that never blocks."""
    try:
        sock = socket.socket(family, socket.SOCK_DGRAM)
    except OSError as error:
        raise SocketUnavailable(family.name, str(error.strerror)) from error
    sock.settimeout(0)
    enlarge(sock)
    sock.bind(("", 0))
    return sock
