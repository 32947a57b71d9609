"""Devices at loopback addresses are pinged for real: the kernel sees the packets."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_address
from pathlib import Path

import pytest

from probes.errors import PermissionMissing
from probes.live import LiveNetwork
from probes.ping import PingPlan
from probes.targets import TargetPolicy

SNMP = Path("/proc/net/snmp")
ECHO_REQUEST = 8


@pytest.fixture(autouse=True)
def _icmp_permitted():
    async def once():
        network = LiveNetwork(TargetPolicy())
        try:
            await network.measure(PingPlan("127.0.0.1", count=1, interval_s=0, timeout_s=1))
        finally:
            await network.close()

    try:
        asyncio.run(once())
    except PermissionMissing as error:
        pytest.skip(str(error))


@pytest.fixture
def wire():
    """Yield a socket that gets a copy of every ICMP packet that reaches this machine."""
    try:
        sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    except PermissionError:
        pytest.skip("needs a raw socket to look on")
    with sock:
        sock.settimeout(0)
        yield sock


def requests_to(wire, address):
    """Count the echo requests to an address among the packets that have come so far."""
    found = 0
    while True:
        try:
            packet = wire.recv(2048)
        except BlockingIOError:
            return found
        header = (packet[0] & 0x0F) * 4
        to_it = packet[16:20] == ip_address(address).packed
        found += to_it and packet[header] == ECHO_REQUEST


def kernel_counts():
    names, values = (line.split()[1:] for line in SNMP.read_text().splitlines() if "Icmp:" in line)
    counts = dict(zip(names, map(int, values), strict=True))
    return counts["InEchos"], counts["OutEchoReps"]


@pytest.mark.skipif(not SNMP.exists(), reason="needs Linux's packet counters")
def test_the_kernel_counts_the_packets_of_service_12345(wisphub):
    async def story(client):
        echos, replies = kernel_counts()
        outcome = await client.outcome(12345, pings=4)
        echos_after, replies_after = kernel_counts()
        return outcome["action"], echos_after - echos, replies_after - replies

    action, echos, replies = wisphub(story)
    assert action == "stable_connection"
    assert echos >= 4
    assert replies >= 4


def test_a_loopback_device_gets_exactly_the_packets_that_were_asked_for(wisphub, wire):
    async def story(client):
        services = await client.documents("service")
        here = [s for s in services if (s["address"] or "").startswith("127.")]
        device = next(s for s in here if s["address"] != "127.0.0.1")
        outcome = await client.outcome(int(device["id"]), pings=3)
        return outcome["action"], requests_to(wire, device["address"])

    async def settled(client):
        await client.start(12345, pings=1)  # the first request fills the world
        await client.wait()
        return await story(client)

    assert wisphub(settled) == ("stable_connection", 3)


def test_in_live_mode_what_was_not_allowed_is_refused_not_made_up(wisphub):
    async def story(client):
        return await client.outcome(12346)

    answer = wisphub(story, network="live")
    assert answer["action"] == "ping_failed"
    assert "--allow-target" in answer["message"]
