"""The live network and the ping function, over real loopback packets."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from probes import (
    EchoEngine,
    EngineClosed,
    LiveNetwork,
    PermissionMissing,
    PingPlan,
    PingResult,
    PlanInvalid,
    SimulatedNetwork,
    TargetPolicy,
    TargetRefused,
    TargetUnresolvable,
    ping,
)
from probes.lookup import system_lookup

ONCE = {"count": 1, "interval_s": 0.0, "timeout_s": 5.0}


def live(use: Callable[[LiveNetwork], Awaitable[Any]], *allowed: str, lookup: Any = None) -> Any:
    async def within() -> Any:
        network = LiveNetwork(TargetPolicy.allowing(*allowed), lookup=lookup)
        try:
            return await use(network)
        finally:
            await network.close()

    return asyncio.run(within())


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_this_machine_answers_on_its_own_loopback(address: str) -> None:
    if address == "::1" and not _has_ipv6_loopback():
        pytest.skip("this kernel has no IPv6 loopback")
    try:
        result = asyncio.run(ping(address, count=3, interval_s=0.001, timeout_s=5.0))
    except PermissionMissing as error:
        pytest.skip(str(error))
    assert (result.target, result.address, result.received) == (address, address, 3)


def _has_ipv6_loopback() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def test_the_result_names_the_target_and_the_address_it_led_to(namespace: Any) -> None:
    async def lookup(name: str, family: socket.AddressFamily) -> Sequence[str]:
        return [f"127.0.0.{len(name)}"]

    def body() -> PingResult:
        return live(lambda network: network.measure(PingPlan("router", **ONCE)), lookup=lookup)

    result = namespace().run(body)
    assert (result.target, result.address, result.received) == ("router", "127.0.0.6", 1)


def test_dns_that_changes_its_mind_cannot_move_a_ping(namespace: Any) -> None:
    """The second answer would be a closed address; the first is asked for once and pinned."""
    answers = iter((["127.0.0.5"], ["10.0.0.1"]))

    async def rebinding(name: str, family: socket.AddressFamily) -> Sequence[str]:
        return next(answers)

    def body() -> PingResult:
        plan = {"count": 3, "interval_s": 0.01, "timeout_s": 5.0}
        return live(lambda network: network.measure(PingPlan("rebind", **plan)), lookup=rebinding)

    result = namespace().run(body)
    assert (result.address, result.received) == ("127.0.0.5", 3)


@pytest.mark.parametrize("target", ["192.0.2.1", "3221225985", "::ffff:192.0.2.1", "0.0.0.0"])
def test_a_closed_target_is_refused_before_a_socket_is_opened(target: str) -> None:
    """The engine asks for rights when it opens a socket; here it would not get so far."""

    async def use(network: LiveNetwork) -> object:
        with pytest.raises(TargetRefused):
            await network.measure(PingPlan(target, **ONCE))
        return vars(network)["_engines"]

    assert live(use) == {}


def test_a_target_that_is_no_name_is_unresolvable() -> None:
    with pytest.raises(TargetUnresolvable):
        live(lambda network: network.measure(PingPlan("", **ONCE)))


def test_an_impossible_plan_is_refused_before_anything_is_looked_up() -> None:
    with pytest.raises(PlanInvalid):
        live(lambda network: network.measure(PingPlan("", count=0, interval_s=0.0, timeout_s=1.0)))


def test_many_pings_share_one_socket_a_family(namespace: Any) -> None:
    def body() -> int:
        async def use(network: LiveNetwork) -> int:
            targets = [f"127.0.0.{number}" for number in range(1, 21)]
            plans = [PingPlan(target, **ONCE) for target in targets]
            await asyncio.gather(*map(network.measure, plans))
            return len(list(vars(vars(network)["_engines"][EchoEngine])["_wire"]))

        return live(use)

    assert namespace().run(body) == 1


def test_a_closed_network_stays_closed() -> None:
    async def use(network: LiveNetwork) -> None:
        await network.close()
        with pytest.raises(EngineClosed):
            await network.measure(PingPlan("127.0.0.1", **ONCE))

    live(use)


def test_a_ping_that_was_resolving_its_target_does_not_open_a_closed_network() -> None:
    open_networks: list[LiveNetwork] = []

    async def closing(name: str, family: socket.AddressFamily) -> Sequence[str]:
        await open_networks[0].close()
        return ["127.0.0.1"]

    async def use(network: LiveNetwork) -> None:
        open_networks.append(network)
        with pytest.raises(EngineClosed):
            await network.measure(PingPlan("late", **ONCE))

    live(use, lookup=closing)


def test_ping_takes_another_network_instead_of_opening_one() -> None:
    result = asyncio.run(ping("anywhere.example", network=SimulatedNetwork(1)))
    assert result == asyncio.run(ping("anywhere.example", network=SimulatedNetwork(1)))
    assert result.sent == 4


def test_ping_does_not_take_a_policy_that_would_not_count() -> None:
    with pytest.raises(TypeError, match="policy"):
        asyncio.run(ping("x", network=SimulatedNetwork(1), policy=TargetPolicy()))


def test_ping_opens_only_loopback_by_itself() -> None:
    with pytest.raises(TargetRefused):
        asyncio.run(ping("192.0.2.1"))


def test_the_system_lookup_keeps_the_zone_of_a_link_local_address() -> None:
    (address,) = asyncio.run(system_lookup("fe80::1%lo", socket.AF_UNSPEC))
    assert address == "fe80::1%lo"


def test_an_interface_that_does_not_exist_is_unresolvable() -> None:
    with pytest.raises(TargetUnresolvable):
        live(lambda network: network.measure(PingPlan("fe80::1%nowhere", **ONCE)), "fe80::1")
