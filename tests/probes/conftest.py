"""Private networks for tests: no packet leaves the loopback of a namespace made for one test."""

import asyncio
import ctypes
import fcntl
import multiprocessing
import os
import socket
import struct
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Self

import pytest

from probes import PinnedTarget
from probes.errors import PacketError
from probes.packet import Echo, EchoKind, parse_echo, strip_ipv4_header

CLONE_NEWUSER, CLONE_NEWNET = 0x1000_0000, 0x4000_0000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
PATIENCE_S = 60

LIBC = ctypes.CDLL(None, use_errno=True)

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what other tests on the same cores would disturb."""
    for item in items:
        if item.path.name in QUIET:
            item.add_marker(pytest.mark.quiet)


@dataclass(frozen=True)
class Namespace:
    """Settings of a network that exists for one body of code."""

    sockets: str = "raw"
    silent: bool = False

    def run(self, body: Callable[[], object]) -> object:
        """Run the body in a forked child inside the namespace; its failures fail the test."""
        fork = multiprocessing.get_context("fork")
        here, there = fork.Pipe()
        child = fork.Process(target=self._child, args=(there, body))
        with warnings.catch_warnings():
            # Newer Pythons warn of forking beside threads; the child needs none of them.
            warnings.simplefilter("ignore", DeprecationWarning)
            child.start()
        there.close()
        try:
            kind, content = here.recv() if here.poll(PATIENCE_S) else ("failed", "no answer")
        finally:
            child.kill()
            child.join()
        if kind == "skipped":
            pytest.skip(content)
        if kind == "failed":
            pytest.fail(content, pytrace=False)
        return content

    def _child(self, there: Connection, body: Callable[[], object]) -> None:
        try:
            enter_network()
        except OSError as error:
            there.send(("skipped", f"needs network namespaces: {error}"))
            return
        try:
            self._settle()
            there.send(("done", body()))
        except BaseException:  # noqa: BLE001 - whatever it was, the parent is to report it
            there.send(("failed", traceback.format_exc()))

    def _settle(self) -> None:
        raise_loopback()
        if self.sockets == "datagram":
            Path("/proc/sys/net/ipv4/ping_group_range").write_text("0 0")
        if self.silent:
            Path("/proc/sys/net/ipv4/icmp_echo_ignore_all").write_text("1")


def enter_network() -> None:
    """Move this process into a network of its own, with or without being root."""
    if LIBC.unshare(CLONE_NEWNET) == 0:
        return
    user, group = os.getuid(), os.getgid()
    if LIBC.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {user} 1")
    Path("/proc/self/gid_map").write_text(f"0 {group} 1")


def raise_loopback() -> None:
    """Do what `ip link set lo up` does, where that program may be missing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh14x", b"lo", 0)
        (flags,) = struct.unpack_from("16xh", fcntl.ioctl(control, SIOCGIFFLAGS, request))
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


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
