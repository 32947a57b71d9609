"""Work that outlives its request: stored with it, run after it, recorded once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass

from mockserver.core.backend import Backend
from mockserver.core.job_queue import JOB, WORLD, Payload
from mockserver.core.networks import Networks, Witness
from mockserver.core.store import Document, Store, Transaction
from mockserver.core.turns import Turns
from probes.network import Network

_CONCURRENT = 200
_SUSPECT_AFTER, _GIVEN_UP_AFTER = 2, 3
_POISON: Document = {
    "error": f"The server ended {_GIVEN_UP_AFTER} times over this; it does not try again."
}
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
    """Runs stored jobs as tasks of the server's own event loop.

    They are begun in order, the accounts by turns. A job counts its `attempts`: how often it was
    begun and the server ended before it did, without being stopped. After two it may be to blame,
    and runs with no other such job beside it; then, or when there is no other job at all, it is
    `blamed` for the end of the server. Blamed three times, it ends with an error.
    """

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
        self._turns = Turns(_CONCURRENT)
        self._suspects = Turns(1)
        self._under_way: dict[str, Document] = {}

    async def start(self) -> None:
        """Take up the jobs that an earlier run of the server left."""
        async with self._store.transaction() as transaction:
            jobs = await transaction.documents(WORLD).find(JOB.name)
        # Otherwise in order: should the server end soon again, it is not always the first one's.
        for job in sorted(jobs, key=lambda job: int(job.get("blamed", 0))):
            if (job["vendor"], job["type"]) in self._types:
                self.begin(job)

    def begin(self, job: Document) -> None:
        """Run `job` in the background."""
        task = asyncio.get_running_loop().create_task(self._finish(job))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    @property
    def waiting(self) -> int:
        """Return how many jobs wait for their turn."""
        return self._turns.waiting + self._suspects.waiting

    @property
    def running(self) -> int:
        """Return how many jobs run now."""
        return len(self._tasks) - self.waiting

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
        if self._under_way:
            await self._take_back()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            # For one, its account was given by an option that this run lacks: it stays stored.
            _log.error("a job was not recorded and is tried again at the next start: %s", error)

    async def _finish(self, job: Document) -> None:
        type_ = self._types[job["vendor"], job["type"]]
        async with (
            self._suspects.of("") if _is_suspect(job) else nullcontext(),
            self._turns.of(f"{job['vendor']}/{job['account']}"),
        ):
            if not await self._count(job):
                return
            result = await self._run(type_, job)
            await self._record(type_, job, result)

    async def _count(self, job: Document) -> bool:
        """Store that the job is begun; False if a reset has taken it away."""
        to_blame = _is_suspect(job) or len(self._tasks) == 1
        begun = job | {
            "attempts": job.get("attempts", 0) + 1,
            "blamed": job.get("blamed", 0) + to_blame,
        }
        async with self._store.transaction() as transaction:
            is_there = await transaction.documents(WORLD).update(JOB.name, job["id"], begun)
        if is_there:
            self._under_way[job["id"]] = job
        return is_there

    async def _take_back(self) -> None:
        async with self._store.transaction() as transaction:
            for job in self._under_way.values():
                # As it was: it is we who ended this attempt, not the job.
                await transaction.documents(WORLD).update(JOB.name, job["id"], job)
        self._under_way.clear()

    async def _record(self, type_: JobType, job: Document, result: Document) -> None:
        async with self._store.transaction() as transaction:
            # A reset may have taken the job away meanwhile: then there is nothing to record.
            if await transaction.documents(WORLD).delete(JOB.name, job["id"]):
                backend = await self._open_backend(
                    transaction, job["vendor"], job["account"], job["base_url"]
                )
                await type_.record(backend, job["payload"], result)
        self._under_way.pop(job["id"], None)

    async def _run(self, type_: JobType, job: Document) -> Document:
        if job.get("blamed", 0) >= _GIVEN_UP_AFTER:
            _log.error("job %s is given up: %s", job["id"], _POISON["error"])
            return {**_POISON, "origins": []}
        network = Witness(self._networks.at(str(job.get("place", ""))))
        try:
            result = await type_.run(network, job["payload"])
        except Exception as error:  # noqa: BLE001  (a job must end, whatever it meets)
            _log.warning("job %s failed: %s", job["id"], error)
            result = {"error": str(error)}
        return {**result, "origins": network.origins}


def _is_suspect(job: Document) -> bool:
    return bool(job.get("attempts", 0) >= _SUSPECT_AFTER)
