"""Where work is left that outlives its request: a stored job, begun once the request is safe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from mockserver.core.store import Document, Kind, Transaction

JOB = Kind("job", limit=10_000)
WORLD = "jobs"

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class JobQueue:
    """Where a request leaves work for later: `begin` is called once it is committed."""

    transaction: Transaction
    begin: Callable[[Document], None]
    vendor: str
    account: str
    base_url: str

    async def submit(self, type_: str, id_: str, payload: Payload, place: str = "") -> None:
        """Leave a job of `type_`; it is run at least once and recorded exactly once.

        `place` is where to measure from; the nameless one is the server itself.
        """
        jobs = self.transaction.documents(WORLD)
        # Numbered: a world that was reset uses its ids again, and the old job may still run.
        number = await jobs.next("job")
        job = {
            "id": f"{self.vendor}/{self.account}/{id_}/{number}",
            "vendor": self.vendor,
            "account": self.account,
            "base_url": self.base_url,
            "type": type_,
            "place": place,
            "payload": dict(payload),
        }
        await jobs.insert(JOB.name, str(job["id"]), job)
        self.transaction.after_commit(partial(self.begin, job))
