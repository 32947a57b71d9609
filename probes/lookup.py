"""Asking the system's resolver, in threads that nobody has to wait for."""

import asyncio
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

MOST_LOOKUPS = 64

# Not row[4][0]: only getnameinfo keeps the zone of a link-local address.
_NUMERIC = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV


class SystemLookup:
    """The system's resolver, which also reads odd spellings such as 0x7f.1.

    A resolver that does not answer keeps its thread for as long as it likes, so at most
    `most` run at a time; the process may end without them.
    """

    def __init__(self, most: int = MOST_LOOKUPS) -> None:
        self._slots = asyncio.Semaphore(most)

    async def __call__(self, name: str, family: socket.AddressFamily) -> Sequence[str]:
        """Return the addresses of a name as text; OSError or UnicodeError where there is none."""
        await self._slots.acquire()
        return await _in_thread(lambda: _addresses(name, family), self._slots.release)


async def system_lookup(name: str, family: socket.AddressFamily) -> Sequence[str]:
    """Ask once, without a bound that others share."""
    return await SystemLookup()(name, family)


def _addresses(name: str, family: socket.AddressFamily) -> Sequence[str]:
    rows = socket.getaddrinfo(name, None, family=family, type=socket.SOCK_DGRAM)
    return [socket.getnameinfo(row[4], _NUMERIC)[0] for row in rows]


async def _in_thread(ask: Callable[[], Sequence[str]], ended: Callable[[], None]) -> Sequence[str]:
    """Run in a daemon thread: the loop's own executor is waited for when the loop ends."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Sequence[str]] = loop.create_future()

    def settle(found: Sequence[str] | None, error: Exception | None) -> None:
        ended()
        if answer.done():
            return
        if error:
            answer.set_exception(error)
        else:
            answer.set_result(found or ())

    def work() -> None:
        found, failed = None, None
        try:
            found = ask()
        except (OSError, UnicodeError) as error:
            failed = error
        # The loop may be gone by now, and nobody waits.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, found, failed)

    threading.Thread(target=work, name="lookup", daemon=True).start()
    return await answer
