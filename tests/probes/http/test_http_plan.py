"""What an HTTP plan refuses before anything is sent."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import trustme
from http_peers import fetched

import probes
from probes import PlanInvalid
from probes.http import HttpPlan, HttpVersion, TlsVersion

URL = "http://127.0.0.1/"


@pytest.mark.parametrize(
    ("settings", "clue"),
    [
        ({"target": "ftp://a/"}, "http or https"),
        ({"target": "http://u:p@a/"}, "user and password"),
        ({"method": "get"}, "GET or POST"),
        ({"method": "GET /\r\nX:"}, "GET or POST"),
        ({"method": "CONNECT"}, "GET or POST"),
        ({"body": b"x"}, "such as POST"),
        ({"method": "HEAD", "body": b"x"}, "such as POST"),
        ({"method": "PUT", "body": bytes((16 << 20) + 1)}, "bytes at most"),
        ({"headers": (("X Y", "a"),)}, "no header name"),
        ({"headers": (("", "a"),)}, "no header name"),
        ({"headers": (("X", "a\r\nY: b"),)}, "control characters"),
        ({"root_headers": (("X", "a\nY: b"),)}, "control characters"),
        ({"domain_headers": {"a": (("X", "\0"),)}}, "control characters"),
        ({"headers": (("X", "\udc80"),)}, "control characters"),
        ({"headers": (("Content-Length", "5"),)}, "follows from the body"),
        ({"headers": (("Transfer-Encoding", "chunked"),)}, "follows from the body"),
        ({"user_agent": "a\r\nb"}, "control characters"),
        ({"user": "a:b"}, "colon"),
        ({"password": "a\n"}, "control characters"),
        ({"desired_status": 99}, "from 100 to 599"),
        ({"most_redirects": -1}, "from 0 to 50"),
        ({"download_limit_bytes": 0}, "1 or more"),
        ({"timeout_s": 0.0}, "timeout"),
        ({"timeout_s": float("nan")}, "timeout"),
        ({"timeout_s": float("inf")}, "timeout"),
        ({"body_match": "("}, "regular expression"),
        ({"http_version": "4"}, "one of auto, 1.1, 2, 3"),
        ({"http_version": HttpVersion.HTTP_3}, "needs an https URL"),
        ({"least_tls": "3"}, "TLS version"),
        (
            {
                "target": "https://a",
                "http_version": HttpVersion.HTTP_3,
                "last_tls": TlsVersion.TLS_1_2,
            },
            "HTTP/3 needs TLS 1.3",
        ),
        ({"least_tls": TlsVersion.TLS_1_3, "last_tls": TlsVersion.TLS_1_2}, "No TLS version"),
        ({"dns_override": {"a": "b"}}, "no IP address"),
        ({"ip_version": 4}, "IP version"),
        ({"authentication": "ntlm"}, "one of basic, digest"),
    ],
)
def test_what_cannot_be_asked(settings: dict[str, Any], clue: str) -> None:
    with pytest.raises(PlanInvalid, match=clue):
        HttpPlan(**{"target": URL, **settings})


def test_secrets_are_not_in_the_words_for_a_plan() -> None:
    plan = HttpPlan(URL, password="p4ss", headers=(("Authorization", "t0ken"),), client_key=b"k3y")
    assert not any(secret in repr(plan) for secret in ("p4ss", "t0ken", "k3y"))


CLIENT = trustme.CA().issue_cert("client@a.test")
OTHER = trustme.CA().issue_cert("other@a.test")
PEM, KEY = CLIENT.cert_chain_pems[0].bytes(), CLIENT.private_key_pem.bytes()


@pytest.mark.parametrize(
    ("settings", "clue"),
    [
        ({"ca": b"x"}, "CA holds no certificate"),
        ({"ca": Path("/nowhere")}, "cannot be read from /nowhere"),
        ({"client_certificate": b"x"}, "client certificate holds no"),
        ({"client_certificate": PEM}, "no private key"),
        ({"client_key": KEY}, "needs the client certificate"),
        ({"client_certificate": PEM, "client_key": OTHER.private_key_pem.bytes()}, "not belong"),
    ],
)
def test_credentials_are_read_before_anything_is_sent(settings: dict[str, Any], clue: str) -> None:
    with pytest.raises(PlanInvalid, match=clue):
        asyncio.run(fetched("https://127.0.0.1:1/", **settings))


def test_planning_loads_neither_libcurl_nor_cryptography() -> None:
    heavy = "{'pycurl', 'cryptography'} & {*sys.modules}"
    code = f"import sys, probes.http, probes.cli.http; print({heavy})"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(probes.__file__).parent.parent,
        timeout=60,
    )
    assert ran.stdout.strip() == "set()"
