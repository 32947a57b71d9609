"""The FTP probe against vsftpd and pyftpdlib: bytes, replies, phases, TLS."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from ftp_peers import CONTENT, Peer, pyftpd, vsftpd, vsftpd_with_tls
from ftp_script import run

from probes import FailureKind
from probes.ftp import FtpRequest, FtpSecurity, PassiveMode
from probes.ftp.transfer import content


@pytest.fixture(params=["vsftpd", "pyftpdlib"])
def peer(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Peer]:
    with vsftpd(tmp_path) if request.param == "vsftpd" else pyftpd() as running:
        yield running


def test_a_download_counts_every_byte_and_times_every_phase(peer: Peer) -> None:
    result = run(peer.url())
    assert result.ok, result
    assert (result.wire_bytes, result.reply_code) == (len(CONTENT), 226)
    phases = (result.dns_ms, result.connect_ms, result.negotiation_ms, result.wait_ms)
    assert all(phase is not None and phase >= 0 for phase in phases)
    assert result.response_ms == sum(phase or 0 for phase in phases)
    assert result.transfer_ms is not None
    assert result.total_ms == result.response_ms + result.transfer_ms
    assert result.throughput_kbps == pytest.approx(len(CONTENT) * 8 / result.transfer_ms)
    assert result.replies[0].startswith("220")
    assert result.replies[-1].startswith("226")


def test_an_upload_arrives_as_it_was_made(peer: Peer) -> None:
    result = run(peer.url("/in/up.bin"), request=FtpRequest.UPLOAD, upload_bytes=300_001)
    if result.reply_code in (530, 550):  # pyftpdlib's anonymous may only read
        result = run(
            peer.url("/in/up.bin"),
            request=FtpRequest.UPLOAD,
            upload_bytes=300_001,
            user="me",
            password="secret word",
        )
    assert result.ok, result
    assert (peer.root / "in/up.bin").read_bytes() == b"".join(content(300_001))
    assert result.wire_bytes == 300_001
    assert result.total_ms


@pytest.mark.parametrize("mode", PassiveMode)
def test_a_listing_shows_the_names(peer: Peer, mode: PassiveMode) -> None:
    result = run(peer.url("/pub/"), request=FtpRequest.LIST, passive=mode)
    assert result.ok, result
    assert {line.split()[-1] for line in result.listing} == {"a.bin", "empty", "nothing"}
    assert result.wire_bytes == sum(len(line) + 2 for line in result.listing)


@pytest.mark.parametrize(
    ("path", "request_"), [("/pub/nothing", "download"), ("/pub/empty/", "list")]
)
def test_an_empty_transfer_has_all_its_times(peer: Peer, path: str, request_: str) -> None:
    result = run(peer.url(path), request=FtpRequest(request_))
    assert result.ok, result
    assert (result.wire_bytes, result.transfer_ms, result.throughput_kbps) == (0, 0.0, None)
    assert result.total_ms


def test_a_download_ends_at_its_limit(peer: Peer) -> None:
    result = run(peer.url(), download_limit_bytes=1000)
    assert result.ok, result
    assert (result.wire_bytes, result.limited) == (1000, True)
    assert result.total_ms is not None


def test_a_missing_file_is_a_status_and_no_time(peer: Peer) -> None:
    result = run(peer.url("/pub/absent"))
    assert result.failure
    assert (result.failure.kind, result.failure.phase) == (FailureKind.STATUS, "wait")
    assert result.reply_code == 550
    assert result.negotiation_ms is not None
    assert (result.wait_ms, result.transfer_ms, result.total_ms) == (None, None, None)


def test_a_missing_file_that_was_expected_is_success(peer: Peer) -> None:
    assert run(peer.url("/pub/absent"), desired_reply_code=550).ok


def test_another_reply_than_the_desired_is_a_status(peer: Peer) -> None:
    result = run(peer.url(), desired_reply_code=250)
    assert result.failure
    assert result.failure.kind is FailureKind.STATUS
    assert "250 was desired" in result.failure.message


def test_a_wrong_password_is_an_authentication_failure() -> None:
    with pyftpd() as peer:
        result = run(peer.url(), user="me", password="wrong")
    assert result.failure
    assert (result.failure.kind, result.reply_code) == (FailureKind.AUTHENTICATION, 530)
    assert "wrong" not in str(result)


def test_the_right_password_logs_in() -> None:
    with pyftpd() as peer:
        assert run(peer.url(), user="me", password="secret word").ok


def test_an_absolute_path_and_an_escaped_name(tmp_path: Path) -> None:
    with pyftpd() as peer:
        (peer.root / "pub/a b#?.bin").write_bytes(b"abc")
        result = run(peer.url("//pub/a%20b#?.bin"))
    assert (result.ok, result.wire_bytes) == (True, 3), result


@pytest.mark.parametrize("security", [FtpSecurity.EXPLICIT, FtpSecurity.AUTO])
@pytest.mark.parametrize("action", FtpRequest)
def test_both_connections_speak_tls(
    tmp_path: Path, security: FtpSecurity, action: FtpRequest
) -> None:
    with vsftpd_with_tls(tmp_path) as (peer, authority):
        path = {"download": "/pub/a.bin", "upload": "/in/b", "list": "/pub/"}[action]
        result = run(peer.url(path), request=action, security=security, ca_file=authority)
    assert result.ok, result
    assert result.tls_version in ("TLSv1.2", "TLSv1.3")
    assert result.tls_ms is not None
    assert result.negotiation_ms is not None
    assert 0 < result.tls_ms < result.negotiation_ms
    assert result.wire_bytes == {"download": len(CONTENT), "upload": 100_000}.get(
        action, sum(len(line) + 2 for line in result.listing)
    )


def test_a_certificate_of_an_unknown_authority_is_a_tls_failure(tmp_path: Path) -> None:
    with vsftpd_with_tls(tmp_path) as (peer, _):
        result = run(peer.url(), security=FtpSecurity.EXPLICIT)
        trusting = run(peer.url(), security=FtpSecurity.EXPLICIT, verify_certificate=False)
    assert result.failure
    assert (result.failure.kind, result.failure.phase) == (FailureKind.TLS, "negotiation")
    assert result.negotiation_ms is None
    assert trusting.ok, trusting


def test_a_server_without_tls_fails_where_it_is_demanded_and_not_where_it_is_tried(
    peer: Peer,
) -> None:
    demanded = run(peer.url(), security=FtpSecurity.EXPLICIT)
    assert demanded.failure
    assert demanded.failure.kind is FailureKind.TLS
    tried = run(peer.url(), security=FtpSecurity.AUTO)
    assert tried.ok, tried
    assert tried.tls_version is None
