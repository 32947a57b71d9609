"""Messages of a socket's error queue: ICMP errors, and the kernel's own objections."""

import errno
import os
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from probes.mtu.verdict import Fate, Verdict

IP_RECVERR, IPV6_RECVERR = 11, 25
_SOURCES = frozenset({(socket.SOL_IP, IP_RECVERR), (socket.IPPROTO_IPV6, IPV6_RECVERR)})
_EXTENDED = struct.Struct("=IBBBBII")
"""`struct sock_extended_err` of linux/errqueue.h; the offender's address follows it."""
_OFFENDERS = {socket.AF_INET: (4, 4), socket.AF_INET6: (8, 16)}
"""Where the address stands in sockaddr_in and sockaddr_in6, and how long it is."""
_LOCAL, _ICMP, _ICMP6 = 1, 2, 3
_ROOM, _QUOTED = 512, 256


@dataclass(frozen=True, slots=True)
class QueuedError:
    """One message, sent by `offender` (None: this machine); `port` and `quoted` tell of what."""

    number: int
    kind: int
    code: int
    info: int
    is_icmp: bool
    offender: str | None
    port: int
    quoted: bytes

    @property
    def verdict(self) -> Verdict:
        """What it means for the packet."""
        if self.number == errno.EMSGSIZE:
            return Verdict(Fate.TOO_LONG, reporter=self.offender, mtu_bytes=self.info)
        reason = os.strerror(self.number).lower()
        return Verdict(Fate.BLOCKED, reporter=self.offender, reason=reason)


def queued_errors(sock: socket.socket) -> Iterator[QueuedError]:
    """Take all messages off the queue."""
    while True:
        try:
            quoted, ancillary, _, about = sock.recvmsg(_QUOTED, _ROOM, socket.MSG_ERRQUEUE)
        except OSError:
            return
        for level, kind, content in ancillary:
            if (level, kind) in _SOURCES and len(content) >= _EXTENDED.size:
                port = about[1] if about else 0
                yield _read(content, port, quoted)


def _read(content: bytes, port: int, quoted: bytes) -> QueuedError:
    number, origin, kind, code, _, info, _ = _EXTENDED.unpack_from(content)
    offender = _offender(content[_EXTENDED.size :]) if origin != _LOCAL else None
    is_icmp = origin in (_ICMP, _ICMP6)
    return QueuedError(number, kind, code, info, is_icmp, offender, port, quoted)


def _offender(sockaddr: bytes) -> str | None:
    family = int.from_bytes(sockaddr[:2], "little" if _IS_LITTLE else "big")
    if family not in _OFFENDERS:
        return None
    start, length = _OFFENDERS[socket.AddressFamily(family)]
    return socket.inet_ntop(family, sockaddr[start : start + length])


_IS_LITTLE = struct.pack("=H", 1)[0] == 1
