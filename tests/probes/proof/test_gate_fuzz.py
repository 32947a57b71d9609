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
from probes.agent_to_agent import AgentToAgentPlan
from probes.dns import DnsPlan
from probes.dns_trace import DnsTracePlan, RootServer
from probes.dnssec import DnssecPlan
from probes.ftp import FtpPlan
from probes.http import HttpPlan
from probes.mtu import MtuPlan, MtuProtocol
from probes.sip import SipPlan
from probes.tcp import TcpPlan
from probes.throughput import ThroughputPlan
from probes.trace import TracePlan, TraceProtocol
from probes.voice import VoicePlan

PATIENCE_S = 20
SOON_S = 0.1

Maker = Callable[[str], Plan[Any]]


def _roots(target: str) -> tuple[RootServer, ...]:
    return (RootServer("root.example.", target),)


PLANS: dict[str, Maker] = {
    "ping": lambda target: PingPlan(target, 1, 0.0, SOON_S),
    "trace icmp": lambda target: TracePlan(target, timeout_s=SOON_S),
    "trace udp": lambda target: TracePlan(target, TraceProtocol.UDP, timeout_s=SOON_S),
    "trace tcp": lambda target: TracePlan(target, TraceProtocol.TCP, timeout_s=SOON_S),
    "tcp": lambda target: TcpPlan(target, 9, count=1, timeout_s=SOON_S),
    "mtu": lambda target: MtuPlan(target, MtuProtocol.UDP, tries=1, timeout_s=SOON_S),
    "http": lambda target: HttpPlan(f"http://{target}/", timeout_s=SOON_S),
    "https": lambda target: HttpPlan(f"https://{target}:9/", timeout_s=SOON_S),
    "http override": lambda target: HttpPlan(
        "http://a.example/", dns_override={"a.example": target}, timeout_s=SOON_S
    ),
    "ftp": lambda target: FtpPlan(f"ftp://{target}/file", timeout_s=SOON_S),
    "sip": lambda target: SipPlan(target, timeout_s=SOON_S),
    "sip proxy": lambda target: SipPlan("127.0.0.1", proxy=target, timeout_s=SOON_S),
    "dns": lambda target: DnsPlan(target, "a.example", timeout_s=SOON_S),
    "dns https": lambda target: DnsPlan(target, "a.example", transport="https", timeout_s=SOON_S),
    "dns-trace": lambda target: DnsTracePlan(
        "a.example", roots=_roots(target), timeout_s=SOON_S, tries=1
    ),
    "dnssec": lambda target: DnssecPlan("a.example", server=target, timeout_s=SOON_S, tries=1),
    "voice": lambda target: VoicePlan(target, duration_s=1, timeout_s=SOON_S),
    "agent-to-agent": lambda target: AgentToAgentPlan(target, count=2, timeout_s=SOON_S),
    "throughput": lambda target: ThroughputPlan(target, duration_s=1, timeout_s=SOON_S),
}
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


@pytest.mark.parametrize("verb", PLANS)
def test_what_is_allowed_does_leave(verb: str, namespace: Any) -> None:
    """The tests above could fail: each verb sends something once its target is open."""
    needs("ip", "nft")
    needs_root()

    def body() -> int:
        open_a_way_out()

        async def once() -> None:
            network = LiveNetwork(TargetPolicy.allowing(f"{CLOSED}/32"))
            with suppress(ProbeError):
                await asyncio.wait_for(network.measure(PLANS[verb](CLOSED)), PATIENCE_S)
            await network.close()

        asyncio.run(once())
        return departed()

    assert namespace().run(body) > 0
