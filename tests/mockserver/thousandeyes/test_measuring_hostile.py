"""Whatever a creator writes into a DNS or SIP test, there are entries, and they can be kept."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from te_tasks import found, task

# Words that mean something somewhere on the way, and any text beside them.
WORDS = st.sampled_from(
    [
        "",
        ".",
        "..",
        "www.example.com",
        "www.example.com.",
        "nowhere.invalid",
        "192.0.2.1",
        "2001:db8::1",
        "[::]",
        "[",
        "a" * 64,
        "a." * 130,
        "\u0000",
        "ex\u00e4mple.com",
        "xn--",
        "\ud7ff",
        "%",
        "@",
        "a:b:c",
        "192.0.2.1:0",
        "192.0.2.1:99999",
        "www.example.com A",
        "www.example.com  TXT ",
        "www.example.com RRSIG",
        "www.example.com AXFR",
        "www.example.com TYPE65535",
        "www.example.com OPT",
        "www.example.com A IN",
    ]
)
TEXTS = WORDS | st.text(st.characters(codec="utf-8"), max_size=40)
FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def kept(type_: str, body: dict[str, Any]) -> Any:
    findings, origins = asyncio.run(found(task(type_, body)))
    assert "live" not in origins
    assert all(findings.values())
    return json.loads(json.dumps(findings, allow_nan=False))


@FEW
@given(domain=TEXTS, server=TEXTS, recursive=st.integers(0, 1))
def test_any_domain_and_server_have_an_entry(domain: str, server: str, recursive: int) -> None:
    for type_, page in (("dns-trace", "dns/trace"), ("dns-dnssec", "dns/dnssec")):
        (entry,) = kept(type_, {"domain": domain})[page]
        assert isinstance(entry["errorDetails"], str)
    servers = [{"serverName": server}]
    body = {"domain": domain, "dnsServers": servers, "recursiveQueries": recursive}
    (entry,) = kept("dns-server", body)["dns/server"]
    assert entry["server"] == server


@FEW
@given(
    registrar=TEXTS.filter(lambda text: not text.startswith(("127.", "localhost", "::1"))),
    user=TEXTS,
    auth_user=TEXTS,
    password=TEXTS,
    protocol=st.sampled_from(["TCP", "UDP", "TLS"]),
)
def test_any_registrar_and_user_have_an_entry(
    registrar: str, user: str, auth_user: str, password: str, protocol: str
) -> None:
    credentials = {
        "sipRegistrar": registrar,
        "port": 5060,
        "user": user,
        "authUser": auth_user,
        "password": password,
        "protocol": protocol,
    }
    body = {"targetSipCredentials": credentials, "registerEnabled": 1}
    (entry,) = kept("sip-server", body)["voice/sip-server"]
    assert entry["errorType"]
    assert entry["availability"] in (0.0, 100.0)
