"""Work that outlives its request: stored with it, run after it, recorded once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from mockserver.core.backend import Backend
from mockserver.core.job_queue import JOB, WORLD, Payload
from mockserver.core.networks import Networks, Witness
from mockserver.core.store import Document, Store, Transaction
from probes.network import Network

_CONCURRENT = 200
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JobType:
    """One sort of work of a vendor.

    `run` does the slow part, outside any transaction, and may be run again after a crash; the
    network that it gets is seen from the job's place. `record` writes its result, once, in a
    transaction of its own. A result is a JSON object; a `run` that raises gives `{"error": "…"}`;
    `origins` is added: where its measurements came from, `live` and `simulated`.
    """

    run: Callable[[Network, Payload], Awaitable[Document]]
    record: Callable[[Backend, Payload, Document], Awaitable[None]]


OpenBackend = Callable[[Transaction, str, str, str], Awaitable[Backend]]


class JobRunner:
    """Runs stored jobs as tasks of the server's own event loop."""

    def __init__(
        self,
        store: Store,
        networks: Networks,
        types: Mapping[tuple[str, str], JobType],
        open_backend: OpenBackend,
    ) -> None:
        """Run jobs of `types`, by vendor and name, on `networks`."""
        self._store = store
        self._networks = networks
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
        task.add_done_callback(self._ended)

    @property
    def is_busy(self) -> bool:
        """Whether jobs were begun that are not done."""
        return bool(self._tasks)

    async def drain(self) -> None:
        """Return once every job that was begun is done; for tests."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def stop(self) -> None:
        """Leave off; unfinished jobs stay stored and are run again by the next start."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            # For one, its account was given by an option that this run lacks: it stays stored.
            _log.error("a job was not recorded and is tried again at the next start: %s", error)

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
        network = Witness(self._networks.at(str(job.get("place", ""))))
        try:
            result = await type_.run(network, job["payload"])
        except Exception as error:  # noqa: BLE001  (a job must end, whatever it meets)
            _log.warning("job %s failed: %s", job["id"], error)
            result = {"error": str(error)}
        return {**result, "origins": network.origins}
