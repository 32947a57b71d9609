"""The sockets of one engine, opened when first needed and watched through one descriptor."""

import asyncio
import select
from collections.abc import Callable, Hashable, Iterator
from typing import Generic, Protocol, TypeVar

from probes.errors import EngineClosed


class Channel(Protocol):
    """A socket, or something around one."""

    def fileno(self) -> int:
        """Descriptor to wait on."""
        ...

    def close(self) -> None:
        """Give the descriptor back."""
        ...


K = TypeVar("K", bound=Hashable)
S = TypeVar("S", bound=Channel)


class Wire(Generic[K, S]):
    """At most one socket a key, and a call whenever any of them has something to read.

    The loop watches an epoll of ours, not the sockets: uvloop stops watching a socket whose
    error queue holds something, and that is where the kernel puts departure stamps.
    """

    def __init__(self, opener: Callable[[K], S], on_readable: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._opener = opener
        self._sockets: dict[K, S] = {}
        self._keys: dict[int, K] = {}
        self._watch = select.epoll()
        self._on_readable = on_readable
        self.resume()

    def __iter__(self) -> Iterator[S]:
        """Go through the sockets that are open."""
        return iter(self._sockets.values())

    def ready(self) -> list[S]:
        """Return those that have something to read, or have ended what they were about."""
        if self._watch.closed:
            return []
        return [self._sockets[self._keys[descriptor]] for descriptor, _ in self._watch.poll(0)]

    def socket(self, key: K, events: int = select.EPOLLIN) -> S:
        """Return the socket of this key, opened now if need be."""
        if self._watch.closed:
            raise EngineClosed
        if key not in self._sockets:
            opened = self._sockets[key] = self._opener(key)
            self._keys[opened.fileno()] = key
            self._watch.register(opened.fileno(), events)
        return self._sockets[key]

    def pause(self) -> None:
        """Make no calls until `resume`."""
        if not self._watch.closed:
            self._loop.remove_reader(self._watch.fileno())

    def resume(self) -> None:
        """Call whenever there is something to read."""
        if not self._watch.closed:
            self._loop.add_reader(self._watch.fileno(), self._on_readable)

    def drop(self, key: K) -> None:
        """Close the socket of this key, if there is one."""
        dropped = self._sockets.pop(key, None)
        if dropped:
            del self._keys[dropped.fileno()]
            self._watch.unregister(dropped.fileno())
            dropped.close()

    def close(self) -> None:
        """Give every descriptor back."""
        if self._watch.closed:
            return
        self._loop.remove_reader(self._watch.fileno())
        self._watch.close()
        for opened in self._sockets.values():
            opened.close()
        self._sockets.clear()
        self._keys.clear()
