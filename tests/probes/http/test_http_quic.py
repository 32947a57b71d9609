"""HTTP/3 with aioquic as the server."""

import asyncio
import hashlib
import socket
from typing import Any

import pytest
from http_peers import NAME, PATIENCE_S, Site, fetched
from http_quic import http3_server

from probes import FailureKind
from probes.http import HttpResult, HttpVersion

FIELDS = [(b":status", b"200"), (b"x-first", b"1"), (b"x-first", b"2")]
BODY = b"over QUIC " * 5000


def over_quic(site: Site, fields: list[tuple[bytes, bytes]], **settings: Any) -> HttpResult:
    async def within() -> HttpResult:
        async with http3_server(site.folder, fields, BODY) as port:
            url = f"https://{settings.pop('host', NAME)}:{port}/"
            given = {"ca": site.ca, "http_version": HttpVersion.HTTP_3, **settings}
            return await fetched(url, **given)

    return asyncio.run(asyncio.wait_for(within(), PATIENCE_S))


def test_http_3_is_spoken_and_measured(site: Site) -> None:
    result = over_quic(site, FIELDS)
    assert (result.failure, result.status, result.http_version) == (None, 200, "3")
    assert result.body_sha256 == hashlib.sha256(BODY).hexdigest()
    assert result.last.response_headers == (("x-first", "1"), ("x-first", "2"))
    assert result.content_bytes == len(BODY)


def test_the_phases_of_quic_add_up(site: Site) -> None:
    result = over_quic(site, FIELDS)
    names = ("dns", "connect", "tls", "send", "wait", "receive")
    phases = [getattr(result, f"{name}_ms") for name in names]
    assert result.total_ms == pytest.approx(sum(phases), abs=0.1)
    assert result.connect_ms
    assert result.tls_ms


def test_certificates_and_cipher_are_told_of(site: Site) -> None:
    last = over_quic(site, FIELDS).last
    assert (last.tls_version, last.certificates[0].subject_common_name) == ("TLSv1.3", NAME)
    assert (last.tcp_rtt_ms, last.retransmitted) == (None, None)


@pytest.mark.parametrize("settings", [{"ca": None}, {"host": "wrong.test"}])
def test_a_certificate_is_verified_over_quic(site: Site, settings: dict[str, Any]) -> None:
    result = over_quic(site, FIELDS, **settings)
    assert result.failure
    assert result.failure.kind is FailureKind.TLS
    assert result.total_ms is None


def test_a_redirect_from_quic_to_plain_http_is_not_followed(site: Site) -> None:
    moved = [(b":status", b"302"), (b"location", b"http://127.0.0.1/")]
    result = over_quic(site, moved)
    assert result.failure
    assert (result.failure.kind, result.failure.phase) == (FailureKind.PROTOCOL, "redirect")


def test_a_download_limit_ends_a_stream(site: Site) -> None:
    result = over_quic(site, FIELDS, download_limit_bytes=5000)
    assert (result.ok, result.last.truncated, result.last.body_bytes) == (True, True, 5000)


@pytest.mark.parametrize(("silent", "kind"), [(True, "timeout"), (False, "refused")])
def test_where_nobody_speaks_quic(*, silent: bool, kind: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        port = deaf.getsockname()[1]
        if not silent:
            deaf.close()
        url = f"https://127.0.0.1:{port}/"
        settings = {"http_version": HttpVersion.HTTP_3, "timeout_s": 0.5 if silent else 20.0}
        result = asyncio.run(fetched(url, **settings))
    assert result.failure
    assert (result.failure.kind.value, result.failure.phase) == (kind, "connect")
    assert result.connect_ms is None
