"""Nothing that a peer says leads the HTTP probe to an address that the policy closes."""

import asyncio
import socket
import subprocess
from collections.abc import Sequence
from ipaddress import ip_network
from typing import Any

import pycurl
import pytest
from http_peers import PATIENCE_S, Peer, at_home, fetched, response, says
from peers import needs

from probes import FailureKind, TargetPolicy, TargetRefused
from probes.http import HttpPlan, HttpResult, IpVersion
from probes.http.answer import Answer
from probes.http.credentials import read_credentials
from probes.http.handle import Asking, Door, make_handle
from probes.http.redirects import first_request
from probes.http.transfers import Transfers
from probes.targets import Address

CLOSED = "127.0.0.2"
ONLY_HOME = TargetPolicy((ip_network("127.0.0.1/32"),))


def led_to(location: str, **settings: Any) -> tuple[HttpResult, int]:
    """Be redirected while a server on a closed address counts who comes to it."""
    closed = Peer(says(b"").script, address=CLOSED)

    async def within() -> HttpResult:
        async with closed.serving():
            where = location.format(port=closed.port)
            peer = says(response(b"", "302 Found", f"Location: {where}"))
            async with peer.serving():
                return await fetched(peer.url, ONLY_HOME, **settings)

    result = asyncio.run(asyncio.wait_for(within(), PATIENCE_S))
    return result, closed.connections


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.2:{port}/",
        "//127.0.0.2:{port}/",
        "https://127.0.0.2:{port}/",
        "http://127.0.0.1@127.0.0.2:{port}/",
        "http://2130706434:{port}/",
        "http://0x7f000002:{port}/",
        "http://127.2:{port}/",
        "http://0177.0.0.2:{port}/",
        "http://[::ffff:127.0.0.2]:{port}/",
        "http://[::ffff:7f00:2]:{port}/",
        "http://closed.test:{port}/",
    ],
)
def test_a_redirect_to_a_closed_address_is_a_failure_and_no_packet(location: str) -> None:
    async def lookup(name: str, family: socket.AddressFamily) -> Sequence[str]:
        if name == "closed.test":
            return [CLOSED]
        # Odd spellings of addresses, which the C library reads without asking anybody.
        return [socket.inet_ntoa(socket.inet_aton(name))]

    result, connections = led_to(location, lookup=lookup)
    assert result.failure
    assert (result.failure.kind, result.failure.phase) == (FailureKind.NOT_ALLOWED, "redirect")
    assert (connections, result.redirects, result.total_ms) == (0, 1, None)
    assert result.last.connect_ms is None


def test_the_counting_server_would_have_seen_a_connection() -> None:
    async def within() -> None:
        closed = Peer(says(b"").script, address=CLOSED)
        async with closed.serving():
            peer = says(response(b"", "302 Found", f"Location: {closed.url}"))
            async with peer.serving():
                await fetched(peer.url)
        assert closed.connections == 1

    asyncio.run(asyncio.wait_for(within(), PATIENCE_S))


@pytest.mark.parametrize("target", ["http://127.0.0.2/", "http://closed.test/"])
def test_a_closed_target_is_refused_by_raising(target: str) -> None:
    async def lookup(name: str, family: socket.AddressFamily) -> Sequence[str]:
        return [CLOSED]

    with pytest.raises(TargetRefused, match=r"127\.0\.0\.2/32"):
        asyncio.run(fetched(target, ONLY_HOME, lookup=lookup))


def test_an_override_is_judged_like_any_address() -> None:
    with pytest.raises(TargetRefused):
        asyncio.run(fetched("http://a.test/", ONLY_HOME, dns_override={"a.test": CLOSED}))


def test_dns_that_changes_its_mind_cannot_move_an_exchange() -> None:
    """The name is asked for once an exchange, and only its first address is contacted."""
    answers = iter((["127.0.0.1", CLOSED], [CLOSED]))
    asked = []

    async def rebinding(name: str, family: socket.AddressFamily) -> Sequence[str]:
        asked.append(name)
        return next(answers)

    async def within() -> HttpResult:
        peer = says(response())
        async with peer.serving():
            url = f"http://rebind.test:{peer.port}/"
            return await fetched(url, ONLY_HOME, lookup=rebinding)

    result = asyncio.run(asyncio.wait_for(within(), PATIENCE_S))
    assert (result.address, result.status, asked) == ("127.0.0.1", 200, ["rebind.test"])


