"""One question over HTTPS: phases, certificates, and what web servers may not do to it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import dns.message
import pytest
from dns_rig import (
    HOME,
    address_of_www,
    measured,
    plan_over,
    run,
    stream_counter,
)

from probes import FailureKind
from probes.dns import DnsResult

OK = "HTTP/1.1 200 OK\r\nContent-Type: application/dns-message\r\n"


@asynccontextmanager
async def web_server(answer: Any, context: ssl.SSLContext) -> AsyncIterator[tuple[int, list[str]]]:
    """Speak just enough HTTP/1.1: `answer` turns the question's bytes into a whole response."""
    heads: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            heads.append(head)
            size = next(
                int(line.partition(":")[2])
                for line in head.lower().splitlines()
                if line.startswith("content-length:")
            )
            writer.write(answer(await reader.readexactly(size)))
            await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, HOME, 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1], heads


def response(body: bytes, head: str = OK) -> bytes:
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def good(question: bytes) -> bytes:
    return response(address_of_www(dns.message.from_wire(question)).to_wire())


def over_web(answer: Any, context: ssl.SSLContext, **settings: Any) -> tuple[DnsResult, list[str]]:
    async def work() -> tuple[DnsResult, list[str]]:
        async with web_server(answer, context) as (port, heads):
            return await measured(plan_over("https", port, **settings)), heads

    return run(work())


def test_https_times_each_phase(context: ssl.SSLContext, ca_file: Path) -> None:
    result, (head,) = over_web(good, context, ca_file=ca_file, path="/ask")
    assert result.ok
    assert head.startswith("POST /ask HTTP/1.1\r\n")
    assert "application/dns-message" in head
    assert (result.transport, result.http_status) == ("https", 200)
    assert result.connect_ms is not None
    assert result.tls_ms is not None
    assert result.resolution_ms is not None
    assert result.resolution_ms > result.connect_ms + result.tls_ms


def test_https_checks_the_certificate(context: ssl.SSLContext, ca_file: Path) -> None:
    for settings in ({}, {"ca_file": ca_file, "tls_name": "other.example"}):
        failure = over_web(good, context, **settings)[0].failure
        assert failure is not None
        assert (failure.kind, failure.phase) == (FailureKind.TLS, "tls")


def test_https_goes_to_the_pinned_address_under_another_name(
    context: ssl.SSLContext, ca_file: Path
) -> None:
    result, (head,) = over_web(good, context, ca_file=ca_file, tls_name="dns.example")
    assert result.ok
    assert "Host: dns.example" in head


ODD = {
    "HTTP status 500": (response(b"", "HTTP/1.1 500 Oh\r\n"), FailureKind.STATUS),
    "'text/html'": (
        response(b"hi", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"),
        FailureKind.PROTOCOL,
    ),
    "3 bytes that are no DNS message": (response(b"abc"), FailureKind.PROTOCOL),
    "could not be asked": (response(b"x" * 70_000), FailureKind.CONTENT),
    "asked": (b"SSH-2.0-nonsense\r\n\r\n", FailureKind.PROTOCOL),
}


@pytest.mark.parametrize("clue", ODD)
def test_an_odd_web_answer_is_named(clue: str, context: ssl.SSLContext, ca_file: Path) -> None:
    said, kind = ODD[clue]
    failure = over_web(lambda _: said, context, ca_file=ca_file)[0].failure
    assert failure is not None
    assert failure.kind is kind
    assert clue in failure.message


def test_a_redirect_is_not_followed(context: ssl.SSLContext, ca_file: Path) -> None:
    async def work() -> tuple[DnsResult, int]:
        async with stream_counter("127.0.0.2") as (elsewhere, arrivals):
            head = f"HTTP/1.1 307 Go\r\nLocation: https://127.0.0.2:{elsewhere}/\r\n"
            said = response(b"", head)
            async with web_server(lambda _: said, context) as (port, _):
                return await measured(plan_over("https", port, ca_file=ca_file)), len(arrivals)

    result, arrivals = run(work())
    assert result.failure is not None
    assert result.failure.kind is FailureKind.STATUS
    assert arrivals == 0


def test_an_alternative_service_is_not_used(context: ssl.SSLContext, ca_file: Path) -> None:
    async def work() -> int:
        async with stream_counter("127.0.0.2") as (elsewhere, arrivals):

            def say(question: bytes) -> bytes:
                head = f'{OK}Alt-Svc: h2="127.0.0.2:{elsewhere}"\r\n'
                return response(address_of_www(dns.message.from_wire(question)).to_wire(), head)

            async with web_server(say, context) as (port, _):
                for _ in range(2):
                    await measured(plan_over("https", port, ca_file=ca_file))
            return len(arrivals)

    assert run(work()) == 0


def test_a_proxy_of_the_environment_is_not_used(
    context: ssl.SSLContext, ca_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work() -> tuple[DnsResult, int]:
        async with stream_counter("127.0.0.2") as (proxy, arrivals):
            for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
                monkeypatch.setenv(name, f"http://127.0.0.2:{proxy}")
            monkeypatch.delenv("no_proxy", raising=False)
            monkeypatch.delenv("NO_PROXY", raising=False)
            async with web_server(good, context) as (port, _):
                return await measured(plan_over("https", port, ca_file=ca_file)), len(arrivals)

    result, arrivals = run(work())
    assert result.ok
    assert arrivals == 0
