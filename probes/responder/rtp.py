"""RTP packets (RFC 3550, section 5.1), without contributing sources and extensions."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from probes.errors import PacketError

_HEADER = struct.Struct("!BBHII")
HEADER_BYTES = _HEADER.size
_VERSION_2 = 0x80
_SILENCE = 0xD5


@dataclass(frozen=True, slots=True)
class RtpHeader:
    """The fixed header: sequence and timestamp wrap, as the wire has them."""

    payload_type: int
    sequence: int
    timestamp: int
    source: int
    marker: bool = False

    def encode(self) -> bytes:
        """Write it."""
        second = self.payload_type | (0x80 if self.marker else 0)
        return _HEADER.pack(_VERSION_2, second, self.sequence, self.timestamp, self.source)

    @classmethod
    def decode(cls, packet: bytes) -> RtpHeader:
        """Read it, or raise PacketError; what follows the header is not looked at."""
        if len(packet) < HEADER_BYTES or packet[0] >> 6 != 2:
            raise PacketError("This is no RTP packet.")
        _, second, sequence, timestamp, source = _HEADER.unpack_from(packet)
        return cls(second & 0x7F, sequence, timestamp, source, bool(second & 0x80))


def voice_packet(header: RtpHeader, payload_bytes: int) -> bytes:
    """Write a packet of silence: the idle pattern of A-law."""
    return header.encode() + bytes([_SILENCE]) * payload_bytes
