"""Agents as targets: measured where they take probes, simulated where nothing is known of that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from mockserver.vendors.thousandeyes.measuring.task import Task
from probes.errors import TargetRefused
from probes.live import LiveNetwork
from probes.network import Network, Plan
from probes.remote.errors import LetterInvalid
from probes.simulated import SimulatedNetwork

R = TypeVar("R")


class ResponderUnknown(TargetRefused):
    """Nothing is known of where the target agent takes probes, so none is sent."""

    def __init__(self, host: str) -> None:
        super().__init__(host, "is an agent without a responder", "RANGE")
        hint = "measure towards an agent that has joined and runs `probes respond`"
        self.args = (f"It is not known where the agent at {host} takes probes: {hint}.",)


def towards_target(network: Network, task: Task) -> Network:
    """Return the network to measure the target agent through."""
    return network if task.responder_port is not None else _WithoutResponder(network)


class _WithoutResponder:
    """A network on which no real packet goes to the target."""

    def __init__(self, network: Network) -> None:
        self._network = network

    async def measure(self, plan: Plan[R]) -> R:
        """Have the plan simulated, or refused where only real packets count."""
        try:
            return await self._network.measure(_Imagined(plan))
        except LetterInvalid:  # another machine simulates nothing
            raise ResponderUnknown(plan.target) from None

    async def close(self) -> None:
        """Leave the network to whoever opened it."""


@dataclass(frozen=True, slots=True)
class _Imagined(Generic[R]):
    """A plan that has only its simulated way."""

    most_at_once: ClassVar[int] = 10_000

    plan: Plan[R]

    @property
    def target(self) -> str:
        """Name or address of the agent."""
        return self.plan.target

    async def live(self, network: LiveNetwork) -> R:
        """Refuse: the seeded agents' addresses may well be somebody else's."""
        del network
        raise ResponderUnknown(self.plan.target)

    async def simulated(self, network: SimulatedNetwork) -> R:
        """Measure in the simulated internet."""
        return await self.plan.simulated(network)
