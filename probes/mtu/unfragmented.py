"""A datagram socket that never fragments, and hears every error about what it sent."""

import os
import socket
from collections.abc import Iterator
from typing import Any

from probes.mtu.error_queue import IP_RECVERR, IPV6_RECVERR, QueuedError, queued_errors
from probes.mtu.verdict import Fate, Verdict

_IP_MTU_DISCOVER, _IPV6_MTU_DISCOVER, _IPV6_DONTFRAG = 10, 23, 62
_PROBE = 3
"""Never fragment, and never trust what the kernel remembers of the path (ip(7))."""
_LONGEST = 65_535
_BUFFER_BYTES = 1 << 20
_PENDING = 16


class UnfragmentedSocket:
    """Sends whole packets or none."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._pending: list[QueuedError] = []
        sock.settimeout(0)
        for size in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            sock.setsockopt(socket.SOL_SOCKET, size, _BUFFER_BYTES)
        if sock.family == socket.AF_INET:
            sock.setsockopt(socket.SOL_IP, IP_RECVERR, 1)
            sock.setsockopt(socket.SOL_IP, _IP_MTU_DISCOVER, _PROBE)
        else:
            sock.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVERR, 1)
            sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_MTU_DISCOVER, _PROBE)
            sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_DONTFRAG, 1)

    def fileno(self) -> int:
        """Descriptor to wait on."""
        return self._sock.fileno()

    def close(self) -> None:
        """Give the descriptor back."""
        self._sock.close()

    def send(self, packet: bytes, where: tuple[Any, ...]) -> Verdict | None:
        """Send it, or say why this machine would not."""
        for _ in range(_PENDING):
            try:
                self._sock.sendto(packet, where)
            except BlockingIOError:
                return None  # lost before it left, as a full queue on the way would lose it
            except OSError as error:
                queued = list(queued_errors(self._sock))
                self._pending += [one for one in queued if one.is_icmp]
                objection = next((one.verdict for one in queued if not one.is_icmp), None)
                if objection or not queued:
                    return objection or Verdict(Fate.BLOCKED, reason=os.strerror(error.errno or 0))
                # An error about an earlier packet stood in the way; this one was not sent.
                continue
            return None
        return Verdict(Fate.BLOCKED, reason="errors about earlier packets do not end")

    def errors(self) -> Iterator[QueuedError]:
        """Take what ICMP said of packets that were sent."""
        yield from self._pending
        self._pending.clear()
        yield from (error for error in queued_errors(self._sock) if error.is_icmp)

    def packets(self) -> Iterator[tuple[bytes, tuple[Any, ...]]]:
        """Take what has come in, with its sender."""
        while True:
            try:
                yield self._sock.recvfrom(_LONGEST)
            except BlockingIOError:
                return
            except OSError:
                # An error that came meanwhile; its message waits in the queue.
                self._pending += [one for one in queued_errors(self._sock) if one.is_icmp]
