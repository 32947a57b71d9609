"""A connection within the process: two ends of a socket, and no port."""

from __future__ import annotations

import errno
import socket
from dataclasses import dataclass
from typing import Any

__tracebackhide__ = True


@dataclass(slots=True)
class Link:
    """What both ends know; `is_reset` says that the server broke it off."""

    is_reset: bool = False


class ServerEnd(socket.socket):
    """The server's end. A pair of sockets knows no reset, so this one takes note of it."""

    link: Link

    def setsockopt(self, *args: Any) -> None:
        """Take note of what makes TCP send a reset; set everything else."""
        if args[:2] == (socket.SOL_SOCKET, socket.SO_LINGER):
            self.link.is_reset = True
            return
        super().setsockopt(*args)


class ClientEnd(socket.socket):
    """The client's end: reading from it fails as from TCP where the server has reset it."""

    link: Link

    def recv(self, *args: Any) -> bytes:
        """Read as from TCP."""
        found = super().recv(*args)
        self._check(len(found))
        return found

    def recv_into(self, *args: Any, **named: Any) -> int:
        """Read as from TCP."""
        count = super().recv_into(*args, **named)
        self._check(count)
        return count

    def _check(self, count: int) -> None:
        if not count and self.link.is_reset:
            raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")


def linked() -> tuple[ClientEnd, ServerEnd]:
    """Return two ends of a new connection."""
    one, other = socket.socketpair()
    client, server = ClientEnd(fileno=one.detach()), ServerEnd(fileno=other.detach())
    client.link = server.link = Link()
    return client, server
