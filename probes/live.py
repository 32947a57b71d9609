"""The real network, as far as the policy opens it; sockets are opened at first use."""

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar, cast

from probes.errors import EngineClosed
from probes.gate import Gate, Limits
from probes.lookup import SystemLookup
from probes.network import Plan
from probes.pace import Pace
from probes.resolve import Lookup
from probes.targets import TargetPolicy

R = TypeVar("R")


class Engine(Protocol):
    """Something that holds sockets for many measurements."""

    def close(self) -> None:
        """Give every descriptor back."""
        ...


E = TypeVar("E", bound=Engine)


class LiveNetwork:
    """Measures with real packets; one a process, since its limits are those of the process."""

    def __init__(
        self,
        policy: TargetPolicy,
        *,
        lookup: Lookup | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.gate = Gate(policy, lookup or SystemLookup(), limits or Limits())
        self.pace = Pace(self.gate.limits.packets_per_s)
        self._slots: dict[type[object], asyncio.Semaphore] = {}
        self._engines: dict[type[Engine], Engine] = {}
        self._closed = False

    async def measure(self, plan: Plan[R]) -> R:
        """Carry the plan out once it is its turn."""
        slots = self._slots.setdefault(type(plan), asyncio.Semaphore(plan.most_at_once))
        async with slots:
            return await plan.live(self)

    def shared(self, kind: type[E], make: Callable[[], E]) -> E:
        """Return the one engine of this kind, made now if need be."""
        # A ping that was still resolving its name when close() came must not open sockets anew.
        if self._closed:
            raise EngineClosed
        if kind not in self._engines:
            self._engines[kind] = make()
        return cast("E", self._engines[kind])

    async def close(self) -> None:
        """Close the engines for good; what is under way fails, and so does what comes later."""
        self._closed = True
        for engine in self._engines.values():
            engine.close()
