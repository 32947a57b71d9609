"""The ping probe: echo requests to one target."""

from probes.network import LiveNetwork, Network
from probes.results import PingResult
from probes.targets import TargetPolicy


async def ping(  # noqa: PLR0913 - four settings of one probe, each with a default
    target: str,
    *,
    count: int = 4,
    interval_s: float = 0.2,
    timeout_s: float = 1.0,
    policy: TargetPolicy | None = None,
    network: Network | None = None,
) -> PingResult:
    """Ping over the given network, or over sockets of its own that the policy governs."""
    if network is not None and policy is not None:
        raise TypeError("a network brings its own policy: give one of the two")
    if network is not None:
        return await network.ping(target, count=count, interval_s=interval_s, timeout_s=timeout_s)
    own = LiveNetwork(policy or TargetPolicy())
    try:
        return await own.ping(target, count=count, interval_s=interval_s, timeout_s=timeout_s)
    finally:
        await own.close()
