"""ftp-server tests against vsftpd, judged by its log and by the files it holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ftp_peers import CONTENT, Peer, vsftpd, vsftpd_with_tls
from peers import until
from te_tasks import measured

ANONYMOUS = {"username": "anonymous", "password": "eye@example.com"}


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    with vsftpd(tmp_path_factory.mktemp("vsftpd"), "xferlog_enable=YES\n") as running:
        yield running


def spoken(url: str, request: str, **choices: Any) -> dict[str, Any]:
    """Return the one entry of a test that leaves the network below out."""
    body = {"url": url, "requestType": request, **ANONYMOUS, "networkMeasurements": 0, **choices}
    findings = measured("ftp-server", body)
    assert list(findings) == ["web/ftp-server"]
    (entry,) = findings["web/ftp-server"]
    return dict(entry)


def logged(peer: Peer, words: str) -> str:
    """Return the last line of the server's log that holds these words."""
    log = peer.root / "secure" / "log"
    until(lambda: words in log.read_text(), f"{words} in the log of vsftpd")
    return [line for line in log.read_text().splitlines() if words in line][-1]


def test_a_downloads_size_is_what_the_server_logged(peer: Peer) -> None:
    entry = spoken(peer.url(), "Download")
    match = re.search(r"(\d+) bytes", logged(peer, "OK DOWNLOAD"))
    assert match
    assert entry["wireSize"] == int(match[1]) == len(CONTENT)
    assert (entry["responseCode"], entry["errorType"]) == (226, "None")


def test_times_add_up_as_documented(peer: Peer) -> None:
    entry = spoken(peer.url(), "Download")
    parts = ("dnsTime", "connectTime", "negotiationTime", "waitTime")
    assert entry["responseTime"] == pytest.approx(sum(entry[part] for part in parts), abs=0.01)
    whole = entry["responseTime"] + entry["transferTime"]
    assert entry["totalTime"] == pytest.approx(whole, abs=0.01)


def test_an_upload_arrives(peer: Peer) -> None:
    entry = spoken(peer.url("/in/eye.bin"), "Upload")
    assert entry["wireSize"] == (peer.root / "in" / "eye.bin").stat().st_size
    assert "OK UPLOAD" in logged(peer, "eye.bin")


def test_a_listing_is_read(peer: Peer) -> None:
    entry = spoken(peer.url("/pub/"), "List")
    assert (entry["responseCode"], entry["errorType"]) == (226, "None")
    assert entry["wireSize"] > 0


def test_the_user_logs_in_by_name(peer: Peer) -> None:
    spoken(peer.url("/pub/"), "List", password="who@example.org")
    assert "who@example.org" in logged(peer, "OK LOGIN")


def test_a_refused_login_is_an_error(peer: Peer) -> None:
    entry = spoken(peer.url("/pub/"), "List", username="nobody", password="guess")
    assert (entry["responseCode"], entry["errorType"]) == (530, "AUTH")
    assert "transferTime" not in entry


def test_a_file_that_is_not_there_is_an_error_with_its_reply(peer: Peer) -> None:
    entry = spoken(peer.url("/pub/nowhere"), "Download")
    assert (entry["responseCode"], entry["errorType"]) == (550, "FTP")
    assert "FAIL DOWNLOAD" in logged(peer, "nowhere")


def test_a_download_ends_at_its_limit(peer: Peer) -> None:
    entry = spoken(peer.url(), "Download", downloadLimit=1000)
    assert (entry["wireSize"], entry["errorType"]) == (1000, "None")


def test_explicit_ftps_is_an_error_where_the_server_has_none(peer: Peer) -> None:
    entry = spoken(peer.url("/pub/"), "List", useExplicitFtps=1)
    assert entry["errorType"] != "None"


@pytest.mark.parametrize("choices", [{}, {"useExplicitFtps": 1}])
def test_ftps_is_spoken_where_it_is_wanted_or_found(
    tmp_path: Path, choices: dict[str, Any]
) -> None:
    with vsftpd_with_tls(tmp_path) as (peer, _):
        entry = spoken(peer.url(), "Download", **choices)
        assert (entry["wireSize"], entry["errorType"]) == (len(CONTENT), "None")


@pytest.mark.parametrize(
    ("url", "choices", "named"),
    [
        ("ftp://127.0.0.1/pub/", {"useActiveFtp": 1}, "useActiveFtp"),
        ("ftp://127.0.0.1/pub/", {"requestType": "Download"}, "file name"),
        ("http://127.0.0.1/", {}, "ftp://"),
    ],
)
def test_what_cannot_be_asked_is_an_error_that_names_it(
    url: str, choices: dict[str, Any], named: str
) -> None:
    entry = spoken(url, **{"request": choices.pop("requestType", "List"), **choices})
    assert entry["errorType"] == "OTHER"
    assert named in entry["errorDetails"]


def test_the_network_below_is_measured_at_the_servers_port(peer: Peer) -> None:
    body = {"url": peer.url("/pub/"), "requestType": "List", **ANONYMOUS}
    findings = measured("ftp-server", body)
    (metrics,), (paths,) = findings["net/metrics"], findings["net/path-vis"]
    assert metrics["server"] == paths["server"] == f"127.0.0.1:{peer.port}"
    assert metrics["loss"] == 0.0
