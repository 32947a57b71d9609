"""FTP plans: what a target means, and what is refused before anything is sent."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ftp_script import run

import probes
from probes.errors import PlanInvalid
from probes.ftp import FtpPlan, FtpRequest, FtpResult, FtpSecurity
from probes.ftp.location import Location, locate


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("ftp://h/a/b.bin", Location("h", 21, "a", "b.bin")),
        ("h:2121/b.bin", Location("h", 2121, "", "b.bin")),
        ("h//pub/b", Location("h", 21, "/pub", "b")),
        ("h/%2Fb", Location("h", 21, "/", "b")),
        ("h//b", Location("h", 21, "/", "b")),
        ("h/a%20b/c;d?e#f", Location("h", 21, "a b", "c;d?e#f")),
        ("h", Location("h", 21, "", "")),
        ("h/a/", Location("h", 21, "a", "")),
        ("[::1]:21/x", Location("::1", 21, "", "x")),
    ],
)
def test_a_target_is_taken_apart(target: str, location: Location) -> None:
    assert locate(target) == location


@pytest.mark.parametrize(
    "target",
    [
        "http://h/a",
        "ftps://h/a",
        "ftp://u:p@h/a",
        "",
        "ftp:///a",
        "h:99999/a",
        "h:0/a",
        "[::1/a",
        "h/%0d%0aDELE x",
        "h/a%00",
        "h/%ff",
    ],
)
def test_a_target_that_is_none_is_refused(target: str) -> None:
    with pytest.raises(PlanInvalid):
        FtpPlan(target, request=FtpRequest.LIST)


@pytest.mark.parametrize(
    "settings",
    [
        {"user": "a\r\nDELE b"},
        {"password": "a\nb"},
        {"password": "x" * 256},
        {"timeout_s": 0},
        {"timeout_s": float("nan")},
        {"upload_bytes": 0},
        {"upload_bytes": 1 << 31},
        {"download_limit_bytes": 0},
        {"desired_reply_code": 99},
        {"request": "delete"},
        {"passive": "active"},
        {"target": "h/directory/"},
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(PlanInvalid):
        FtpPlan(**{"target": "h/a", **settings})


def test_the_password_is_not_shown() -> None:
    assert "secret word" not in repr(FtpPlan("h/a", password="secret word"))


def test_authorities_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanInvalid, match="cannot be read"):
        run("127.0.0.1:1/a", security=FtpSecurity.EXPLICIT, ca_file=tmp_path / "absent")


def test_a_figure_that_is_missing_leaves_its_sums_unknown() -> None:
    result = FtpResult("t", None, 21, "download", dns_ms=1, connect_ms=1, negotiation_ms=1)
    assert (result.response_ms, result.total_ms, result.throughput_kbps) == (None, None, None)


def test_throughput_is_kilobits_by_seconds() -> None:
    result = FtpResult("t", None, 21, "download", transfer_ms=99.865, wire_bytes=22_172)
    assert result.throughput_kbps == pytest.approx(1776.15749)


def test_a_plan_is_cheap_to_import() -> None:
    code = "import sys, probes.ftp, probes.cli.ftp; print({'aioftp', 'ssl'} & {*sys.modules})"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(probes.__file__).parent.parent,
    )
    assert "aioftp" not in ran.stdout
