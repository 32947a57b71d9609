"""Which network a probe meets: real packets to loopback, the rest simulated or refused."""

from collections.abc import AsyncIterator, Callable
from ipaddress import ip_network

import pytest

from mockserver.core.clock import ManualClock
from mockserver.core.networks import ChosenNetworks, OneNetwork, Witness, simulation_at
from probes.errors import TargetRefused, TargetUnresolvable
from probes.internet import Condition
from probes.live import LiveNetwork
from probes.ping import PingPlan
from probes.results import PingResult
from probes.simulated import SimulatedNetwork
from probes.targets import TargetPolicy

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
async def choose() -> AsyncIterator[Callable[..., ChosenNetworks]]:
    made: list[ChosenNetworks] = []

    def make(mode: str = "simulated", seed: int = 1, *allowed: str) -> ChosenNetworks:
        networks = [ip_network(text) for text in allowed]
        network = ChosenNetworks(mode, networks, seed, InstantClock())  # type: ignore[arg-type]
        made.append(network)
        return network

    yield make
    for network in made:
        await network.close()


async def ping(network: ChosenNetworks, target: str = ELSEWHERE) -> PingResult:
    return await Witness(network.at("here")).measure(
        PingPlan(target, count=3, interval_s=0.01, timeout_s=1)
    )


async def test_a_target_elsewhere_is_simulated(choose: Callable[..., ChosenNetworks]) -> None:
    assert (await ping(choose())).sent == 3


async def test_the_seed_decides_what_the_simulation_measures(
    choose: Callable[..., ChosenNetworks],
) -> None:
    first, again, other = [await ping(choose("simulated", seed)) for seed in (1, 1, 2)]
    assert first == again != other


async def test_a_simulated_ping_takes_its_time_on_the_servers_clock() -> None:
    clock = InstantClock()
    network = ChosenNetworks("simulated", [], 1, clock)
    await ping(network)
    assert len(clock.slept_s) == 1
    assert clock.slept_s[0] > 0.02
    await network.close()


async def test_loopback_is_measured_not_simulated(choose: Callable[..., ChosenNetworks]) -> None:
    clock = InstantClock()
    network = ChosenNetworks("simulated", [], 1, clock)
    result = await ping(network, "127.0.0.1")
    await network.close()
    assert (result.address, result.received, clock.slept_s) == ("127.0.0.1", 3, [])


async def test_a_live_network_refuses_what_was_not_allowed(
    choose: Callable[..., ChosenNetworks],
) -> None:
    with pytest.raises(TargetRefused, match=ELSEWHERE):
        await ping(choose("live"))


async def test_a_live_network_still_measures_loopback(
    choose: Callable[..., ChosenNetworks],
) -> None:
    assert (await ping(choose("live"), "127.0.0.1")).received == 3


async def test_what_is_allowed_counts_in_live_mode_only(
    choose: Callable[..., ChosenNetworks],
) -> None:
    # Simulated although allowed: the same numbers as without the permission.
    allowed = await ping(choose("simulated", 1, "192.0.2.0/24"))
    assert allowed == await ping(choose("simulated", 1))


async def test_other_places_have_other_ways_to_the_same_address(
    choose: Callable[..., ChosenNetworks],
) -> None:
    networks, plan = choose(), PingPlan("name.example", count=3)
    first, other = [await Witness(networks.at(place)).measure(plan) for place in ("a", "b")]
    assert first.address == other.address
    assert first.rtts_ms != other.rtts_ms


@pytest.mark.parametrize("order", ["before", "after"])
async def test_trouble_is_met_from_every_place(
    choose: Callable[..., ChosenNetworks], order: str
) -> None:
    networks = choose()
    if order == "before":
        await ping(networks)
    networks.set_condition(ELSEWHERE, Condition(loss=1.0))
    assert (await ping(networks)).received == 0
    networks.clear_condition(ELSEWHERE)
    assert (await ping(networks)).received == 3


async def test_a_witness_remembers_where_results_came_from(
    choose: Callable[..., ChosenNetworks],
) -> None:
    witness = Witness(choose().at("here"))
    assert witness.origins == []
    for target in ("127.0.0.1", ELSEWHERE):
        await witness.measure(PingPlan(target, count=1))
    assert witness.origins == ["live", "simulated"]


async def test_a_network_that_is_handed_in_is_met_everywhere() -> None:
    simulated = SimulatedNetwork(1)
    found = [
        await OneNetwork(simulated).at(place).measured(PingPlan(ELSEWHERE, count=1))
        for place in ("a", "b")
    ]
    assert [one.origin for one in found] == ["simulated", "simulated"]


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST.", "a.b.localhost", "127.1", "0x7f.1"])
async def test_names_of_this_machine_are_measured(
    choose: Callable[..., ChosenNetworks], name: str
) -> None:
    witness = Witness(choose().at("here"))
    assert (await witness.measure(PingPlan(name, count=1))).received == 1
    assert witness.origins == ["live"]


@pytest.mark.parametrize("name", ["host.invalid", "-host.example", "a..b", "x_%", "999.1.1.1"])
async def test_what_cannot_exist_is_not_resolved(
    choose: Callable[..., ChosenNetworks], name: str
) -> None:
    with pytest.raises(TargetUnresolvable, match="no such name"):
        await ping(choose(), name)


async def test_a_simulation_asks_no_name_server(
    choose: Callable[..., ChosenNetworks], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("probes.lookup._addresses", lambda name, _: asked.append(name))
    assert (await ping(choose(), "www.example.com")).sent == 3
    assert asked == []


async def test_a_place_that_is_forgotten_measures_as_it_did_the_first_time(
    choose: Callable[..., ChosenNetworks],
) -> None:
    networks = choose()
    first, second = await ping(networks), await ping(networks)
    networks.forget("there")
    third = await ping(networks)
    networks.forget("he")
    assert await ping(networks) == first != second
    assert third not in (first, second)


@pytest.mark.parametrize(
    ("mode", "target", "origin"),
    [
        ("simulated", ELSEWHERE, "simulated"),
        ("simulated", "127.0.0.1", "live"),
        ("simulated", "", "simulated"),
        ("live", ELSEWHERE, "live"),
        ("live", "", "live"),
    ],
)
async def test_a_place_tells_what_it_simulates(
    choose: Callable[..., ChosenNetworks], mode: str, target: str, origin: str
) -> None:
    assert (simulation_at(choose(mode).at("here"), target) is not None) is (origin == "simulated")


def test_a_network_that_is_handed_in_tells_whether_it_simulates() -> None:
    assert simulation_at(OneNetwork(SimulatedNetwork(1)).at("here"))
    assert simulation_at(OneNetwork(LiveNetwork(TargetPolicy())).at("here")) is None
