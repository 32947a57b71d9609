"""One question over TCP, TLS and HTTPS, where peers err and lead astray."""

import asyncio
import ssl
from pathlib import Path
from typing import Any

import pytest
from dns_rig import (
    HOME,
    Say,
    address_of_www,
    measured,
    plan_over,
    reply,
    run,
    stream_counter,
    tcp_server,
)

from probes import FailureKind, PlanInvalid
from probes.dns import DnsResult

OK = "HTTP/1.1 200 OK\r\nContent-Type: application/dns-message\r\n"


def over_stream(say: Say, context: ssl.SSLContext | None = None, **settings: Any) -> DnsResult:
    async def work() -> DnsResult:
        async with tcp_server(say, context=context) as server:
            transport = "tls" if context else "tcp"
            return await measured(plan_over(transport, server.port, **settings))

    return run(work())


def test_tcp_times_the_connection_apart() -> None:
    result = over_stream(address_of_www)
    assert result.ok
    assert result.transport == "tcp"
    assert result.connect_ms is not None
    assert result.resolution_ms is not None
    assert 0 < result.connect_ms < result.resolution_ms
    assert result.tls_ms is None


def test_an_answer_of_the_greatest_length_is_read() -> None:
    records = [f"www.example. 60 IN TXT {'x' * 250}{n}" for n in range(230)]
    result = over_stream(lambda query: reply(query, *records), rdtype="TXT")
    assert len(result.answers) == 230


@pytest.mark.parametrize(
    ("said", "kind", "clue"),
    [
        (b"", FailureKind.RESET, "closed the connection"),
        (b"\x00", FailureKind.RESET, "closed the connection"),
        (b"\x00\x40abc", FailureKind.RESET, "closed the connection"),
        (b"\x00\x03abc", FailureKind.PROTOCOL, "3 bytes that are no DNS message"),
        (b"\x00\x00", FailureKind.PROTOCOL, "0 bytes that are no DNS message"),
    ],
)
def test_a_broken_answer_is_named(said: bytes, kind: FailureKind, clue: str) -> None:
    result = over_stream(lambda _: said)
    assert result.failure is not None
    assert (result.failure.kind, result.failure.phase) == (kind, "resolution")
    assert clue in result.failure.message
    assert result.resolution_ms is None


def test_a_stream_answer_to_another_question_is_a_protocol_failure() -> None:
    result = over_stream(lambda query: (query.id ^ 1).to_bytes(2, "big") and query)
    assert result.failure is not None
    assert result.failure.kind is FailureKind.PROTOCOL


async def _silent_port() -> tuple[asyncio.Server, int]:
    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(hold, HOME, 0)
    return server, server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    ("transport", "phase"), [("tcp", "resolution"), ("tls", "tls"), ("https", "tls")]
)
def test_silence_ends_in_the_phase_that_it_befell(transport: str, phase: str) -> None:
    async def work() -> DnsResult:
        server, port = await _silent_port()
        async with server:
            return await measured(plan_over(transport, port, timeout_s=0.2))

    failure = run(work()).failure
    assert failure is not None
    assert (failure.kind, failure.phase) == (FailureKind.TIMEOUT, phase)


@pytest.mark.parametrize("transport", ["tcp", "tls", "https"])
def test_a_closed_port_is_refused(transport: str) -> None:
    async def work() -> DnsResult:
        server, port = await _silent_port()
        server.close()
        await server.wait_closed()
        return await measured(plan_over(transport, port))

    failure = run(work()).failure
    assert failure is not None
    assert (failure.kind, failure.phase) == (FailureKind.REFUSED, "connect")


def test_tls_times_its_handshake_apart(context: ssl.SSLContext, ca_file: Path) -> None:
    result = over_stream(address_of_www, context, ca_file=ca_file)
    assert result.ok
    assert result.tls_ms is not None
    assert result.tls_ms > 0


def test_the_certificate_must_come_from_a_trusted_authority(context: ssl.SSLContext) -> None:
    failure = over_stream(address_of_www, context).failure
    assert failure is not None
    assert (failure.kind, failure.phase) == (FailureKind.TLS, "tls")


def test_the_certificate_must_bear_the_name(context: ssl.SSLContext, ca_file: Path) -> None:
    failure = over_stream(
        address_of_www, context, ca_file=ca_file, tls_name="other.example"
    ).failure
    assert failure is not None
    assert failure.kind is FailureKind.TLS


def test_the_certificate_may_bear_another_name_that_is_asked_for(
    context: ssl.SSLContext, ca_file: Path
) -> None:
    assert over_stream(address_of_www, context, ca_file=ca_file, tls_name="dns.example").ok


def test_any_certificate_will_do_where_that_is_wanted(context: ssl.SSLContext) -> None:
    assert over_stream(address_of_www, context, verify=False).ok


@pytest.mark.parametrize("transport", ["tls", "https"])
@pytest.mark.parametrize("name", ["", ".", "a..b", "user@host", "a/b", "x" * 300])
def test_a_name_that_no_certificate_bears_is_refused_before_any_packet(
    transport: str, name: str
) -> None:
    async def work() -> int:
        async with stream_counter(HOME) as (port, arrivals):
            with pytest.raises(PlanInvalid):
                await measured(plan_over(transport, port, tls_name=name or "\0"))
            return len(arrivals)

    assert run(work()) == 0


def test_authorities_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanInvalid, match="authorities"):
        run(measured(plan_over("tls", 853, ca_file=tmp_path / "missing.pem")))
