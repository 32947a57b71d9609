"""The sockets of one engine, opened when first needed and watched through one descriptor."""

import asyncio
import select
import socket
from collections.abc import Callable, Iterator

from probes.errors import EngineClosed
from probes.sockets import EchoSocket, open_echo_socket

Opener = Callable[[socket.AddressFamily, int], EchoSocket]


class Wire:
    """At most one echo socket a family, and a call whenever any of them has something to read.

    The loop watches an epoll of ours, not the sockets: uvloop stops watching a socket whose
    error queue holds something, and that is where the kernel puts departure stamps.
    """

    def __init__(
        self, payload: int, opener: Opener | None, on_readable: Callable[[], None]
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._payload = payload
        self._opener = opener or open_echo_socket
        self._sockets: dict[socket.AddressFamily, EchoSocket] = {}
        self._watch = select.epoll()
        self._loop.add_reader(self._watch.fileno(), on_readable)

    def __iter__(self) -> Iterator[EchoSocket]:
        """Go through the sockets that are open."""
        return iter(self._sockets.values())

    def socket(self, family: socket.AddressFamily) -> EchoSocket:
        """Return the socket of this family, opened now if need be."""
        if self._watch.closed:
            raise EngineClosed
        if family not in self._sockets:
            self._sockets[family] = self._opener(family, self._payload)
            self._watch.register(self._sockets[family].fileno(), select.EPOLLIN)
        return self._sockets[family]

    def close(self) -> None:
        """Give every descriptor back."""
        if self._watch.closed:
            return
        self._loop.remove_reader(self._watch.fileno())
        self._watch.close()
        for echo_socket in self._sockets.values():
            echo_socket.close()
        self._sockets.clear()
