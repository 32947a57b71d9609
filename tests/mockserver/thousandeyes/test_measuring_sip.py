"""sip-server tests against sipp, which judges what it gets, and kamailio."""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme
from ftp_peers import free_port
from sip_peers import OPTIONS, kamailio, recv, scenario, send, sipp, verifying
from sip_script import SipScript, always
from te_tasks import HOME, found, measured, task

from mockserver.vendors.thousandeyes.measuring.task import Task
from probes.sip import SipTransport

CHALLENGE = 'Digest realm="lab", nonce="abc", algorithm=MD5, qop="auth", opaque="x"'
REGISTERING = verifying("REGISTER", CHALLENGE).replace(
    '<scenario name="x">', f'<scenario name="x">{recv("OPTIONS")}{send("200 OK")}'
)
WARY = scenario(recv("OPTIONS"), send("401 Unauthorized", f"WWW-Authenticate: {CHALLENGE}\n"))


def body(port: int, protocol: str = "UDP", **choices: Any) -> dict[str, Any]:
    credentials = {"sipRegistrar": HOME, "port": port, "protocol": protocol}
    for key in ("user", "authUser", "password"):
        if key in choices:
            credentials[key] = choices.pop(key)
    return {"targetSipCredentials": credentials, "networkMeasurements": 0, **choices}


def replace_limit(one: Task) -> Task:
    """Shorten the patience below what the vendor allows."""
    return replace(one, settings={**one.settings, "sipTimeLimit": 2})


def entry(*arguments: Any, **choices: Any) -> Any:
    (one,) = measured("sip-server", body(*arguments, **choices))["voice/sip-server"]
    return one


def test_sipp_is_asked_for_its_options(tmp_path: Path) -> None:
    with sipp(tmp_path, OPTIONS) as peer:
        told = entry(peer.port, user="6054")
        assert peer.satisfied()
    assert told["optionsRequest"].startswith(f"OPTIONS sip:6054@{HOME}:{peer.port} SIP/2.0\r\n")
    assert told["optionsResponse"].startswith("SIP/2.0 200 OK\r\n")
    assert (told["responseCode"], told["availability"], told["numRedirects"]) == (200, 100.0, 0)
    assert (told["errorType"], told["serverIp"]) == ("None", HOME)


def test_times_hold_the_servers_pause(tmp_path: Path) -> None:
    with sipp(tmp_path, OPTIONS) as peer:
        told = entry(peer.port)
    for key in ("optionsTime", "waitTime", "responseTime", "totalTime"):
        # sipp counts its 30 ms by a clock of its own, which was seen to run 8 % faster than ours.
        assert told[key] >= 25, key
    assert told["dnsTime"] == 0
    assert all(isinstance(value, int) for key, value in told.items() if key.endswith("Time"))


def test_only_tcp_has_a_connect_time(tmp_path: Path) -> None:
    with sipp(tmp_path, OPTIONS, SipTransport.TCP) as peer:
        told = entry(peer.port, "TCP")
        assert peer.satisfied()
    assert isinstance(told["connectTime"], int)
    with sipp(tmp_path, OPTIONS) as peer:
        assert "connectTime" not in entry(peer.port)


def test_sipp_checks_the_digest_of_a_registration(tmp_path: Path) -> None:
    with sipp(tmp_path, REGISTERING) as peer:
        told = entry(peer.port, user="4711", authUser="al", password="secret", registerEnabled=1)
        assert peer.satisfied()
    assert (told["errorType"], told["availability"], told["authUser"]) == ("None", 100.0, "al")
    assert told["registerTime"] >= 0
    assert "secret" not in str(told)


def test_a_wrong_password_is_told(tmp_path: Path) -> None:
    with sipp(tmp_path, REGISTERING) as peer:
        told = entry(peer.port, user="al", password="wrong", registerEnabled=1)
    assert (told["errorType"], told["availability"]) == ("AUTH", 0.0)
    assert (told["responseCode"], "403" in told["problemDetail"]) == (403, True)
    assert "totalTime" not in told
    assert told["optionsResponse"].startswith("SIP/2.0 200 OK")


def test_a_server_that_asks_who_is_there_is_available(tmp_path: Path) -> None:
    with sipp(tmp_path, WARY) as peer:
        told = entry(peer.port)
        assert peer.satisfied()
    assert (told["responseCode"], told["availability"]) == (401, 100.0)
    assert told["errorType"] == "None"
    assert "problemDetail" not in told


def test_one_that_asks_and_cannot_be_registered_with_is_not(tmp_path: Path) -> None:
    with sipp(tmp_path, WARY) as peer:
        told = entry(peer.port, registerEnabled=1)
    assert (told["errorType"], told["availability"]) == ("AUTH", 0.0)


