"""What the kernel tells about packets that a socket sent: departures, and ICMP errors.

The error queue needs no right (ip(7), IP_RECVERR; Documentation/networking/timestamping).
"""

import socket
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

from probes import timestamps
from probes.errors import PacketError
from probes.icmp_errors import SHORTEST_EXTENDED_QUOTE, MplsLabel, kind_of, parse_labels
from probes.trace.shot import Answer

IP_RECVERR_RFC4884 = 26
IPV6_RECVERR_RFC4884 = 31
LONGEST_QUOTE = 1280
"""Bytes that are read of an error: the longest that ICMPv6 allows (RFC 4443, 2.4 c)."""

_EXTENDED_ERROR = struct.Struct("=IBBBBIHBx")
_ORIGIN_TIMESTAMPING = 4
_ORIGINS_ICMP = frozenset({2, 3})
_EXTENSION_INVALID = 1
_SPEAKERS = {socket.AF_INET: slice(20, 24), socket.AF_INET6: slice(24, 40)}
_IP_HEADERS = {socket.AF_INET: 20, socket.AF_INET6: 40}
_OPTIONS = {
    socket.AF_INET: (int(socket.SOL_IP), timestamps.IP_RECVERR, IP_RECVERR_RFC4884),
    socket.AF_INET6: (
        int(socket.IPPROTO_IPV6),
        timestamps.IPV6_RECVERR,
        IPV6_RECVERR_RFC4884,
    ),
}
_NOTHING = bytes(_EXTENDED_ERROR.size)
_SOL_SOCKET = int(socket.SOL_SOCKET)
_ERROR_QUEUE = int(socket.MSG_ERRQUEUE)
_MOST_KNOWN = 65_536

Departed = Callable[[int, int | None], None]


class Report(NamedTuple):
    """An ICMP error about a packet: what it quotes, whom that was for, what it says, when."""

    quoted: bytes
    host: str
    answer: Answer
    stamp_ns: int | None


class ErrorQueue:
    """Reads the error queue of one socket.

    `transport` is the length of the header that the kernel takes off the quoted packet besides
    that of IP: 8 for UDP, 0 for ICMP and TCP.
    """

    def __init__(self, sock: socket.socket, transport: int) -> None:
        self._sock = sock
        self._family = socket.AddressFamily(sock.family)
        self._level, errors, extensions = _OPTIONS[self._family]
        self._kind = errors
        self._unstated = SHORTEST_EXTENDED_QUOTE - _IP_HEADERS[self._family] - transport
        sock.setsockopt(self._level, errors, 1)
        self._known: dict[bytes, Answer] = {}
        self._tells_extensions = False
        # Linux 5.9.
        with suppress(OSError):
            sock.setsockopt(self._level, extensions, 1)
            self._tells_extensions = True

    def drain(self, departed: Departed) -> Iterator[Report]:
        """Go through the ICMP errors; tell of departures on the way, by the kernel's count."""
        receive, level_wanted, kind_wanted = self._sock.recvmsg, self._level, self._kind
        while True:
            try:
                quoted, ancillary, _, to = receive(
                    LONGEST_QUOTE, timestamps.ANCILLARY_BYTES, _ERROR_QUEUE
                )
            except OSError:
                return
            about, stamp_ns = _NOTHING, None
            for level, kind, content in ancillary:
                if level == _SOL_SOCKET:
                    stamp_ns = timestamps.nanoseconds(content)
                elif level == level_wanted and kind == kind_wanted:
                    about = content
            if about[4] == _ORIGIN_TIMESTAMPING:
                departed(int.from_bytes(about[12:16], sys.byteorder), stamp_ns)
            elif answer := self._answer(about, quoted):
                yield Report(quoted, to[0] if to else "", answer, stamp_ns)

    def _answer(self, about: bytes, quoted: bytes) -> Answer | None:
        """Read an ICMP error; None for errors of this machine's own."""
        # Origin, type, code and the speaker make the answer, if there is no room for labels.
        plain = len(quoted) < self._unstated
        known = self._known.get(about[4:7] + about[16:]) if plain else None
        if known:
            return known
        answer = self._read_answer(about, quoted)
        if answer and plain and len(self._known) < _MOST_KNOWN:
            self._known[about[4:7] + about[16:]] = answer
        return answer

    def _read_answer(self, about: bytes, quoted: bytes) -> Answer | None:
        _, origin, number, code, _, _, offset, flags = _EXTENDED_ERROR.unpack_from(about)
        if origin not in _ORIGINS_ICMP:
            return None
        try:
            kind = kind_of(self._family, number, code)
            speaker = socket.inet_ntop(self._family, about[_SPEAKERS[self._family]])
        except (PacketError, ValueError):
            return None
        offset = 0 if flags & _EXTENSION_INVALID else offset
        return Answer(speaker, kind, code, self._labels(quoted, offset))

    def _labels(self, quoted: bytes, offset: int) -> tuple[MplsLabel, ...] | None:
        if offset:
            return parse_labels(quoted[offset:]) or ()
        # Routers of before RFC 4884 do not state where their extensions begin.
        if found := parse_labels(quoted[self._unstated :], checked=True):
            return found
        return () if self._tells_extensions else None
