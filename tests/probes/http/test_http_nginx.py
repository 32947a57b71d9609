"""The HTTP probe and nginx: versions, TLS, credentials, compression, limits, redirects."""

import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest
from http_peers import BIG, NAME, TEXT, Site, fetch

from probes import FailureKind
from probes.http import HttpResult, HttpVersion, TlsVersion


def shown(result: HttpResult) -> list[str]:
    return result.body_start.decode().split("|")


@pytest.mark.parametrize(
    ("server", "asked", "spoken"),
    [
        ("plain", HttpVersion.AUTO, "1.1"),
        ("h2c", HttpVersion.HTTP_2, "2"),
        ("h2", HttpVersion.AUTO, "2"),
        ("h2", HttpVersion.HTTP_2, "2"),
        ("h2", HttpVersion.HTTP_1_1, "1.1"),
        ("tls13", HttpVersion.AUTO, "1.1"),
    ],
)
def test_the_version_is_the_one_that_both_agree_on(
    site: Site, server: str, asked: HttpVersion, spoken: str
) -> None:
    result = fetch(site.url(server), http_version=asked, ca=site.ca, desired_status=403)
    assert (result.failure, result.http_version) == (None, spoken)


@pytest.mark.parametrize("server", ["plain", "tls13"])
def test_http_2_and_nothing_else_fails_where_it_is_not_spoken(site: Site, server: str) -> None:
    result = fetch(site.url(server), http_version=HttpVersion.HTTP_2, ca=site.ca)
    assert result.failure
    assert result.failure.kind in (FailureKind.PROTOCOL, FailureKind.TLS, FailureKind.RESET)
    assert result.total_ms is None


@pytest.mark.parametrize("server", ["plain", "h2c", "h2", "tls12", "tls13"])
def test_the_phases_are_all_there_and_add_up(site: Site, server: str) -> None:
    version = HttpVersion.HTTP_2 if server == "h2c" else HttpVersion.AUTO
    result = fetch(site.url(server, "/text.txt"), ca=site.ca, http_version=version)
    phases = [getattr(result, f"{name}_ms") for name in HttpPhases]
    assert None not in phases
    assert result.total_ms == pytest.approx(sum(phases), abs=0.1)
    assert (result.tls_ms == 0) == (server in ("plain", "h2c"))


HttpPhases = ("dns", "connect", "tls", "send", "wait", "receive", "redirect")


def test_the_body_is_hashed_and_counted_before_and_after_decompression(site: Site) -> None:
    result = fetch(site.url("plain", "/text.txt"))
    assert result.body_sha256 == hashlib.sha256(TEXT).hexdigest()
    assert result.last.body_bytes == len(TEXT)
    assert 0 < result.content_bytes < len(TEXT) / 10
    assert ("Content-Encoding", "gzip") in result.last.response_headers


@pytest.mark.parametrize("server", ["plain", "h2"])
def test_a_plain_body_travels_as_it_is(site: Site, server: str) -> None:
    result = fetch(site.url(server, "/big.bin"), ca=site.ca)
    assert (result.content_bytes, result.last.body_bytes) == (len(BIG), len(BIG))
    assert result.wire_bytes == len(BIG) + result.last.header_bytes
    assert result.receive_ms
    assert result.throughput_kbps == pytest.approx(result.wire_bytes * 8 / result.receive_ms)


def test_the_header_bytes_are_those_that_came(site: Site) -> None:
    last = fetch(site.url("plain", "/big.bin")).last
    lines = [f"{name}: {value}\r\n" for name, value in last.response_headers]
    assert last.header_bytes == len("HTTP/1.1 200 OK\r\n") + len("".join(lines)) + 2


@pytest.mark.parametrize("server", ["plain", "h2"])
def test_a_download_limit_ends_it_without_failure(site: Site, server: str) -> None:
    result = fetch(site.url(server, "/big.bin"), ca=site.ca, download_limit_bytes=100_000)
    assert (result.ok, result.last.truncated, result.last.body_bytes) == (True, True, 100_000)
    assert result.body_sha256 == hashlib.sha256(BIG[:100_000]).hexdigest()
    assert 100_000 <= result.content_bytes < len(BIG)
    assert result.total_ms


def test_a_body_as_long_as_the_limit_is_whole(site: Site) -> None:
    result = fetch(site.url("plain", "/big.bin"), download_limit_bytes=len(BIG))
    assert (result.last.truncated, result.last.body_bytes) == (False, len(BIG))


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({}, FailureKind.STATUS),
        ({"desired_status": 200}, FailureKind.STATUS),
        ({"desired_status": 404}, None),
        ({"desired_status": 404, "body_match": "^noth"}, None),
        ({"desired_status": 404, "body_match": "something"}, FailureKind.CONTENT),
    ],
)
def test_what_was_wanted_decides(
    site: Site, settings: dict[str, Any], kind: FailureKind | None
) -> None:
    result = fetch(site.url("plain", "/gone"), **settings)
    assert (result.failure and result.failure.kind) == kind
    assert (result.status, result.ok) == (404, kind is None)
    assert result.total_ms


