"""What one WispHub account remembers."""

from __future__ import annotations

from dataclasses import dataclass

from mockserver.core.accounts import Account
from mockserver.core.backend import Backend
from mockserver.core.errors import NotFound, Unauthorized
from mockserver.core.store import Document
from mockserver.vendors.wisphub.model import FINISHED, PENDING, PING, SERVICE, TASK


@dataclass(slots=True)
class WisphubBackend(Backend):
    """Services, whose devices are pinged by tasks that go from pending to finished, once."""

    async def start_ping(self, service_id: int, pings: int) -> Document:
        """Make a pending task and its job; NotFound if there is no such service."""
        service = await self.documents.get(SERVICE.name, str(service_id))
        if service is None:
            raise NotFound
        task = await self._new_task(service_id, pings)
        payload = {"task_id": task["id"], "address": service["address"], "pings": pings}
        await self.jobs.submit(PING, task["id"], payload)
        return task

    async def ping_task(self, task_id: str) -> Document:
        """Return a task; NotFound if there is none."""
        task = await self.documents.get(TASK.name, task_id)
        if task is None:
            raise NotFound
        return task

    async def finish_ping(self, task_id: str, result: Document) -> None:
        """Keep the result of a pending task; a finished one stays as it is."""
        task = await self.documents.get(TASK.name, task_id)
        if task is None or task["status"] != PENDING:
            return
        finished = {"status": FINISHED, "finished_ms": self.clock.now_ms()}
        await self.documents.update(TASK.name, task_id, task | finished | result)

    def log_in(self, username: str, password: str) -> Account:
        """Return the account of that name whose WispHub key is the password; Unauthorized."""
        account = self.accounts.find("wisphub", password)
        if account is None or account.name != username:
            # Nobody had to show a credential here, so the challenge is not added on the way.
            challenge = {"WWW-Authenticate": "Bearer"}
            raise Unauthorized("Incorrect username or password.", headers=challenge)
        return account

    async def _new_task(self, service_id: int, pings: int) -> Document:
        task: Document = {
            "id": self.randomness.uuid(*await self.fresh("task")),
            "service_id": service_id,
            "pings": pings,
            "created_ms": self.clock.now_ms(),
            "status": PENDING,
        }
        await self.documents.insert(TASK.name, task["id"], task)
        return task