@pytest.mark.parametrize("transport", [SipTransport.UDP, SipTransport.TCP])
def test_kamailio_matches_the_expression(tmp_path: Path, transport: SipTransport) -> None:
    with kamailio(tmp_path, transport) as port:
        protocol = transport.value.upper()
        good = entry(port, protocol, optionsRegex=r"Server: kamailio")
        bad = entry(port, protocol, optionsRegex=r"Server: asterisk")
    assert (good["errorType"], good["availability"]) == ("None", 100.0)
    assert (bad["errorType"], bad["availability"]) == ("CONTENT", 0.0)
    assert "asterisk" in bad["problemDetail"]


@pytest.mark.slow
def test_an_expression_that_never_ends_holds_nobody_up(tmp_path: Path) -> None:
    """One that can be matched in too many ways is given up; meanwhile the loop goes on."""
    with kamailio(tmp_path, SipTransport.UDP) as port:
        one = task("sip-server", body(port, optionsRegex=r"(.*.*.*.*.*.*.*.*)*$x"))

        async def beside() -> tuple[Any, int]:
            work = asyncio.create_task(found(replace_limit(one)))
            turns = 0
            while not work.done():
                await asyncio.sleep(0.05)
                turns += 1
            return (await work)[0], turns

        findings, turns = asyncio.run(beside())
    (told,) = findings["voice/sip-server"]
    assert (told["errorType"], turns > 10) == ("CONTENT", True)
    assert "too many ways" in told["problemDetail"]


def test_what_is_no_expression_is_told() -> None:
    told = entry(5060, optionsRegex="(")
    assert told["availability"] == 0.0
    assert "no regular expression" in told["problemDetail"]


def test_another_status_is_told(tmp_path: Path) -> None:
    with sipp(tmp_path, scenario(recv("OPTIONS"), send("503 Service Unavailable"))) as peer:
        told = entry(peer.port)
        assert peer.satisfied()
    assert (told["errorType"], told["responseCode"]) == ("SIP", 503)


def test_a_server_that_says_nothing_is_told() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind((HOME, 0))
        one = replace_limit(task("sip-server", body(silent.getsockname()[1])))
        findings, _ = asyncio.run(found(one))
    (told,) = findings["voice/sip-server"]
    assert (told["errorType"], told["availability"]) == ("RECEIVE", 0.0)
    assert told["optionsRequest"].startswith("OPTIONS sip:")
    assert "optionsResponse" not in told


def test_a_closed_port_is_refused() -> None:
    told = entry(free_port(socket.SOCK_STREAM), "TCP")
    assert (told["errorType"], told["availability"]) == ("CONNECT", 0.0)
    assert "refused" in told["problemDetail"]
    assert not {"responseCode", "optionsResponse", "totalTime"} & set(told)


def test_a_name_that_cannot_stand_in_a_uri_is_told() -> None:
    told = entry(5060, user="a b")
    assert told["availability"] == 0.0
    assert "'a b'" in told["problemDetail"]


@pytest.mark.slow
def test_the_network_below_is_measured_by_tcp(tmp_path: Path) -> None:
    with kamailio(tmp_path, SipTransport.TCP) as port:
        findings = measured("sip-server", body(port, "TCP", networkMeasurements=1))
    (metrics,), (path,) = findings["net/metrics"], findings["net/path-vis"]
    assert metrics["server"] == path["server"] == f"{HOME}:{port}"
    assert metrics["loss"] == 0
    assert len(path["endpoints"]) == 3


@pytest.mark.slow
def test_below_a_server_over_udp_it_is_measured_by_icmp(tmp_path: Path) -> None:
    with kamailio(tmp_path, SipTransport.UDP) as port:
        findings = measured("sip-server", body(port, networkMeasurements=1))
    assert findings["net/metrics"][0]["server"] == HOME
    assert findings["net/metrics"][0]["loss"] == 0


def test_a_certificate_of_ones_own_is_no_reason_to_fail() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("elsewhere.example").configure_cert(context)

    async def within() -> tuple[Any, SipScript]:
        script = SipScript(always(200), SipTransport.TLS, context)
        async with script.serving():
            findings, _ = await found(task("sip-server", body(script.port, "TLS")))
        return findings, script

    findings, script = asyncio.run(within())
    (told,) = findings["voice/sip-server"]
    assert (told["errorType"], told["availability"]) == ("None", 100.0)
    assert script.heard[0].headers["Via"].startswith("SIP/2.0/TLS ")
    assert "connectTime" not in told
