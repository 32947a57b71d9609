"""What a network can be asked: to carry out a plan, whatever probe it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

if TYPE_CHECKING:
    from probes.live import LiveNetwork
    from probes.simulated import SimulatedNetwork

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Plan(Protocol[R_co]):
    """One measurement with all its settings, checked when it is made; R is its result.

    A probe is a plan, a result and two ways to get from one to the other. Plans are cheap to
    import: what the live way needs (a browser, libcurl) is imported when it is gone.
    """

    most_at_once: ClassVar[int]
    """How many of this kind one process runs at a time; others wait their turn."""

    @property
    def target(self) -> str:
        """Name, address or URL that is measured."""
        ...

    async def live(self, network: LiveNetwork) -> R_co:
        """Measure with real packets."""
        ...

    async def simulated(self, network: SimulatedNetwork) -> R_co:
        """Work out what a path of the simulated internet would have shown."""
        ...


class Network(Protocol):
    """Something that targets can be measured through."""

    async def measure(self, plan: Plan[R]) -> R:
        """Carry the plan out; ProbeError says why that could not even begin."""
        ...

    async def close(self) -> None:
        """Give back whatever the network holds."""
        ...
