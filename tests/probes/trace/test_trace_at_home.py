"""Traces on loopback and in empty namespaces: protocols, rights, refusals and failures."""

import asyncio
import errno
import os
import socket
from pathlib import Path
from typing import Any

import pytest
from peers import needs
from trace_rig import traces

from probes import LiveNetwork, TargetPolicy
from probes.errors import PlanInvalid, TargetRefused, TargetUnresolvable
from probes.failure import FailureKind
from probes.records import as_document
from probes.trace import TracePlan, TraceProtocol, TraceResult

PROTOCOLS = tuple(TraceProtocol)
HOSTS = ("127.0.0.1", "127.9.8.7", "::1")


def once(plan: TracePlan, *ranges: str) -> TraceResult:
    return asyncio.run(traces(ranges, [plan]))[0]


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("host", HOSTS)
def test_loopback_is_one_hop_away(
    namespace: Any, sockets: str, protocol: TraceProtocol, host: str
) -> None:
    result = namespace(sockets).run(lambda: once(TracePlan(host, protocol)))
    assert [hop.addresses for hop in result.hops] == [(host,)]
    assert (result.reached, result.packet_loss, result.failure) == (True, 0.0, None)
    assert result.hops[0].received == 3
    assert all(0 < rtt_ms < 1000 for rtt_ms in result.hops[0].rtts_ms)


@pytest.mark.parametrize("flows", [1, 3])
def test_an_open_tcp_port_is_reached_and_told_nothing(namespace: Any, flows: int) -> None:
    def body() -> tuple[TraceResult, list[bytes]]:
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(0)
            port = server.getsockname()[1]
            result = once(TracePlan("127.0.0.1", "tcp", port, flows=flows))
            return result, list(words(server))

    result, heard = namespace().run(body)
    assert result.reached
    assert result.packet_loss == 0.0
    assert set(heard) <= {b""}


def words(server: socket.socket) -> Any:
    while True:
        try:
            peer, _ = server.accept()
        except BlockingIOError:
            return
        with peer:
            try:
                yield peer.recv(100)
            except ConnectionResetError:
                yield b""


def test_a_udp_service_that_answers_is_the_target(namespace: Any) -> None:
    async def body() -> TraceResult:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(Echo, local_addr=("127.0.0.1", 0))
        port = transport.get_extra_info("sockname")[1]
        (result,) = await traces([], [TracePlan("127.0.0.1", "udp", port)])
        transport.close()
        return result

    result = namespace().run(lambda: asyncio.run(body()))
    assert (result.reached, len(result.hops), result.packet_loss) == (True, 1, 0.0)


def test_a_udp_service_that_says_something_of_its_own_is_the_target(namespace: Any) -> None:
    async def body() -> TraceResult:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(Parrot, local_addr=("127.0.0.1", 0))
        port = transport.get_extra_info("sockname")[1]
        plan = TracePlan("127.0.0.1", "udp", port, timeout_s=0.3)
        (result,) = await traces([], [plan])
        transport.close()
        return result

    result = namespace().run(lambda: asyncio.run(body()))
    assert (result.reached, len(result.hops)) == (True, 1)


class Echo(asyncio.DatagramProtocol):
    """Says what it hears."""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.transport.sendto(self.answer(data), addr)

    def answer(self, data: bytes) -> bytes:
        return data


class Parrot(Echo):
    """Says the same to everything."""

    def answer(self, data: bytes) -> bytes:
        return data[:0] + b"hello"


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("target", ["10.9.9.9", "169.254.169.254", "224.0.0.1", "fd00::1"])
def test_a_refused_target_gets_no_packet(
    namespace: Any, protocol: TraceProtocol, target: str
) -> None:
    def body() -> tuple[bool, int]:
        before = packets_sent()
        with pytest.raises(TargetRefused):
            once(TracePlan(target, protocol))
        return True, packets_sent() - before

    assert namespace().run(body) == (True, 0)


def packets_sent() -> int:
    rows = Path("/proc/net/dev").read_text().splitlines()[2:]
    return sum(int(row.split(":")[1].split()[9]) for row in rows)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_no_route_is_a_failure_that_says_so(namespace: Any, protocol: TraceProtocol) -> None:
    plan = TracePlan("10.9.9.9", protocol)
    result = namespace().run(lambda: once(plan, "10.0.0.0/8"))
    assert not result.ok
    assert result.failure is not None
    assert result.failure.kind is FailureKind.UNREACHABLE
    assert "unreachable" in result.failure.message
    assert (result.time_ms, result.packet_loss) == (None, None)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_silence_is_a_timeout(namespace: Any, protocol: TraceProtocol) -> None:
    def body() -> TraceResult:
        mute()
        return once(TracePlan("127.0.0.1", protocol, most_hops=4, timeout_s=0.2))

    result = namespace().run(body)
    assert result.failure is not None
    assert (result.failure.kind, result.hops) == (FailureKind.TIMEOUT, ())


def mute() -> None:
    """Let everything that goes out vanish."""
    (nft,) = needs("nft")
    rules = "add table ip t; add chain ip t i { type filter hook input priority 0; policy drop; }"
    assert os.spawnv(os.P_WAIT, nft, ["nft", rules]) == 0


def test_the_name_is_resolved_once_and_kept() -> None:
    asked: list[str] = []

    async def lookup(name: str, _family: socket.AddressFamily) -> list[str]:
        asked.append(name)
        return ["127.0.0.5"]

    async def body() -> TraceResult:
        network = LiveNetwork(TargetPolicy(), lookup=lookup)
        try:
            return await asyncio.wait_for(network.measure(TracePlan("some.name", "udp")), 20)
        finally:
            await network.close()

    result = asyncio.run(body())
    assert (asked, result.target, result.address) == (["some.name"], "some.name", "127.0.0.5")


def test_an_empty_name_is_unresolvable() -> None:
    with pytest.raises(TargetUnresolvable):
        once(TracePlan(""))


@pytest.mark.parametrize(
    "settings",
    [
        {"protocol": "sctp"},
        {"flows": 0},
        {"flows": 17},
        {"probes_per_hop": 0},
        {"most_hops": 256},
        {"timeout_s": 0.0},
        {"timeout_s": float("nan")},
        {"protocol": "udp", "port": 0},
        {"protocol": "tcp", "port": 65_536},
        {"port": 80},
    ],
)
def test_an_impossible_plan_says_what_is_possible(settings: dict[str, Any]) -> None:
    with pytest.raises(PlanInvalid, match=r"must|needs"):
        TracePlan("127.0.0.1", **settings)


def test_a_send_that_the_kernel_forbids_is_told(namespace: Any) -> None:
    def body() -> TraceResult:
        (nft,) = needs("nft")
        rules = "add table ip t; add chain ip t o { type filter hook output priority 0; }"
        assert os.spawnv(os.P_WAIT, nft, ["nft", rules]) == 0
        rule = "add rule ip t o ip protocol icmp drop"
        assert os.spawnv(os.P_WAIT, nft, ["nft", rule]) == 0
        return once(TracePlan("127.0.0.1"))

    result = namespace().run(body)
    assert result.failure is not None
    assert os.strerror(errno.EPERM).lower() in result.failure.message


def test_a_result_becomes_a_document() -> None:
    document = as_document(once(TracePlan("127.0.0.1", "udp", probes_per_hop=1)))
    assert document["hops"][0]["responses"][0]["address"] == "127.0.0.1"
    assert document["hops"][0]["is_target"]
    assert document["link_delays_ms"] == [document["min_rtt_ms"]]
