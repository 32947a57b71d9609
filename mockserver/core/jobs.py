"""Work that outlives its request: stored with it, run after it, recorded once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.core.store import Document, Kind, Store, Transaction

if TYPE_CHECKING:
    from mockserver.core.backend import Backend
    from probes.network import Network

JOB = Kind("job", limit=10_000)
WORLD = "jobs"
_CONCURRENT = 200
_log = logging.getLogger(__name__)

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class JobType:
    """One sort of work of a vendor.

    `run` does the slow part, outside any transaction, and may be run again after a crash;
    `record` writes its result, once, in a transaction of its own. A result is a JSON object; a
    `run` that raises gives `{"error": "…"}`.
    """

    run: Callable[[Network, Payload], Awaitable[Document]]
    record: Callable[[Backend, Payload, Document], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class JobQueue:
    """Where a request leaves work for later; it begins once the request is committed."""

    transaction: Transaction
    runner: JobRunner
    vendor: str
    account: str
    base_url: str

    async def submit(self, type_: str, id_: str, payload: Payload) -> None:
        """Leave a job of `type_`; it is run at least once and recorded exactly once."""
        jobs = self.transaction.documents(WORLD)
        # Numbered: a world that was reset uses its ids again, and the old job may still run.
        number = await jobs.next("job")
        job = {
            "id": f"{self.vendor}/{self.account}/{id_}/{number}",
            "vendor": self.vendor,
            "account": self.account,
            "base_url": self.base_url,
            "type": type_,
            "payload": dict(payload),
        }
        await jobs.insert(JOB.name, str(job["id"]), job)
        self.transaction.after_commit(lambda: self.runner.begin(job))


OpenBackend = Callable[[Transaction, str, str, str], Awaitable["Backend"]]


class JobRunner:
    """Runs stored jobs as tasks of the server's own event loop."""

    def __init__(
        self,
        store: Store,
        network: Network,
        types: Mapping[tuple[str, str], JobType],
        open_backend: OpenBackend,
    ) -> None:
        """Run jobs of `types`, by vendor and name, on `network`."""
        self._store = store
        self._network = network
        self._types = types
        self._open_backend = open_backend
        self._tasks: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(_CONCURRENT)

    async def start(self) -> None:
        """Take up the jobs that an earlier run of the server left."""
        async with self._store.transaction() as transaction:
            jobs = await transaction.documents(WORLD).find(JOB.name)
        for job in jobs:
            if (job["vendor"], job["type"]) in self._types:
                self.begin(job)

    def begin(self, job: Document) -> None:
        """Run `job` in the background."""
        task = asyncio.get_running_loop().create_task(self._finish(job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self) -> None:
        """Return once every job that was begun is done; for tests."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def stop(self) -> None:
        """Leave off; unfinished jobs stay stored and are run again by the next start."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _finish(self, job: Document) -> None:
        type_ = self._types[job["vendor"], job["type"]]
        async with self._places:
            result = await self._run(type_, job)
        async with self._store.transaction() as transaction:
            # A reset may have taken the job away meanwhile: then there is nothing to record.
            if await transaction.documents(WORLD).delete(JOB.name, job["id"]):
                backend = await self._open_backend(
                    transaction, job["vendor"], job["account"], job["base_url"]
                )
                await type_.record(backend, job["payload"], result)

    async def _run(self, type_: JobType, job: Document) -> Document:
        try:
            return await type_.run(self._network, job["payload"])
        except Exception as error:  # noqa: BLE001  (a job must end, whatever it meets)
            _log.warning("job %s failed: %s", job["id"], error)
            return {"error": str(error)}
