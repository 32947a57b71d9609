"""When the proxy speaks itself: it says so, says why, and nobody takes it for the upstream."""

from __future__ import annotations

import asyncio
import json
import ssl
from typing import Any

import pytest
import trustme
from proxy_rig import OK, PATIENCE_S, Answering, Rig, Script, request, rig, served

from contract_tests.proxy.pool import Pool, verifying
from contract_tests.proxy.upstream import Upstream
from contract_tests.wire.address import address_of


def told(got: bytes) -> tuple[int, Any]:
    head, _, body = got.partition(b"\r\n\r\n")
    assert b"x-contract-tests-proxy: refused" in head
    said = json.loads(body)
    assert said["from"] == "contract-tests proxy"
    return int(head.split()[1]), said["error"]


def asked(script: Script, path: str = "/", *lines: str, **options: Any) -> tuple[bytes, Rig]:
    async def story() -> tuple[bytes, Rig]:
        async with rig(script, **options) as proxy:
            return await proxy.get(path, *lines), proxy

    return asyncio.run(story())


async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request(reader)
    writer.write(b"SMTP ready\r\n\r\n")
    writer.close()


async def farewell(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request(reader)
    writer.close()


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
    writer.close()


@pytest.mark.parametrize(
    ("script", "status", "words"),
    [
        (garbage, 502, "no proper HTTP"),
        (farewell, 502, "ended"),
        (silence, 504, "within 0.05 s"),
    ],
)
def test_an_upstream_that_does_not_answer(script: Script, status: int, words: str) -> None:
    got, proxy = asked(script, timeout_s=0.05 if script is silence else PATIENCE_S)
    code, why = told(got)
    assert (code, words in why) == (status, True)
    exchange = proxy.heard[0].exchange
    assert (exchange.response, exchange.failure) == (None, why)


def test_an_upstream_that_is_down() -> None:
    async def story() -> bytes:
        gone = await asyncio.start_server(silence, "127.0.0.1", 0)
        address = address_of(f"http://127.0.0.1:{gone.sockets[0].getsockname()[1]}")
        gone.close()
        await gone.wait_closed()
        async with served(Upstream(address, Pool(address))) as port:
            proxy = Rig(port, address.url)
            got = await proxy.get()
            proxy.close()
            return got

    code, why = told(asyncio.run(story()))
    assert (code, why) == (502, "the upstream refuses connections")


def test_an_answer_that_is_cut_off_is_cut_off_for_the_client_too() -> None:
    got, proxy = asked(half)
    assert got.endswith(b"\r\n\r\nhalf")
    exchange = proxy.heard[0].exchange
    assert exchange.response is None
    assert "ended early" in exchange.failure


def test_a_certificate_is_verified_and_an_own_authority_is_trusted(tmp_path: Any) -> None:
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    refused, _ = asked(Answering(), tls=server)
    code, why = told(refused)
    assert (code, "certificate cannot be trusted" in why) == (502, True)
    got, _ = asked(Answering(), tls=server, trust=verifying(str(tmp_path / "ca.pem")))
    assert got.startswith(b"HTTP/1.1 200")


def test_a_certificate_for_another_name_is_refused(tmp_path: Any) -> None:
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("elsewhere.example").configure_cert(server)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    got, _ = asked(Answering(), tls=server, trust=verifying(str(tmp_path / "ca.pem")))
    assert told(got)[0] == 502


def test_a_websocket_is_refused_in_words() -> None:
    upstream = Answering()
    got, proxy = asked(upstream, "/", "Upgrade: websocket", "Sec-WebSocket-Version: 13")
    code, why = told(got)
    assert (code, "WebSocket" in why, upstream.requests) == (501, True, [])
    assert proxy.heard[0].exchange.response is None


def test_a_tunnel_is_refused_in_words() -> None:
    async def story() -> bytes:
        async with rig(Answering()) as proxy:
            return await proxy.ask(b"CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n")

    code, why = told(asyncio.run(story()))
    assert (code, "base URL" in why) == (501, True)


def test_a_tunnel_to_a_path_goes_nowhere() -> None:
    async def story() -> tuple[bytes, Rig, Answering]:
        upstream = Answering()
        async with rig(upstream) as proxy:
            raw = b"CONNECT /app HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            return await proxy.ask(raw), proxy, upstream

    got, proxy, upstream = asyncio.run(story())
    code, why = told(got)
    assert (code, "base URL" in why, upstream.requests) == (501, True, [])
    assert "refused by the proxy" in proxy.heard[0].exchange.failure


def test_what_is_no_http_is_refused() -> None:
    async def story() -> bytes:
        async with rig(Answering()) as proxy:
            return await proxy.ask(b"\x16\x03\x01\x02\x00garbage\r\n\r\n")

    assert told(asyncio.run(story()))[0] == 400


class Fickle:
    """Ends each connection after an answer, without having said so."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.goes = asyncio.Event()
        self.gone = asyncio.Event()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.requests.append(await request(reader))
        writer.write(OK)
        await writer.drain()
        await request(reader)
        # The next request is on its way already when it goes.
        self.requests.append(b"lost")
        writer.transport.abort()


@pytest.mark.parametrize(("method", "status", "came"), [("GET", 200, 3), ("DELETE", 502, 2)])
def test_only_what_is_safe_is_sent_again(method: str, status: int, came: int) -> None:
    async def story() -> tuple[bytes, int]:
        upstream = Fickle()
        async with rig(upstream) as proxy:
            reader, writer = await proxy.dial()
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await reader.readuntil(b"{}")
            writer.write(f"{method} / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            return await reader.read(), len(upstream.requests)

    got, requests = asyncio.run(story())
    assert (int(got.split()[1]), requests) == (status, came)


def test_a_client_that_goes_away_is_gone_for_the_upstream_too() -> None:
    async def story() -> Rig:
        ended = asyncio.Event()

        async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await request(reader)
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")
            await reader.read()
            writer.close()
            ended.set()

        async with rig(endless) as proxy:
            reader, writer = await proxy.dial()
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await reader.readuntil(b"x")
            writer.transport.abort()
            await ended.wait()
        return proxy

    assert asyncio.run(story()).heard[0].given_up
