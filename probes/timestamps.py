"""Kernel timestamps on ICMP sockets: when a packet really left and really came."""

import socket
import struct
from collections.abc import Iterable
from contextlib import suppress

# Python names none of these Linux constants. The "new" options carry 64-bit seconds on every
# architecture (Linux 5.1).
SO_TIMESTAMPNS_NEW = 64
SO_TIMESTAMPING_NEW = 65
IP_RECVERR = 11
IPV6_RECVERR = 25

_TX_SOFTWARE, _RX_SOFTWARE, _SOFTWARE = 1 << 1, 1 << 3, 1 << 4
_OPT_ID, _OPT_TSONLY = 1 << 7, 1 << 11
_FLAGS = _TX_SOFTWARE | _RX_SOFTWARE | _SOFTWARE | _OPT_ID | _OPT_TSONLY

_TIMESPEC = struct.Struct("=qq")
_EXTENDED_ERROR = struct.Struct("=IBBBBII")
_ORIGIN_TIMESTAMPING = 4
_ERROR_SOURCES = frozenset({(socket.SOL_IP, IP_RECVERR), (socket.IPPROTO_IPV6, IPV6_RECVERR)})

Ancillary = Iterable[tuple[int, int, bytes]]


def enable(sock: socket.socket) -> bool:
    """Ask for both stamps, else for arrivals alone; tell whether departures will be stamped."""
    try:
        sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPING_NEW, _FLAGS)
    except OSError:
        with suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS_NEW, 1)
        return False
    return True


def restart_count(sock: socket.socket) -> None:
    """Make the kernel number departures from zero again.

    Kernels differ in whether a send that failed was counted.
    """
    sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPING_NEW, 0)
    sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPING_NEW, _FLAGS)


def stamp_ns(ancillary: Ancillary) -> int | None:
    """Wall-clock nanoseconds at which the kernel saw the packet."""
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind in (SO_TIMESTAMPNS_NEW, SO_TIMESTAMPING_NEW):
            seconds, nanoseconds = _TIMESPEC.unpack_from(content)
            return int(seconds * 1_000_000_000 + nanoseconds)
    return None


def departure_number(ancillary: Ancillary) -> int | None:
    """Which departure, counted from zero, a message of the error queue is about."""
    for level, kind, content in ancillary:
        if (level, kind) in _ERROR_SOURCES:
            _, origin, *_, number = _EXTENDED_ERROR.unpack_from(content)
            return int(number) if origin == _ORIGIN_TIMESTAMPING else None
    return None
