"""An agent: takes plans out of its own queue, measures, and leaves the results there."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from saq.job import Job
from saq.worker import Worker

from probes.errors import ProbeError
from probes.live import LiveNetwork
from probes.remote import machine
from probes.remote.engine import Engine, LetterBox
from probes.remote.errors import EngineUnreachable
from probes.remote.letters import Letter, read_plan, write_error, write_result
from probes.remote.network import HEARTBEAT_S, MEASURE
from probes.remote.roll import BEAT_S, RemoteAgent, address_of, announce, box_name
from probes.remote.verbs import verb_of
from probes.responder.server import Responder
from probes.targets import TargetPolicy

MOST_AT_ONCE = 50
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound to
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Duties:
    """What an agent is told; a responder is run where `respond_host` is not None."""

    name: str
    account: str = "default"
    policy: TargetPolicy = field(default_factory=TargetPolicy)
    respond_host: str | None = "127.0.0.1"
    respond_port: int = 0
    at_once: int = MOST_AT_ONCE

    def __post_init__(self) -> None:
        """Refuse a name that no agent can have: AgentInvalid."""
        address_of(self.account, self.name)


class _Worker(Worker[Any]):
    """SAQ's worker, without its hand on the signals of the process."""

    SIGNALS: list[Any] = []  # noqa: RUF012 - as SAQ declares it


class Agent:
    """At work from entering to leaving; what it was measuring then is measured by the next."""

    def __init__(self, engine: Engine, duties: Duties) -> None:
        """Work at the queue of `engine` that belongs to the agent's name."""
        self._engine = engine
        self._duties = duties
        self._network = LiveNetwork(duties.policy)

    @contextlib.asynccontextmanager
    async def at_work(self) -> AsyncIterator[RemoteAgent]:
        """Measure for the length of the block; gives what the agent tells of itself."""
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(self._network.close)
            port = await stack.enter_async_context(self._responding())
            card = self._card(port)
            async with self._engine.at_work():
                box = await self._engine.box(box_name(card.address))
            await announce(self._engine, card)
            async with asyncio.TaskGroup() as tasks:
                duties = [
                    tasks.create_task(self._work(box)),
                    tasks.create_task(self._announce(card)),
                ]
                try:
                    yield card
                finally:
                    for duty in duties:
                        duty.cancel()
            with contextlib.suppress(EngineUnreachable):
                await announce(self._engine, card, forgotten_s=-1)

    @contextlib.asynccontextmanager
    async def _responding(self) -> AsyncIterator[int | None]:
        duties = self._duties
        if duties.respond_host is None:
            yield None
            return
        responder = Responder(duties.policy, host=duties.respond_host, port=duties.respond_port)
        async with responder:
            yield responder.port

    def _card(self, responder_port: int | None) -> RemoteAgent:
        return RemoteAgent(
            name=self._duties.name,
            account=self._duties.account,
            addresses=self._addresses(),
            machine=machine.name(),
            platform=machine.system(),
            version=machine.software(),
            started_ms=time.time_ns() // 1_000_000,
            responder_port=responder_port,
        )

    def _addresses(self) -> tuple[str, ...]:
        # First the one that the responder listens on, if it is not all of them.
        host = self._duties.respond_host
        first = () if host in (None, *_EVERYWHERE) else (str(host),)
        return tuple(dict.fromkeys((*first, *machine.addresses())))

    async def _announce(self, card: RemoteAgent) -> None:
        was_there = True
        while True:
            await asyncio.sleep(BEAT_S)
            try:
                await announce(self._engine, card)
            except EngineUnreachable as error:
                if was_there:
                    _log.warning("%s It is tried again until it answers.", error)
                was_there = False
            else:
                if not was_there:
                    _log.warning("The engine answers again.")
                was_there = True

    async def _work(self, box: LetterBox) -> None:
        worker = _Worker(
            box,
            [(MEASURE, self._measure)],
            concurrency=self._duties.at_once,
            timers={"schedule": 1, "worker_info": 60, "sweep": 1, "abort": 1},
        )
        await worker.start()

    async def _measure(self, context: dict[str, Any], *, letter: Letter) -> Letter:
        """Answer one letter, and give signs of life as long as that takes."""
        signs = asyncio.create_task(_give_signs(context["job"]))
        try:
            return await self._answer(letter)
        finally:
            signs.cancel()
            await asyncio.gather(signs, return_exceptions=True)

    async def _answer(self, letter: Letter) -> Letter:
        try:
            plan = read_plan(letter)
            result = await self._network.measure(plan)
            return write_result(str(verb_of(plan)), result)
        except ProbeError as error:
            return write_error(error)
        except Exception as error:  # noqa: BLE001 - a letter must be answered, whatever it meets
            _log.exception("a letter was not measured")
            return write_error(ProbeError(f"The agent failed: {type(error).__name__}: {error}."))


async def _give_signs(job: Job) -> None:
    while True:
        await asyncio.sleep(HEARTBEAT_S / 3)
        # The engine may be gone for a while: then the letter is delivered again.
        with contextlib.suppress(Exception):
            await job.update()
