"""Private networks for tests, and hosts in them that answer as a test wants."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Self

import pytest
from namespaces import Namespace

from probes import PinnedTarget
from probes.errors import PacketError
from probes.packet import Echo, EchoKind, parse_echo, strip_ipv4_header

QUIET = {
    "test_agent_to_agent_live.py",
    "test_dns_udp.py",
    "test_ftp_capture.py",
    "test_http_phases.py",
    "test_internet_behind_tun.py",
    "test_page_accuracy.py",
    "test_ping_delay.py",
    "test_sip_peers.py",
    "test_tcp_paths.py",
    "test_throughput_live.py",
    "test_trace_hops.py",
    "test_voice_live.py",
}
"""Files that compare measured times with imposed or captured ones: they run alone."""

SLOW = {
    "test_agent_to_agent_hostile.py",
    "test_browser_guard.py",
    "test_cancelled_descriptors.py",
    "test_engine_answers.py",
    "test_gate_fuzz.py",
    "test_http_broken.py",
    "test_http_matching.py",
    "test_http_transfers.py",
    "test_internet_delays.py",
    "test_mtu_paths.py",
    "test_page_live.py",
    "test_sip_hostile.py",
    "test_throughput_limit.py",
    "test_trace_at_home.py",
    "test_verbs.py",
}
"""Files whose tests are quick one by one and long together."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what other tests on the same cores would disturb, and what takes long."""
    for item in items:
        if item.path.name in QUIET:
            item.add_marker(pytest.mark.quiet)
        if item.path.name in SLOW:
            item.add_marker(pytest.mark.slow)


@dataclass
class Responder:
    """Stands in for the silenced kernel: decides itself what answers an echo request.

    `script` gets each request and the address it was sent to, and returns or later sends
    packets with `send`.
    """

    script: Callable[["Responder", Echo, str], None]
    seen: list[tuple[Echo, str]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._ear = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        self._ear.setblocking(False)  # noqa: FBT003
        asyncio.get_running_loop().add_reader(self._ear.fileno(), self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.get_running_loop().remove_reader(self._ear.fileno())
        self._ear.close()

    def send(self, packet: bytes, host: str) -> None:
        """Send ICMP bytes to the engine as if from this host."""
        with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as mouth:
            mouth.bind((host, 0))
            mouth.sendto(packet, ("127.0.0.1", 0))

    def _hear(self) -> None:
        for datagram in self._datagrams():
            try:
                echo = parse_echo(socket.AF_INET, strip_ipv4_header(datagram))
            except PacketError:
                continue
            if echo.kind is EchoKind.REQUEST:
                host = socket.inet_ntoa(datagram[16:20])
                self.seen.append((echo, host))
                self.script(self, echo, host)

    def _datagrams(self) -> Iterator[bytes]:
        while True:
            try:
                yield self._ear.recv(65_535)
            except BlockingIOError:
                return


def pinned(address: str) -> PinnedTarget:
    """Pin an address under its own name."""
    return PinnedTarget(address, ip_address(address))


@pytest.fixture
def namespace() -> type[Namespace]:
    """Make private networks."""
    return Namespace


@pytest.fixture
def responder() -> type[Responder]:
    """Make hosts that answer as a test wants."""
    return Responder


@pytest.fixture
def pin() -> Callable[[str], PinnedTarget]:
    """Pin addresses without a policy."""
    return pinned


@pytest.fixture(params=["raw", "datagram"])
def sockets(request: pytest.FixtureRequest) -> str:
    """Kind of ICMP socket that the kernel grants; every such test runs both ways."""
    return str(request.param)
