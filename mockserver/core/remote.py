"""Agents on other machines: places to measure from, reached through one engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from mockserver.core.networks import Measured, Place
from probes.errors import ProbeError
from probes.network import Network, Plan

if TYPE_CHECKING:
    from probes.remote.engine import Engine
    from probes.remote.roll import RemoteAgent

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Presence:
    """An agent that has joined, and whether it answers now."""

    agent: RemoteAgent
    is_there: bool


class Agency(Protocol):
    """What agents are reached through."""

    async def open(self) -> None:
        """Connect; ProbeError says why that cannot be."""

    async def close(self) -> None:
        """Disconnect."""

    async def roll(self) -> list[RemoteAgent]:
        """Return the agents that are there now; ProbeError says why that is not known."""

    def at(self, address: str) -> Place:
        """Return the place of the agent at ACCOUNT/NAME."""


class RemotePlace:
    """Measures with the real packets of an agent."""

    def __init__(self, network: Network) -> None:
        """Measure through `network`, which knows the agent."""
        self._network = network

    async def measured(self, plan: Plan[R]) -> Measured[R]:
        """Carry the plan out; ProbeError says why that could not be done."""
        return Measured(await self._network.measure(plan), "live")


class EngineAgency:
    """Reaches agents through the engine that they joined as well."""

    def __init__(self, url: str) -> None:
        """Take the engine at `url`, a PostgreSQL database; nothing is opened yet."""
        self._url = url
        self._engine: Engine | None = None

    @property
    def engine(self) -> Engine:
        """Return the open engine; ProbeError before that."""
        if self._engine is None:
            raise ProbeError("The engine is not open.")
        return self._engine

    async def open(self) -> None:
        """Connect; ProbeError says why that cannot be."""
        # A server without remote agents need not load a database's client.
        try:
            from probes.remote.engine import Engine  # noqa: PLC0415
        except ModuleNotFoundError as error:
            raise ProbeError(f"An engine needs the package {error.name}: install it.") from None
        engine = Engine(self._url)
        await engine.open()
        self._engine = engine

    async def close(self) -> None:
        """Disconnect."""
        if self._engine is not None:
            await self._engine.close()

    async def roll(self) -> list[RemoteAgent]:
        """Return the agents that are there now; ProbeError says why that is not known."""
        from probes.remote.roll import read_roll  # noqa: PLC0415

        agents = await read_roll(self.engine)
        await self.engine.clear()
        return agents

    def at(self, address: str) -> Place:
        """Return the place of the agent at ACCOUNT/NAME."""
        from probes.remote.network import RemoteNetwork  # noqa: PLC0415

        return RemotePlace(RemoteNetwork(self.engine, address))