def test_headers_that_name_other_places_are_not_followed() -> None:
    """Alt-Svc, Refresh, Link, Strict-Transport-Security and Set-Cookie change nothing."""

    async def within() -> None:
        closed = Peer(says(b"").script, address=CLOSED)
        async with closed.serving():
            headers = (
                f'Alt-Svc: h2="{CLOSED}:{closed.port}"; ma=3600, h3=":{closed.port}"',
                f"Refresh: 0; url={closed.url}",
                f"Link: <{closed.url}>; rel=preload",
                "Strict-Transport-Security: max-age=31536000",
                "Set-Cookie: a=b",
            )
            peer = says(response(b"hello", "200 OK", *headers))
            async with peer.serving():
                for _ in range(2):
                    assert (await fetched(peer.url)).status == 200
            assert closed.connections == 0
            assert b"Cookie" not in peer.requests[1]

    asyncio.run(asyncio.wait_for(within(), PATIENCE_S))


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/latest/meta-data/",
        "http://[fe80::1]/",
        "http://0.0.0.0:{port}/",
        "http://224.0.0.1/",
        "http://198.51.100.7/",
    ],
)
def test_a_redirect_off_this_machine_is_a_failure(namespace: Any, location: str) -> None:
    """In a network without a way out, so that a mistake would harm nobody."""
    result, connections = namespace().run(lambda: led_to(location))
    assert result.failure.kind is FailureKind.NOT_ALLOWED
    assert (connections, result.redirects, result.last.connect_ms) == (0, 1, None)


def test_somebody_elses_server_may_not_point_into_this_machine(namespace: Any) -> None:
    """Loopback is open to whoever asks for it, and to no server elsewhere."""
    (ip,) = needs("ip")

    def body() -> tuple[HttpResult, int]:
        subprocess.run([ip, "addr", "add", "10.9.9.9/32", "dev", "lo"], check=True)
        return asyncio.run(asyncio.wait_for(within(), PATIENCE_S))

    async def within() -> tuple[HttpResult, int]:
        local = says(response())
        async with local.serving():
            peer = says(response(b"", "302 Found", f"Location: {local.url}"))
            peer.address = "10.9.9.9"
            async with peer.serving():
                result = await fetched(peer.url, TargetPolicy.allowing("10.9.9.9/32"))
        return result, local.connections

    result, connections = namespace().run(body)
    assert result.failure
    assert (result.failure.kind, connections) == (FailureKind.NOT_ALLOWED, 0)


@pytest.mark.parametrize("wrong", ["address", "port"])
def test_libcurl_gets_no_socket_for_another_address_or_port(wrong: str) -> None:
    """Should it ever resolve by itself: here its URL and the pin are made to contradict."""

    async def within() -> tuple[int, str | None]:
        peer = says(response())
        async with peer.serving():
            plan = HttpPlan(peer.url)
            request = first_request(plan)
            pinned: Address = ip_network("127.0.0.3/32").network_address
            here: Address = ip_network("127.0.0.1/32").network_address
            door = Door(pinned if wrong == "address" else here, peer.port)
            answer = Answer(10**6)
            asking = Asking(plan, request, read_credentials(plan), door.address, 0.0, 5.0)
            handle = make_handle(asking, door, answer)
            handle.setopt(pycurl.CONNECT_TO, [f"::127.0.0.1:{peer.port}"])
            if wrong == "port":
                door.port += 1
            transfers = Transfers()
            error = await transfers.perform(handle)
            handle.setopt(pycurl.VERBOSE, 0)
            handle.close()
            transfers.close()
            assert error
            return peer.connections, door.error

    connections, error = asyncio.run(asyncio.wait_for(within(), PATIENCE_S))
    assert connections == 0
    assert error


def test_a_name_without_an_address_is_a_result() -> None:
    result = asyncio.run(fetched("http://gone.invalid/", lookup=at_home))
    assert result.failure
    assert (result.failure.kind, result.failure.phase) == (FailureKind.RESOLVE, "dns")


def test_a_slow_resolver_is_a_timeout_of_dns() -> None:
    async def silent(name: str, family: socket.AddressFamily) -> Sequence[str]:
        await asyncio.sleep(3600)
        return []

    result = asyncio.run(fetched("http://slow.test/", lookup=silent, timeout_s=0.2))
    assert result.failure
    assert (result.failure.kind, result.failure.phase) == (FailureKind.TIMEOUT, "dns")
    assert result.dns_ms is None


def test_the_time_of_the_resolver_is_dns_time_and_nothing_elses() -> None:
    async def slow(name: str, family: socket.AddressFamily) -> Sequence[str]:
        await asyncio.sleep(0.2)
        return ["127.0.0.1"]

    async def within() -> HttpResult:
        peer = says(response())
        async with peer.serving():
            return await fetched(f"http://slow.test:{peer.port}/", lookup=slow)

    result = asyncio.run(within())
    assert result.dns_ms
    assert result.total_ms
    assert result.dns_ms >= 199
    assert result.total_ms - result.dns_ms < result.dns_ms


@pytest.mark.parametrize(("ip_version", "family"), [("4", socket.AF_INET), ("6", socket.AF_INET6)])
def test_the_family_that_was_wanted_is_asked_for(ip_version: str, family: int) -> None:
    asked = []

    async def lookup(name: str, family: socket.AddressFamily) -> Sequence[str]:
        asked.append(family)
        return []

    asyncio.run(fetched("http://a.test/", lookup=lookup, ip_version=IpVersion(ip_version)))
    assert asked == [family]
