"""Datagrams between a caller and a responder: greetings and numbered packets.

All numbers are big-endian. A greeting is 44 bytes: "PRG1", 16 bytes of token, a number of 8 bytes,
and two times in nanoseconds since the epoch, 8 bytes each, that are 0 in the caller's and filled
in in the answer, which is as long: when the responder got the greeting, and when it sent this.
A numbered packet is "PRN1", the first 4 bytes of the token, a number of 4 bytes and when it was
sent in nanoseconds (8 bytes, or 0), filled up with zeros. An answer to one carries the responder's
own count there, so that copies made on the way back differ from copies made on the way there.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from probes.errors import PacketError
from probes.responder.messages import TOKEN_BYTES

_GREETING = struct.Struct(f"!4s{TOKEN_BYTES}sQQQ")
_NUMBERED = struct.Struct("!4s4sIQ")
_GREETS, _COUNTS = b"PRG1", b"PRN1"
GREETING_BYTES = _GREETING.size


@dataclass(frozen=True, slots=True)
class Greeting:
    """Proves an address by the token, and asks for the time there."""

    token: bytes
    number: int
    received_ns: int = 0
    sent_ns: int = 0

    def encode(self) -> bytes:
        """Write it."""
        return _GREETING.pack(_GREETS, self.token, self.number, self.received_ns, self.sent_ns)

    @classmethod
    def decode(cls, packet: bytes) -> Greeting:
        """Read it, or raise PacketError."""
        if len(packet) != GREETING_BYTES or not packet.startswith(_GREETS):
            raise PacketError("This is no greeting.")
        return cls(*_GREETING.unpack(packet)[1:])


def encode_numbered(token: bytes, number: int, extra: int, size_bytes: int) -> bytes:
    """Write a numbered packet of this size."""
    return _NUMBERED.pack(_COUNTS, token[:4], number, extra).ljust(size_bytes, b"\0")


def decode_numbered(token: bytes, packet: bytes) -> tuple[int, int]:
    """Return number and time or count of a packet of this session, or raise PacketError."""
    if len(packet) < _NUMBERED.size or packet[:8] != _COUNTS + token[:4]:
        raise PacketError("This packet is not of this session.")
    _, _, number, extra = _NUMBERED.unpack_from(packet)
    return number, extra
