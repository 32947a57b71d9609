"""DNS, SIP and agent tests in the simulated internet: every field, and the same for one seed."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from te_tasks import found, task

from mockserver.vendors.thousandeyes.measuring.dns_server import host_and_port

NETWORK = {"server", "serverIp", "loss", "minLatency", "avgLatency", "maxLatency", "jitter"}
PATH = {"server", "serverIp", "sourceIp", "endpoints", "routes"}
CASES: dict[str, dict[str, Any]] = {
    "dns-trace": {"domain": "www.example.com A"},
    "dns-server": {
        "domain": "www.example.com A",
        "dnsServers": [{"serverName": "ns1.example.com."}, {"serverName": "192.0.2.53"}],
    },
    "dns-dnssec": {"domain": "www.example.com A"},
    "sip-server": {
        "targetSipCredentials": {
            "sipRegistrar": "sip.example.com",
            "port": 5060,
            "user": "6054",
            "authUser": "al6054",
            "password": "hush",
        },
        "registerEnabled": 1,
    },
    "voice": {"targetAgentId": 29},
    "agent-to-agent": {
        "targetAgentId": 29,
        "direction": "BIDIRECTIONAL",
        "throughputMeasurements": 1,
    },
}
FIELDS: dict[str, dict[str, set[str]]] = {
    "dns-trace": {
        "dns/trace": {
            "output",
            "queries",
            "failedQueries",
            "finalServerQueried",
            "finalQueryTime",
            "mappings",
            "errorDetails",
        }
    },
    "dns-server": {
        "dns/server": {
            "serverId",
            "server",
            "resolutionTime",
            "queries",
            "mappings",
            "errorDetails",
        },
        "net/metrics": NETWORK | {"_serverId"},
        "net/path-vis": PATH | {"_serverId"},
    },
    "dns-dnssec": {"dns/dnssec": {"valid", "errorDetails"}},
    "sip-server": {
        "voice/sip-server": {
            "authUser",
            "serverIp",
            "availability",
            "connectTime",
            "dnsTime",
            "numRedirects",
            "optionsRequest",
            "optionsResponse",
            "optionsTime",
            "registerTime",
            "responseCode",
            "responseTime",
            "totalTime",
            "waitTime",
            "errorType",
        },
        "net/metrics": NETWORK,
        "net/path-vis": PATH,
    },
    "voice": {
        "voice/rtp-stream": {
            "serverIp",
            "codecName",
            "codecMaxMos",
            "mos",
            "loss",
            "discards",
            "latency",
            "pdv",
            "dscp",
            "dscpName",
        },
        "net/path-vis": PATH,
    },
    "agent-to-agent": {
        "net/metrics": NETWORK | {"_direction", "throughput"},
        "net/path-vis": PATH | {"_direction"},
    },
}


def simulated(type_: str, seed: int = 3, **choices: Any) -> Any:
    one = task(type_, {**CASES[type_], **choices}, target_host="agent29.example.com")
    findings, origins = asyncio.run(found(one, seed=seed))
    assert origins == ["simulated"]
    return findings


@pytest.mark.parametrize("type_", CASES)
def test_every_field_that_a_probe_knows_is_there(type_: str) -> None:
    findings = simulated(type_)
    assert set(findings) == set(FIELDS[type_])
    for page, keys in FIELDS[type_].items():
        assert set(findings[page][0]) == keys


@pytest.mark.parametrize("type_", CASES)
def test_findings_can_be_kept_as_json(type_: str) -> None:
    findings = simulated(type_)
    assert json.loads(json.dumps(findings, allow_nan=False)) == findings


@pytest.mark.parametrize("type_", CASES)
def test_one_seed_finds_the_same_again(type_: str) -> None:
    assert simulated(type_) == simulated(type_)


@pytest.mark.parametrize("type_", [type_ for type_ in CASES if type_ != "dns-dnssec"])
def test_another_seed_finds_something_else(type_: str) -> None:
    assert simulated(type_) != simulated(type_, seed=4)


def test_some_names_are_valid_and_others_are_not() -> None:
    domains = [f"www.site{number}.example A" for number in range(20)]
    entries = [simulated("dns-dnssec", domain=name)["dns/dnssec"][0] for name in domains]
    assert {entry["valid"] for entry in entries} == {0, 1}
    assert all(bool(entry["errorDetails"]) is not bool(entry["valid"]) for entry in entries)


def test_both_directions_have_their_throughput_and_the_round_trip_none() -> None:
    entries = simulated("agent-to-agent")["net/metrics"]
    assert [("throughput" in entry) for entry in entries] == [True, True, False]


def test_the_password_is_in_no_entry() -> None:
    assert "hush" not in str(simulated("sip-server"))


@pytest.mark.parametrize("codec", range(10))
def test_every_codec_has_its_label(codec: int) -> None:
    (entry,) = simulated("voice", codecId=codec)["voice/rtp-stream"]
    assert entry["mos"] <= entry["codecMaxMos"] + 0.01


def test_a_private_root_that_is_not_open_is_simulated() -> None:
    one = task("dns-trace", CASES["dns-trace"], dns_roots=("ns.lab=192.0.2.53",))
    findings, origins = asyncio.run(found(one))
    assert origins == ["simulated"]
    assert "ns.lab (192.0.2.53)" in findings["dns/trace"][0]["output"]


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("ns1.example.com.", ("ns1.example.com", 53)),
        ("ns1.example.com:5353", ("ns1.example.com", 5353)),
        ("192.0.2.1:5353", ("192.0.2.1", 5353)),
        ("2001:db8::1", ("2001:db8::1", 53)),
        ("[2001:db8::1]", ("2001:db8::1", 53)),
        ("[2001:db8::1]:5353", ("2001:db8::1", 5353)),
        (" 192.0.2.1 ", ("192.0.2.1", 53)),
        (":53", (":53", 53)),
    ],
)
def test_a_port_may_follow_a_servers_name(given: str, asked: tuple[str, int]) -> None:
    assert host_and_port(given) == asked
