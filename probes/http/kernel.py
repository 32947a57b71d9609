"""What the kernel knows of a TCP connection: `struct tcp_info` of linux/tcp.h."""

import socket
import struct
import sys
from dataclasses import dataclass

_RTT_AT, _RETRANSMITTED_AT, _LEAST_RTT_AT = 68, 100, 148
_LENGTH = 152
_UNKNOWN_RTT = 0xFFFF_FFFF


@dataclass(frozen=True, slots=True)
class TcpFigures:
    """The least round trip, and how many segments this side sent more than once."""

    rtt_ms: float | None = None
    retransmitted: int | None = None


def tcp_figures(connection: socket.socket | None) -> TcpFigures:
    """Ask; nothing is known of what is no TCP connection, or on another system than Linux."""
    if connection is None or connection.type != socket.SOCK_STREAM or sys.platform != "linux":
        return TcpFigures()
    try:
        known = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LENGTH)
    except OSError:
        return TcpFigures()
    # An older kernel knows fewer fields, and leaves the answer shorter.
    if len(known) < _LENGTH:
        return TcpFigures()
    smoothed, retransmitted, least = (
        struct.unpack_from("=I", known, at)[0]
        for at in (_RTT_AT, _RETRANSMITTED_AT, _LEAST_RTT_AT)
    )
    rtt_us = smoothed if least == _UNKNOWN_RTT else least
    return TcpFigures(rtt_us / 1000 if rtt_us else None, retransmitted)
