"""What the Linux kernel knows about a TCP connection."""

import socket
import struct
from dataclasses import dataclass

_LENGTH = 140
_RTT, _TOTAL_RETRANS, _SEGS_OUT = 68, 100, 136
"""Offsets in `struct tcp_info` of linux/tcp.h, which only ever grows at its end."""
_U32 = struct.Struct("=I")
_CONNECTED = frozenset({1, 8})
"""Established, or closed by the peer meanwhile."""


@dataclass(frozen=True, slots=True)
class TcpInfo:
    """The state and smoothed round trip of a connection, and how often it had to repeat."""

    connected: bool
    rtt_ms: float | None
    retransmits: int
    segments: int
    """How many left, SYNs included."""


def tcp_info(sock: socket.socket) -> TcpInfo:
    """Ask the kernel; right after a handshake the smoothed round trip is that one sample."""
    raw = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LENGTH)
    rtt_us, retransmits = _u32(raw, _RTT), _u32(raw, _TOTAL_RETRANS)
    # Zero is how the kernel says that it has no sample yet.
    rtt_ms = rtt_us / 1000 if rtt_us else None
    return TcpInfo(raw[0] in _CONNECTED, rtt_ms, retransmits, _u32(raw, _SEGS_OUT))


def _u32(raw: bytes, offset: int) -> int:
    number: int = _U32.unpack_from(raw, offset)[0]
    return number
