"""The simulated ways: the same seed gives the same, and unreachable paths fail as real ones do."""

import asyncio
from typing import Any

import pytest

from probes import FailureKind, PathProfile, SimulatedNetwork, TargetUnresolvable
from probes.clock import InstantClock
from probes.dns import DnsPlan, DnsResult
from probes.dns_trace import DnsTracePlan
from probes.dnssec import DnssecPlan, Verdict
from probes.records import as_json

PLANS = [
    DnsPlan("dns.example", "www.example.com"),
    DnsPlan("dns.example", "www.example.com", transport="https", rdtype="AAAA"),
    DnsPlan("dns.example", "example.com", rdtype="ANY", transport="tcp"),
    DnsTracePlan("www.example.com"),
    DnsTracePlan("nothing.invalid", transport="tcp"),
    DnssecPlan("www.example.com"),
    DnssecPlan("www.example.com", server="dns.example", transport="tcp"),
    DnssecPlan("nothing.invalid"),
]
GOOD = PathProfile(20.0, 0.0, 0.0)
DEAD = PathProfile(20.0, 0.0, 1.0)


def measured(plan: Any, network: SimulatedNetwork) -> Any:
    return asyncio.run(asyncio.wait_for(network.measure(plan), 20))


@pytest.mark.parametrize("plan", PLANS, ids=str)
def test_the_same_seed_gives_the_same(plan: Any) -> None:
    first, second = (SimulatedNetwork(5) for _ in range(2))
    for _ in range(3):
        assert as_json(measured(plan, first)) == as_json(measured(plan, second))


@pytest.mark.parametrize("plan", PLANS, ids=str)
def test_other_targets_do_not_change_the_nth_measurement(plan: Any) -> None:
    alone, busy = SimulatedNetwork(5), SimulatedNetwork(5)
    measured(DnsPlan("other.example", "a.example"), busy)
    measured(DnsTracePlan("other.example"), busy)
    measured(DnssecPlan("other.example"), busy)
    assert as_json(measured(plan, alone)) == as_json(measured(plan, busy))


def test_the_time_passes_on_the_clock_that_was_handed_in() -> None:
    clock = InstantClock(1_000_000)
    network = SimulatedNetwork(1, clock, {"dns.example": GOOD})
    result = measured(DnsPlan("dns.example", "a.example", transport="tls"), network)
    assert result.resolution_ms is not None
    assert clock.now_ms() == int(1_000_000 + result.resolution_ms)


@pytest.mark.parametrize(
    ("transport", "round_trips"), [("udp", 1), ("tcp", 2), ("tls", 3), ("https", 3)]
)
def test_figures_follow_from_the_path(transport: str, round_trips: int) -> None:
    network = SimulatedNetwork(1, profiles={"dns.example": GOOD})
    plan = DnsPlan("dns.example", "a.example", transport=transport)
    result: DnsResult = measured(plan, network)
    assert result.resolution_ms is not None
    thinking_ms = result.resolution_ms - round_trips * 20
    assert 0 <= thinking_ms <= 3
    assert (result.connect_ms is None) == (transport == "udp")
    assert (result.http_status == 200) == (transport == "https")


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls", "https"])
def test_an_unreachable_server_is_a_timeout_without_times(transport: str) -> None:
    network = SimulatedNetwork(1, profiles={"dns.example": DEAD})
    plan = DnsPlan("dns.example", "a.example", transport=transport, timeout_s=2.0, tries=3)
    result: DnsResult = measured(plan, network)
    assert result.failure is not None
    assert result.failure.kind is FailureKind.TIMEOUT
    assert (result.resolution_ms, result.tries, result.ok) == (None, 3, False)
    assert network.clock.now_ms() == 6000


def test_a_lost_datagram_costs_a_try() -> None:
    network = SimulatedNetwork(1, profiles={"dns.example": PathProfile(20.0, 0.0, 0.5)})
    plan = DnsPlan("dns.example", "a.example", timeout_s=1.0, tries=10)
    tries = [measured(plan, network).tries for _ in range(50)]
    assert 1.5 < sum(tries) / 50 < 2.7