@pytest.mark.parametrize(
    ("password", "status", "kind"),
    [("secret", 200, None), ("wrong", 401, FailureKind.AUTHENTICATION)],
)
def test_basic_authentication(
    site: Site, password: str, status: int, kind: FailureKind | None
) -> None:
    result = fetch(site.url("plain", "/secret"), user="ann", password=password)
    assert (result.status, result.failure and result.failure.kind) == (status, kind)
    assert dict(result.last.request_headers)["Authorization"] == "***"


def test_without_credentials_401_is_a_status_that_was_not_wanted(site: Site) -> None:
    result = fetch(site.url("plain", "/secret"))
    assert result.failure
    assert result.failure.kind is FailureKind.STATUS


@pytest.mark.parametrize("as_file", [False, True])
def test_a_client_certificate_is_shown(site: Site, tmp_path: Path, *, as_file: bool) -> None:
    (tmp_path / "client.pem").write_bytes(site.client)
    pem = tmp_path / "client.pem" if as_file else site.client
    url = site.url("client", "/text.txt")
    assert fetch(url, ca=site.ca, client_certificate=pem).status == 200


@pytest.mark.parametrize(
    ("server", "path", "verdict"),
    [("tls13", "/shown", "SUCCESS"), ("client", "/to-tls13", "NONE")],
)
def test_a_client_certificate_goes_to_one_origin_only(
    site: Site, server: str, path: str, verdict: str
) -> None:
    result = fetch(site.url(server, path), ca=site.ca, client_certificate=site.client)
    assert (result.status, shown(result)[10]) == (200, verdict)


def test_without_a_client_certificate_nginx_says_no(site: Site) -> None:
    result = fetch(site.url("client", "/text.txt"), ca=site.ca)
    assert (result.status, result.ok) == (400, False)


@pytest.mark.parametrize(
    ("server", "settings", "clue"),
    [
        ("h2", {}, "issuer of the server's certificate is not trusted"),
        ("expired", {"ca": "own"}, "certificate has expired"),
        ("h2", {"ca": "own", "host": "wrong.test"}, "another name"),
        ("tls13", {"ca": "own", "last_tls": TlsVersion.TLS_1_2}, "alert"),
        ("tls12", {"ca": "own", "least_tls": TlsVersion.TLS_1_3}, "alert"),
        ("h2", {"ca": "other"}, "issuer of the server's certificate is not trusted"),
    ],
)
def test_why_tls_failed(site: Site, server: str, settings: dict[str, Any], clue: str) -> None:
    pems = {"own": site.ca, "other": site.other_ca}
    host = settings.pop("host", NAME)
    ca = pems.get(settings.pop("ca", ""))
    result = fetch(site.url(server, host=host), ca=ca, **settings)
    assert result.failure
    assert (result.failure.kind, result.failure.phase) == (FailureKind.TLS, "tls")
    assert clue in result.failure.message
    assert (result.connect_ms is not None, result.tls_ms, result.total_ms) == (True, None, None)


def test_a_certificate_that_was_refused_is_still_told_of(site: Site) -> None:
    result = fetch(site.url("expired"), ca=site.ca)
    (own, *_) = result.last.certificates
    assert own.not_after
    assert (own.subject_common_name, own.not_after.year) == (NAME, 2021)


@pytest.mark.parametrize("server", ["expired", "h2"])
def test_certificates_need_not_be_verified(site: Site, server: str) -> None:
    url = site.url(server, "/text.txt", host="wrong.test")
    assert fetch(url, verify_certificate=False).status == 200


@pytest.mark.parametrize(
    ("server", "version", "cipher"),
    [("tls12", "TLSv1.2", "ECDHE-ECDSA"), ("tls13", "TLSv1.3", "TLS_")],
)
def test_version_and_cipher_of_tls(site: Site, server: str, version: str, cipher: str) -> None:
    last = fetch(site.url(server, "/text.txt"), ca=site.ca).last
    assert last.tls_version == version
    assert (last.tls_cipher or "").startswith(cipher)


@pytest.mark.parametrize("bound", ["least_tls", "last_tls"])
def test_old_tls_is_spoken_where_it_is_asked_for(site: Site, bound: str) -> None:
    url = site.url("tls10", "/text.txt")
    assert fetch(url, ca=site.ca, **{bound: TlsVersion.TLS_1_0}).last.tls_version == "TLSv1"
    assert not fetch(url, ca=site.ca).ok


def test_headers_and_credentials_are_not_only_ascii(site: Site) -> None:
    given = {"headers": (("X-All", "größer"),), "user": "änn", "password": "ß", "user_agent": "ü"}
    said = shown(fetch(site.url("plain", "/shown"), **given))
    assert (said[3], said[7]) == ("größer", "ü")
    assert base64.b64decode(said[1].removeprefix("Basic ")).decode() == "änn:ß"
