"""The probes of a trace as bytes, alike in everything that routers choose paths by."""

import socket
import struct

_ECHO = struct.Struct("!BBHHHIH")
_ECHO_REST = bytes(26)
_ECHO_HEAD = struct.Struct("!BBHHH")
_TOKEN = struct.Struct("!I")
_UDP_REST = bytes(28)
_REQUESTS = {socket.AF_INET: 8, socket.AF_INET6: 128}
REPLIES = {socket.AF_INET: 0, socket.AF_INET6: 129}
UDP_HEADER = 8
MOST_FLOWS = 16


class EchoFlow:
    """Echo requests of one flow: routers that choose by the checksum see the same in all.

    One word of the payload makes up for sequence number and token (the idea is Paris
    traceroute's, Augustin et al., IMC 2006). Of ICMPv6 the checksum is left zero, since it
    covers the addresses too; with those constant it is constant as well.
    """

    def __init__(self, family: int, ident: int, flow: int) -> None:
        self._ident = ident
        self._number = _REQUESTS[socket.AddressFamily(family)]
        self._sum = 0x4E4D + 0x0101 * flow
        total = (self._number << 8) + ident + self._sum
        folded = (total & 0xFFFF) + (total >> 16)
        self._checksum = ~folded & 0xFFFF if family == socket.AF_INET else 0

    def request(self, seq: int, token: int) -> bytes:
        """Return ICMP bytes of 40 bytes in all."""
        makeup = (self._sum - seq - (token >> 16) - (token & 0xFFFF)) % 0xFFFF
        head = (self._number, 0, self._checksum, self._ident, seq, token, makeup)
        return _ECHO.pack(*head) + _ECHO_REST


def ident_and_seq(packet: bytes) -> tuple[int, int] | None:
    """Read them of an echo packet; None where it is cut too short for that."""
    if len(packet) < _ECHO_HEAD.size:
        return None
    _, _, _, ident, seq = _ECHO_HEAD.unpack_from(packet)
    return ident, seq


def udp_payload(token: int) -> bytes:
    """Return the 32 bytes of a UDP probe."""
    return _TOKEN.pack(token) + _UDP_REST


def leading_token(content: bytes) -> int | None:
    """Read the token that a probe's content begins with; None where that is cut off."""
    if len(content) < _TOKEN.size:
        return None
    token: int = _TOKEN.unpack_from(content)[0]
    return token
