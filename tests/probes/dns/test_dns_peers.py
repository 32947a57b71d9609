"""Real servers: NSD and unbound on loopback, and a capture that says when packets passed."""

import asyncio
import socket
import struct
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import trustme
from dns_lab import RESOLVER, listens, name_servers, programs, raise_address, resolver
from dns_rig import address_of_www, measured, run, udp_server
from dns_tree import LEAF_ADDRESS, ROOT_ADDRESS, TLD_ADDRESS, Tree
from peers import needs, needs_root

from probes import FailureKind, timestamps
from probes.dns import DnsPlan, DnsResult
from probes.dns_trace import DnsTracePlan, DnsTraceResult, RootServer

ETH_P_ALL = 3
ROOTS = (RootServer("ns.", ROOT_ADDRESS),)


def with_name_servers(namespace: Any, tree: Tree, body: Callable[[], Any]) -> Any:
    nsd, *_ = programs()

    def within() -> Any:
        with name_servers(tree, nsd):
            return body()

    return namespace().run(within)


@pytest.mark.slow
def test_nsd_answers_over_udp_and_tcp(namespace: Any, tree: Tree) -> None:
    def body() -> list[DnsResult]:
        plans = [
            DnsPlan(LEAF_ADDRESS, "www.ec.test", transport=transport, recursion_desired=False)
            for transport in ("udp", "tcp")
        ]
        return [run(measured(plan)) for plan in plans]

    for result in with_name_servers(namespace, tree, body):
        assert result.ok
        assert result.mappings == ("192.0.2.1",)
        assert "AA" in result.flags


@pytest.mark.slow
def test_an_answer_too_long_for_the_datagram_comes_by_tcp(namespace: Any, tree: Tree) -> None:
    def body() -> DnsResult:
        plan = DnsPlan(LEAF_ADDRESS, "long.ec.test", "TXT", edns_bytes=512)
        return run(measured(plan))

    result = with_name_servers(namespace, tree, body)
    assert result.ok
    assert (result.truncated, result.transport) == (True, "tcp")
    assert result.answer_bytes > 512


@pytest.mark.slow
def test_unbound_gives_dig_and_the_probe_the_same_over_every_transport(
    namespace: Any, tree: Tree, tmp_path: Path
) -> None:
    nsd, unbound, *_ = programs()
    (dig,) = needs("dig")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    certificate.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    secured = (
        f'  tls-service-key: "{tmp_path}/key.pem"\n  tls-service-pem: "{tmp_path}/cert.pem"\n'
    )

    def body() -> tuple[list[DnsResult], list[str]]:
        with name_servers(tree, nsd), resolver(tree, unbound, secured):
            assert listens(RESOLVER, 853)
            assert listens(RESOLVER, 443)
            plans = [
                DnsPlan(
                    RESOLVER,
                    "www.ec.test",
                    transport=transport,
                    ca_file=tmp_path / "ca.pem",
                )
                for transport in ("udp", "tcp", "tls", "https")
            ]
            shown = [
                subprocess.run(
                    [dig, "+short", *options, f"@{RESOLVER}", "www.ec.test", "A"],
                    check=True,
                    capture_output=True,
                    text=True,
                    timeout=20,
                ).stdout.strip()
                for options in ((), ("+tcp",), ("+tls",), ("+https",))
            ]
            return [run(measured(plan)) for plan in plans], shown

    results, shown = namespace().run(body)
    for result, text in zip(results, shown, strict=True):
        assert result.ok, result.failure
        assert result.mappings == (text,)
        assert "RA" in result.flags
    assert [result.transport for result in results] == ["udp", "tcp", "tls", "https"]
    assert results[3].http_status == 200


@pytest.mark.slow
def test_a_trace_goes_down_a_real_tree(namespace: Any, tree: Tree) -> None:
    def body() -> list[DnsTraceResult]:
        names = [("www.ec.test", "A"), ("out.ec.test", "A"), ("nope.ec.test", "A")]
        return [run(measured(DnsTracePlan(*asked, roots=ROOTS))) for asked in names]

    found, aliased, missing = with_name_servers(namespace, tree, body)
    assert [step.address for step in found.steps] == [ROOT_ADDRESS, TLD_ADDRESS, LEAF_ADDRESS]
    assert found.mappings == ("192.0.2.1",)
    assert (found.final_server, found.failed_queries) == ("ns.ec.test.", 0)
    assert aliased.answers[0].name == "www.ed.test."
    assert (missing.rcode, missing.ok, missing.failure) == ("NXDOMAIN", False, None)


