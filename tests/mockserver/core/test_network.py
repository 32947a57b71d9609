"""Which network a probe meets: real packets to loopback, the rest simulated or refused."""

from collections.abc import AsyncIterator, Callable
from ipaddress import ip_network

import pytest

from mockserver.core.clock import ManualClock
from mockserver.core.network import ChosenNetwork
from probes.errors import TargetRefused
from probes.ping import PingPlan
from probes.results import PingResult

pytestmark = pytest.mark.anyio
ELSEWHERE = "192.0.2.7"


class InstantClock(ManualClock):
    """Does not wait, and remembers how long it should have."""

    def __init__(self) -> None:
        super().__init__()
        self.slept_s: list[float] = []

    async def sleep(self, delay_s: float) -> None:
        self.slept_s.append(delay_s)


@pytest.fixture
async def choose() -> AsyncIterator[Callable[..., ChosenNetwork]]:
    made: list[ChosenNetwork] = []

    def make(mode: str = "simulated", seed: int = 1, *allowed: str) -> ChosenNetwork:
        networks = [ip_network(text) for text in allowed]
        network = ChosenNetwork(mode, networks, seed, InstantClock())  # type: ignore[arg-type]
        made.append(network)
        return network

    yield make
    for network in made:
        await network.close()


async def ping(network: ChosenNetwork, target: str = ELSEWHERE) -> PingResult:
    return await network.measure(PingPlan(target, count=3, interval_s=0.01, timeout_s=1))


async def test_a_target_elsewhere_is_simulated(choose: Callable[..., ChosenNetwork]) -> None:
    assert (await ping(choose())).sent == 3


async def test_the_seed_decides_what_the_simulation_measures(
    choose: Callable[..., ChosenNetwork],
) -> None:
    first, again, other = [await ping(choose("simulated", seed)) for seed in (1, 1, 2)]
    assert first == again != other


async def test_a_simulated_ping_takes_its_time_on_the_servers_clock() -> None:
    clock = InstantClock()
    network = ChosenNetwork("simulated", [], 1, clock)
    await ping(network)
    assert len(clock.slept_s) == 1
    assert clock.slept_s[0] > 0.02
    await network.close()


async def test_loopback_is_measured_not_simulated(choose: Callable[..., ChosenNetwork]) -> None:
    clock = InstantClock()
    network = ChosenNetwork("simulated", [], 1, clock)
    result = await ping(network, "127.0.0.1")
    await network.close()
    assert (result.address, result.received, clock.slept_s) == ("127.0.0.1", 3, [])


async def test_a_live_network_refuses_what_was_not_allowed(
    choose: Callable[..., ChosenNetwork],
) -> None:
    with pytest.raises(TargetRefused, match=ELSEWHERE):
        await ping(choose("live"))


async def test_a_live_network_still_measures_loopback(
    choose: Callable[..., ChosenNetwork],
) -> None:
    assert (await ping(choose("live"), "127.0.0.1")).received == 3


async def test_what_is_allowed_counts_in_live_mode_only(
    choose: Callable[..., ChosenNetwork],
) -> None:
    # Simulated although allowed: the same numbers as without the permission.
    allowed = await ping(choose("simulated", 1, "192.0.2.0/24"))
    assert allowed == await ping(choose("simulated", 1))
