"""One question over TCP, TLS and HTTPS, where peers err and lead astray."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import dns.message
import pytest
import trustme
from dns_rig import HOME, Say, address_of_www, measured, reply, run, stream_counter, tcp_server

from probes import FailureKind, PlanInvalid
from probes.dns import DnsPlan, DnsResult

OK = "HTTP/1.1 200 OK\r\nContent-Type: application/dns-message\r\n"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture(scope="module")
def context(authority: trustme.CA) -> ssl.SSLContext:
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1", "dns.example").configure_cert(made)
    return made


def plan(transport: str, port: int, **settings: Any) -> DnsPlan:
    chosen = {"timeout_s": 10.0, **settings}
    return DnsPlan(HOME, "www.example", transport=transport, port=port, **chosen)


def over_stream(say: Say, context: ssl.SSLContext | None = None, **settings: Any) -> DnsResult:
    async def work() -> DnsResult:
        async with tcp_server(say, context=context) as server:
            transport = "tls" if context else "tcp"
            return await measured(plan(transport, server.port, **settings))

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
            return await measured(plan(transport, port, timeout_s=0.2))

    failure = run(work()).failure
    assert failure is not None
    assert (failure.kind, failure.phase) == (FailureKind.TIMEOUT, phase)


@pytest.mark.parametrize("transport", ["tcp", "tls", "https"])
def test_a_closed_port_is_refused(transport: str) -> None:
    async def work() -> DnsResult:
        server, port = await _silent_port()
        server.close()
        await server.wait_closed()
        return await measured(plan(transport, port))

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
                await measured(plan(transport, port, tls_name=name or "\0"))
            return len(arrivals)

    assert run(work()) == 0


def test_authorities_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanInvalid, match="authorities"):
        run(measured(plan("tls", 853, ca_file=tmp_path / "missing.pem")))


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
            return await measured(plan("https", port, **settings)), heads

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
                return await measured(plan("https", port, ca_file=ca_file)), len(arrivals)

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
                    await measured(plan("https", port, ca_file=ca_file))
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
                return await measured(plan("https", port, ca_file=ca_file)), len(arrivals)

    result, arrivals = run(work())
    assert result.ok
    assert arrivals == 0