def _misleading(tree: Tree, folder: Path, address: str) -> Tree:
    """Make a root that refers to servers at a closed address: by glue, and by a name."""
    top = "@ 300 IN SOA ns hostmaster 1 7200 900 1209600 300\n@ 300 IN NS ns\n"
    text = (
        f"$ORIGIN .\n{top}ns 300 IN A {ROOT_ADDRESS}\n"
        f"glued 300 IN NS ns.glued\nns.glued 300 IN A {address}\n"
        f"named 300 IN NS elsewhere\nelsewhere 300 IN A {address}\n"
    )
    made = Tree(folder)
    made.add(ROOT_ADDRESS, ".", text)
    return made


@pytest.mark.parametrize("name", ["www.glued", "www.named"])
def test_no_packet_reaches_a_closed_address_that_a_server_points_to(
    namespace: Any, tree: Tree, tmp_path: Path, name: str
) -> None:
    """The address is there, and a server listens, in the probe's own namespace."""
    needs_root()
    nsd, *_ = programs()
    closed = "198.51.100.7"
    misleading = _misleading(tree, tmp_path, closed)

    async def work() -> tuple[DnsTraceResult, int]:
        async with udp_server(address_of_www, closed, 53) as trap:
            plan = DnsTracePlan(name, roots=ROOTS)
            return await measured(plan), len(trap.seen)

    def body() -> tuple[DnsTraceResult, int]:
        raise_address(f"{closed}/32")
        with name_servers(misleading, nsd):
            return run(work())

    result, arrivals = namespace().run(body)
    assert arrivals == 0
    assert result.failure is not None
    assert result.failure.kind is FailureKind.NOT_ALLOWED
    assert "--allow-target 198.51.100.7/32" in result.failure.message


class Capture:
    """Hears every packet of the loopback, with the kernel's stamp of each."""

    def __init__(self) -> None:
        self._sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self._sock.bind(("lo", 0))
        self._sock.settimeout(0)
        timestamps.enable(self._sock)

    def passages(self, port: int) -> list[tuple[int, int]]:
        """Stamps and source ports of UDP packets to or from the port, each once."""
        found: dict[bytes, tuple[int, int]] = {}
        while True:
            try:
                frame, ancillary, *_ = self._sock.recvmsg(4096, timestamps.ANCILLARY_BYTES)
            except BlockingIOError:
                self._sock.close()
                return list(found.values())
            if len(frame) < 42 or frame[23] != socket.IPPROTO_UDP:
                continue
            ports = struct.unpack_from("!HH", frame, 34)
            stamp = timestamps.stamp_ns(ancillary)
            # Each packet is seen leaving and arriving; the first of a question counts as
            # its departure, the last of an answer as its arrival.
            if port in ports and stamp is not None:
                is_question = ports[1] == port
                key = frame[42:44] + bytes([is_question])
                if not (is_question and key in found):
                    found[key] = (stamp, ports[0])


def test_the_resolution_time_is_that_of_a_capture(namespace: Any) -> None:
    """A server that thinks for 20 ms and more: compared question by question, in one process."""
    needs_root()

    async def work() -> list[float]:
        loop = asyncio.get_running_loop()
        errors = []
        timestamps.wait_for_stamping()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.setblocking(0)
            server.bind(("127.0.0.1", 5300))

            async def serve() -> None:
                while True:
                    wire, peer = await loop.sock_recvfrom(server, 512)
                    await asyncio.sleep(0.02)
                    # The program is kept busy while the answer lies in the socket.
                    server.sendto(_answer(wire), peer)
                    time.sleep(0.005)

            serving = asyncio.create_task(serve())
            for _ in range(9):
                capture = Capture()
                plan = DnsPlan("127.0.0.1", "www.example", port=5300)
                result = await measured(plan)
                stamps = sorted(stamp for stamp, _ in capture.passages(5300))
                assert result.kernel_stamped
                assert result.resolution_ms is not None
                errors.append(abs(result.resolution_ms - (stamps[-1] - stamps[0]) / 1e6))
            serving.cancel()
        return errors

    errors = namespace().run(lambda: run(work()))
    assert median(errors) < 0.1, errors


def _answer(wire: bytes) -> bytes:
    import dns.message  # noqa: PLC0415

    return address_of_www(dns.message.from_wire(wire)).to_wire()
