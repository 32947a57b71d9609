"""Looks again and again which remote agents are there, and lets the vendors know."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import asdict

from mockserver.core.clock import Clock
from mockserver.core.remote import Agency, Presence
from mockserver.core.store import Kind, Store
from mockserver.core.worlds import Worlds
from probes.errors import ProbeError
from probes.remote.roll import RemoteAgent

ROLL = Kind("roll", limit=1000)
ROLL_WORLD = "roll"
EVERY_S = 1.0
_log = logging.getLogger(__name__)


class RollCall:
    """Keeps the vendors' agents as they are: online while they announce themselves.

    Each call tells every vendor of every agent that ever joined, so that a reset world, or one
    that an earlier run of the server left, is soon right again.
    """

    def __init__(self, agency: Agency, clock: Clock, store: Store, worlds: Worlds) -> None:
        """Ask `agency` who is there."""
        self._agency = agency
        self._clock = clock
        self._store = store
        self._worlds = worlds
        self._known: dict[str, RemoteAgent] = {}
        self._task: asyncio.Task[None] | None = None
        self._is_cut_off = False

    async def start(self) -> None:
        """Connect, and call the roll from now on; ProbeError says why that cannot be."""
        await self._agency.open()
        async with self._store.transaction() as transaction:
            cards = await transaction.documents(ROLL_WORLD).find(ROLL.name)
        agents = [_read(card) for card in cards]
        self._known = {agent.address: agent for agent in agents}
        self._task = asyncio.get_running_loop().create_task(self._go_on())

    async def stop(self) -> None:
        """Call no more, and disconnect."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._agency.close()

    async def call(self) -> None:
        """Look once who is there."""
        there = {agent.address: agent for agent in await self._present()}
        for agent in there.values():
            await self._note(agent)
        for account in sorted({agent.account for agent in self._known.values()}):
            if self._worlds.accounts.named(account):
                await self._tell(account, there.keys())

    async def _go_on(self) -> None:
        while True:
            try:
                await self.call()
            except Exception:  # noqa: BLE001 - the next call may go better
                _log.exception("the roll of remote agents was not called")
            await self._clock.sleep(EVERY_S)

    async def _present(self) -> list[RemoteAgent]:
        try:
            agents = await self._agency.roll()
        except ProbeError as error:
            if not self._is_cut_off:
                _log.warning("%s Remote agents count as offline until it answers.", error)
            self._is_cut_off = True
            return []
        if self._is_cut_off:
            _log.warning("The engine of the remote agents answers again.")
        self._is_cut_off = False
        return agents

    async def _note(self, agent: RemoteAgent) -> None:
        if self._known.get(agent.address) == agent:
            return
        card = asdict(agent)
        async with self._store.transaction() as transaction:
            roll = transaction.documents(ROLL_WORLD)
            if not await roll.update(ROLL.name, agent.address, card):
                await roll.insert(ROLL.name, agent.address, card)
        self._known[agent.address] = agent

    async def _tell(self, account: str, there: Iterable[str]) -> None:
        addresses = set(there)
        agents = [agent for agent in self._known.values() if agent.account == account]
        async with self._store.transaction() as transaction:
            for name, vendor in self._worlds.vendors.items():
                if vendor.enlist is None:
                    continue
                backend = await self._worlds.open(transaction, name, account, "")
                for agent in agents:
                    await vendor.enlist(backend, Presence(agent, agent.address in addresses))


def _read(card: dict[str, object]) -> RemoteAgent:
    fields = {**card, "addresses": tuple(card["addresses"])}  # type: ignore[arg-type]
    return RemoteAgent(**fields)  # type: ignore[arg-type]
