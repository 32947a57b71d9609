"""The engine between askers and agents: SAQ's queues in a PostgreSQL database."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

from psycopg import AsyncConnection
from psycopg import Error as DatabaseError
from psycopg.errors import UndefinedTable
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from saq.queue.postgres import PostgresQueue

from probes.remote.desk import Desk
from probes.remote.errors import EngineUnreachable

ROLL = "probes-roll"
SCHEMES = ("postgresql", "postgres")
PATIENCE_S = 5.0
"""How long a statement may wait for the database before it counts as gone."""
_CONNECT_S = 5
_SETTLING_S = 10.0
_ABORT_S = 0.2
"""How long a sweep lets one stuck job be stopped where it runs, before it is run again."""
_MOST_CONNECTIONS = 8
# Without these the locks of a machine that was cut off would be held for hours.
_ALIVE = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"


# `password` and `sslpassword` may stand behind the database.
_PASSWORD_SETTING = re.compile(r"(password=)[^&]*", re.IGNORECASE)
# The tables are SAQ's; its own sweep clears a queue only while that queue's agent lives.
_CLEAR = """
DELETE FROM saq_jobs WHERE queue LIKE 'agent:%'
AND status IN ('aborted', 'complete', 'failed') AND expire_at <= extract(epoch FROM now())
"""


class LetterBox(PostgresQueue):
    """One queue of letters; a stuck letter holds up the sweep for a moment only."""

    async def sweep(self, lock: int = 60, abort: float = _ABORT_S) -> list[str]:
        """Let letters be delivered again whose agent stopped answering for them."""
        swept: list[str] = await super().sweep(lock, abort)
        return swept


class Engine:
    """Connections to one database, opened and closed by whoever made this."""

    def __init__(self, url: str, patience_s: float = PATIENCE_S) -> None:
        """Refuse what is no address of a PostgreSQL database: EngineUnreachable."""
        self.place = _place(url)
        self._url = url
        self._pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
            url,
            open=False,
            min_size=1,
            max_size=_MOST_CONNECTIONS,
            timeout=patience_s,
            # It gives up early, and the next who asks tries again: so it recovers at once.
            reconnect_timeout=2.0,
            check=AsyncConnectionPool.check_connection,
            kwargs={"autocommit": True, "connect_timeout": _CONNECT_S, "options": _ALIVE},
        )
        self._boxes: dict[str, LetterBox] = {}
        self._desks: dict[str, Desk] = {}

    async def open(self) -> None:
        """Connect and lay out SAQ's tables if need be; EngineUnreachable says why not."""
        self._mute()
        try:
            async with self.at_work():
                await self._try()
                await self._pool.open(wait=True, timeout=PATIENCE_S)
                await self._settle(await self.box(ROLL))
        except EngineUnreachable:
            # A pool that is left open would keep the process from ending.
            await self.close()
            raise

    async def _try(self) -> None:
        # A pool only tells that it has none; a connection tells why.
        connection = await AsyncConnection.connect(self._url, connect_timeout=_CONNECT_S)
        await connection.close()

    async def close(self) -> None:
        """Give the connections back."""
        with contextlib.suppress(DatabaseError):
            await self._pool.close(timeout=PATIENCE_S)

    async def box(self, name: str) -> LetterBox:
        """Return the queue of that name."""
        if name not in self._boxes:
            box = LetterBox(pool=self._pool, name=name, manage_pool_lifecycle=False)
            await box.connect()
            self._boxes[name] = box
        return self._boxes[name]

    async def desk(self, name: str) -> Desk:
        """Return where the answers to letters of that queue are looked for."""
        if name not in self._desks:
            self._desks[name] = Desk((await self.box(name)).jobs)
        return self._desks[name]

    async def clear(self) -> None:
        """Delete letters whose time is over: an agent that is gone does not do it itself."""
        async with self.at_work(), self._pool.connection() as connection:
            await connection.execute(_CLEAR)

    @contextlib.asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Tell failures of the database within the block as EngineUnreachable."""
        try:
            yield
        except (DatabaseError, PoolTimeout, OSError) as error:
            raise EngineUnreachable(f"The engine {self.place} fails: {_line(error)}.") from error

    async def _settle(self, box: LetterBox) -> None:
        """Wait for the tables, which another process may be laying out at this moment."""
        loop = asyncio.get_running_loop()
        until = loop.time() + _SETTLING_S
        while True:
            try:
                await box.count("queued")
            except UndefinedTable:
                if loop.time() > until:
                    raise
                await asyncio.sleep(0.1)
                await box.init_db()
            else:
                return

    @staticmethod
    def _mute() -> None:
        # What they complain of is raised to us as well, and told once.
        for name in ("psycopg.pool", "saq"):
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _place(url: str) -> str:
    """Return the address without its password; EngineUnreachable if it is none."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise EngineUnreachable(f"The address of the engine cannot be read: {error}.") from None
    hidden = url.replace(f":{parts.password}@", ":***@") if parts.password else url
    hidden = _PASSWORD_SETTING.sub(r"\1***", hidden)
    if parts.scheme not in SCHEMES:
        text = f"{hidden[:80]!r} is no engine"
        raise EngineUnreachable(f"{text}: expected postgresql://HOST/DATABASE.")
    return hidden


def _line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
