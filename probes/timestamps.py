"""Kernel timestamps on ICMP sockets: when a packet really left and really came."""

import socket
import struct
import time
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

ANCILLARY_BYTES = 256
_PATIENCE_S = 0.02

_timespec = struct.Struct("=qq").unpack_from
_SOL_SOCKET = int(socket.SOL_SOCKET)
_STAMPS = frozenset({SO_TIMESTAMPNS_NEW, SO_TIMESTAMPING_NEW})
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


def wait_for_stamping() -> None:
    """Return when arrivals are really being stamped, or after 20 ms without that.

    The kernel switches stamping on some moments after it is asked to, and on a busy machine
    the first answers would come unstamped. A datagram to ourselves tells when it is on.
    """
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mirror:
        mirror.bind(("127.0.0.1", 0))
        mirror.connect(mirror.getsockname())
        mirror.settimeout(_PATIENCE_S)
        mirror.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPING_NEW, _RX_SOFTWARE | _SOFTWARE)
        for _ in range(20):
            if _is_stamped(mirror):
                return
            time.sleep(_PATIENCE_S / 20)


def _is_stamped(mirror: socket.socket) -> bool:
    mirror.send(b"")
    _, ancillary, _, _ = mirror.recvmsg(0, ANCILLARY_BYTES)
    return stamp_ns(ancillary) is not None


def restart_count(sock: socket.socket) -> None:
    """Make the kernel number departures from zero again.

    Kernels differ in whether a send that failed was counted.
    """
    sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPING_NEW, 0)
    sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPING_NEW, _FLAGS)


def stamp_ns(ancillary: Ancillary) -> int | None:
    """Wall-clock nanoseconds at which the kernel saw the packet."""
    for level, kind, content in ancillary:
        if level == _SOL_SOCKET and kind in _STAMPS:
            return nanoseconds(content)
    return None


def nanoseconds(content: bytes) -> int:
    """Read the first stamp of a control message, in wall-clock nanoseconds."""
    seconds, rest = _timespec(content)
    return int(seconds * 1_000_000_000 + rest)


def departure_number(ancillary: Ancillary) -> int | None:
    """Which departure, counted from zero, a message of the error queue is about."""
    for level, kind, content in ancillary:
        if (level, kind) in _ERROR_SOURCES:
            _, origin, *_, number = _EXTENDED_ERROR.unpack_from(content)
            return int(number) if origin == _ORIGIN_TIMESTAMPING else None
    return None
