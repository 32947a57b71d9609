"""A network that is seen from another machine: plans are carried out by an agent there."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any, TypeVar

from saq.job import Job, Status

from probes.network import Plan
from probes.remote.desk import GLANCE_S
from probes.remote.errors import AgentSilent, EngineUnreachable
from probes.remote.letters import Letter, read_answer, write_plan
from probes.remote.roll import box_name
from probes.remote.verbs import VERBS

if TYPE_CHECKING:
    from probes.remote.engine import Engine, LetterBox

R = TypeVar("R")
MEASURE = "measure"
HEARTBEAT_S = 3
"""A letter whose agent gives no sign for so long is delivered again."""
MOST_DELIVERIES = 1000
REDELIVERY_S = 60.0
"""What is added to a plan's own time: for an agent that is started again, or busy."""
_LOST_S = 3.0
_KEPT_S = 120


class RemoteNetwork:
    """Asks one agent; each plan is carried out at least once, and the first result counts."""

    def __init__(self, engine: Engine, address: str, redelivery_s: float = REDELIVERY_S) -> None:
        """Ask the agent at `address`, ACCOUNT/NAME."""
        self._engine = engine
        self.address = address
        self._redelivery_s = redelivery_s

    async def measure(self, plan: Plan[R]) -> R:
        """Leave a letter and await the answer; ProbeError says why there is none."""
        letter = write_plan(plan)
        patience_s = VERBS[letter["verb"]].longest_s(plan) + self._redelivery_s
        correspondence = _Correspondence(self._engine, box_name(self.address), letter)
        try:
            async with asyncio.timeout(patience_s):
                answer = await correspondence.answer()
        except TimeoutError:
            raise correspondence.trouble or AgentSilent(self.address, patience_s) from None
        finally:
            await correspondence.end()
        result: R = read_answer(answer)
        return result

    async def close(self) -> None:
        """Leave the connections to the engine."""


class _Correspondence:
    """One letter until its answer; a letter that is lost on the way is written again."""

    def __init__(self, engine: Engine, box: str, letter: Letter) -> None:
        self._engine = engine
        self._box = box
        self._letter = letter
        self._job: Job | None = None
        self._answered = False
        self.trouble: EngineUnreachable | None = None

    async def answer(self) -> Any:
        """Return the answer, however long that takes."""
        lost_s = 0.0
        while True:
            job = await self._glance()
            if job is not None and job.status == Status.COMPLETE:
                self._answered = True
                return job.result
            # Being delivered again takes a letter through some of these states as well.
            is_lost = job is None or job.status in (Status.ABORTED, Status.FAILED)
            lost_s = lost_s + GLANCE_S if is_lost and self.trouble is None else 0.0
            if lost_s > _LOST_S:
                self._job, lost_s = None, 0.0

    async def _glance(self) -> Job | None:
        try:
            async with self._engine.at_work():
                box = await self._engine.box(self._box)
                if self._job is None:
                    self._job = await self._post(box)
                desk = await self._engine.desk(self._box)
                job = await desk.look(self._job.key)
        except EngineUnreachable as error:
            # It may come back before our patience ends.
            self.trouble = error
            await asyncio.sleep(GLANCE_S)
            return None
        self.trouble = None
        return job

    async def _post(self, box: LetterBox) -> Job:
        job = Job(
            function=MEASURE,
            kwargs={"letter": self._letter},
            timeout=0,
            heartbeat=HEARTBEAT_S,
            retries=MOST_DELIVERIES,
            ttl=_KEPT_S,
        )
        await box.enqueue(job)
        return job

    async def end(self) -> None:
        """Take back a letter that nobody waits for any more, if the engine lets us."""
        if self._job is None or self._answered:
            return
        with contextlib.suppress(EngineUnreachable, TimeoutError):
            async with asyncio.timeout(1), self._engine.at_work():
                box = await self._engine.box(self._box)
                await box.abort(self._job, "nobody waits for it any more")
