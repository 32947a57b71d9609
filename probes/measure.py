"""One call for every probe: carry a plan out, over a given network or one of its own."""

from typing import TypeVar

from probes.live import LiveNetwork
from probes.network import Network, Plan
from probes.targets import TargetPolicy

R = TypeVar("R")


async def measure(
    plan: Plan[R], *, policy: TargetPolicy | None = None, network: Network | None = None
) -> R:
    """Measure over the network, or over sockets of its own that the policy governs.

    Without either only loopback is open. ProbeError says why a measurement could not begin.
    """
    if network is not None and policy is not None:
        raise TypeError("a network brings its own policy: give one of the two")
    if network is not None:
        return await network.measure(plan)
    own = LiveNetwork(policy or TargetPolicy())
    try:
        return await own.measure(plan)
    finally:
        await own.close()