@pytest.mark.parametrize(
    ("name", "rdtype", "rcode", "ok"),
    [
        ("www.example.com", "A", "NOERROR", True),
        ("example.com", "MX", "NOERROR", True),
        ("www.example.com", "MX", "NOERROR", False),
        ("www.nothing.invalid", "A", "NXDOMAIN", False),
        ("4.3.2.1.in-addr.arpa", "PTR", "NOERROR", True),
    ],
)
def test_answers_are_read_like_real_ones(name: str, rdtype: str, rcode: str, ok: bool) -> None:  # noqa: FBT001
    network = SimulatedNetwork(1, profiles={"dns.example": GOOD})
    result = measured(DnsPlan("dns.example", name, rdtype), network)
    assert (result.rcode, result.ok) == (rcode, ok)
    assert result.answer_bytes > 20
    assert "RA" in result.flags


def test_a_name_maps_to_the_address_that_other_probes_see() -> None:
    network = SimulatedNetwork(1, profiles={"dns.example": GOOD})
    result = measured(DnsPlan("dns.example", "www.example.com"), network)
    assert result.mappings == (str(network.address("www.example.com")),)


def test_a_trace_goes_from_the_root_by_the_top_to_the_domain() -> None:
    result = measured(DnsTracePlan("www.example.com"), SimulatedNetwork(3))
    assert result.ok
    assert list(dict.fromkeys(step.zone for step in result.steps)) == [".", "com.", "example.com."]
    assert result.final_query_ms == result.steps[-1].query_ms
    assert result.mappings == (str(SimulatedNetwork(3).address("www.example.com")),)


def test_a_trace_of_a_name_that_does_not_exist_ends_at_the_root() -> None:
    result = measured(DnsTracePlan("a.b.invalid"), SimulatedNetwork(3))
    assert (result.rcode, result.ok) == ("NXDOMAIN", False)


def test_a_trace_through_unreachable_servers_is_a_timeout() -> None:
    dead = {f"ns{n}.com": DEAD for n in (1, 2)}
    result = measured(DnsTracePlan("www.example.com"), SimulatedNetwork(3, profiles=dead))
    assert result.failure is not None
    assert result.failure.kind is FailureKind.TIMEOUT
    assert (result.final_query_ms, result.failed_queries) == (None, 3)


def verdicts() -> list[Verdict]:
    network = SimulatedNetwork(6, profiles={"dns.example": GOOD})
    plans = [DnssecPlan(f"www.d{n}.com", server="dns.example") for n in range(40)]
    return [measured(plan, network).verdict for plan in plans]


def test_most_domains_are_secure_some_unsigned_and_few_expired() -> None:
    found = verdicts()
    assert found.count(Verdict.SECURE) > found.count(Verdict.INSECURE)
    assert found.count(Verdict.INSECURE) > found.count(Verdict.BOGUS) > 0
    assert found.count(Verdict.INDETERMINATE) == 0


def test_a_missing_type_is_denied_with_the_same_verdict() -> None:
    network = SimulatedNetwork(6, profiles={"dns.example": GOOD})
    for number in range(12):
        plans = [
            DnssecPlan(f"www.d{number}.com", rdtype, server="dns.example")
            for rdtype in ("A", "MX")
        ]
        given, denied = (measured(plan, network).verdict for plan in plans)
        assert given is denied


@pytest.mark.parametrize("name", ["com", ".", "example.com", "a.invalid"])
@pytest.mark.parametrize("rdtype", ["SOA", "DS", "DNSKEY", "TXT"])
def test_the_imagined_tree_proves_all_it_says(name: str, rdtype: str) -> None:
    network = SimulatedNetwork(3, profiles={"dns.example": GOOD})
    result = measured(DnssecPlan(name, rdtype, server="dns.example"), network)
    assert result.verdict is Verdict.SECURE, result.reason


def test_a_chain_shows_zones_and_keys() -> None:
    network = SimulatedNetwork(3, profiles={"dns.example": GOOD})
    result = measured(DnssecPlan("www.example.com", server="dns.example"), network)
    assert [link.zone for link in result.chain] == [".", "com.", "example.com."]
    assert all(link.keys[0].is_anchored and link.ds and link.signed_until for link in result.chain)
    assert result.queries == 6


def test_what_cannot_be_fetched_is_indeterminate() -> None:
    network = SimulatedNetwork(3, profiles={"dns.example": DEAD})
    result = measured(DnssecPlan("www.example.com", server="dns.example"), network)
    assert result.verdict is Verdict.INDETERMINATE
    assert result.failure is not None
    assert result.failure.kind is FailureKind.TIMEOUT


def test_a_server_that_is_no_name_is_an_error() -> None:
    with pytest.raises(TargetUnresolvable):
        measured(DnsPlan("a b", "www.example"), SimulatedNetwork(1))
