"""No target, however it is spelt, makes a packet leave the allow-list.

The namespace has a way out: a default route over an interface that leads nowhere and counts.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hostile_names import CLOSED, SPELLINGS, TurnCoat, hostile_lookup
from peers import needs, needs_root

from probes import LiveNetwork, PingPlan, Plan, ProbeError, TargetPolicy

PATIENCE_S = 20

Maker = Callable[[str], Plan[Any]]


def _ping(target: str) -> Plan[Any]:
    return PingPlan(target, 1, 0.0, 0.05)


PLANS: dict[str, Maker] = {"ping": _ping}
"""A plan of each verb for a target; each gives up soon."""


def open_a_way_out() -> None:
    """Give the namespace an interface that would carry anything away."""
    for command in (
        "ip link add out type veth peer name nowhere",
        "ip link set nowhere up",
        "ip addr add 198.51.100.2/24 dev out",
        "ip link set out up",
        "ip route add default via 198.51.100.1",
        "ip neigh add 198.51.100.1 lladdr 02:00:00:00:00:01 dev out nud permanent",
        "ip -6 addr add 2001:db8:1::2/64 dev out nodad",
        "ip -6 route add default via 2001:db8:1::1 dev out",
        "ip -6 neigh add 2001:db8:1::1 lladdr 02:00:00:00:00:01 dev out nud permanent",
    ):
        subprocess.run(command.split(), check=True)
    subprocess.run(["nft", "-f", "-"], input=RULES, text=True, check=True)


RULES = """
table inet way {
  counter departed {}
  chain out {
    type filter hook output priority 0;
    oifname != "out" accept
    icmpv6 type { mld-listener-report, mld2-listener-report, mld-listener-done } accept
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit } accept
    counter name departed
  }
}
"""
"""Counts what goes out there, but for what the kernel says of itself."""


def departed() -> int:
    """Count packets that went out."""
    command = ["nft", "-j", "list", "counter", "inet", "way", "departed"]
    told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    (counter,) = [row["counter"] for row in told["nftables"] if "counter" in row]
    return int(counter["packets"])


async def try_all(make: Maker, lookup: Any) -> list[str]:
    """Measure every spelling; return what was let through."""
    through = []
    network = LiveNetwork(TargetPolicy(), lookup=lookup)
    try:
        for target in SPELLINGS:
            with suppress(ProbeError):
                await asyncio.wait_for(network.measure(make(target)), PATIENCE_S)
                through.append(target)
    finally:
        await network.close()
    return through


@pytest.mark.slow
@pytest.mark.parametrize("verb", PLANS)
def test_nothing_leaves_whatever_the_target_is_called(verb: str, namespace: Any) -> None:
    needs("ip", "nft")
    needs_root()

    def body() -> int:
        open_a_way_out()
        asyncio.run(try_all(PLANS[verb], hostile_lookup))
        return departed()

    assert namespace().run(body) == 0


@pytest.mark.parametrize("verb", PLANS)
def test_a_name_that_moves_is_measured_where_it_was_first(verb: str, namespace: Any) -> None:
    """The resolver says loopback once, and a closed address to whoever asks again."""
    needs("ip", "nft")
    needs_root()

    def body() -> int:
        open_a_way_out()

        async def once() -> None:
            network = LiveNetwork(TargetPolicy(), lookup=TurnCoat())
            with suppress(ProbeError):
                await asyncio.wait_for(network.measure(PLANS[verb]("moving.example")), PATIENCE_S)
            await network.close()

        asyncio.run(once())
        return departed()

    assert namespace().run(body) == 0


def test_the_counter_counts(namespace: Any) -> None:
    """What is allowed does leave, and is seen: the tests above could fail."""
    needs("ip", "nft")
    needs_root()

    def body() -> int:
        open_a_way_out()

        async def once() -> None:
            network = LiveNetwork(TargetPolicy.allowing(f"{CLOSED}/32"))
            await network.measure(PingPlan(CLOSED, 3, 0.0, 0.05))
            await network.close()

        asyncio.run(once())
        return departed()

    assert namespace().run(body) == 3
