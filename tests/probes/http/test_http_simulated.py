"""The simulated fetch: the same seed, the same figures, and every field that a real one has."""

import asyncio
from dataclasses import fields
from typing import Any

import pytest

from probes import FailureKind, PathProfile, SimulatedNetwork
from probes.clock import InstantClock
from probes.http import HttpAuthentication, HttpExchange, HttpPlan, HttpResult, HttpVersion
from probes.records import as_json

GOOD = PathProfile(base_rtt_ms=20.0, jitter_ms=0.0)
URL = "https://a.test/"


def simulated(
    target: str, seed: int = 1, profile: PathProfile = GOOD, **settings: Any
) -> HttpResult:
    network = SimulatedNetwork(seed, profiles={"a.test": profile, "b.test": profile})
    return asyncio.run(network.measure(HttpPlan(target, **settings)))


def found(condition: Any) -> int:
    return next(seed for seed in range(200) if condition(simulated("http://a.test/", seed)))


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert as_json(simulated(URL)) == as_json(simulated(URL))
    assert as_json(simulated(URL)) != as_json(simulated(URL, seed=2))


def test_other_targets_change_nothing() -> None:
    async def within() -> list[HttpResult]:
        network = SimulatedNetwork(1, profiles={"a.test": GOOD})
        await network.measure(HttpPlan("https://b.test/"))
        return [await network.measure(HttpPlan(URL)) for _ in range(2)]

    first, second = asyncio.run(within())
    assert first.total_ms == simulated(URL).total_ms
    assert first.total_ms != second.total_ms


def test_the_phases_follow_from_the_path() -> None:
    result = simulated(URL)
    assert result.connect_ms == pytest.approx(20, abs=0.1)
    assert result.tls_ms == pytest.approx(21.5, abs=0.1)
    assert result.wait_ms
    assert result.wait_ms > 20
    names = ("dns", "connect", "tls", "send", "wait", "receive", "redirect")
    assert result.total_ms == pytest.approx(sum(getattr(result, f"{n}_ms") for n in names))


def test_the_clock_goes_on_by_the_time_it_took() -> None:
    clock = InstantClock()
    network = SimulatedNetwork(1, clock, {"a.test": GOOD})
    result = asyncio.run(network.measure(HttpPlan(URL)))
    assert result.total_ms
    assert clock.now_ms() == pytest.approx(result.total_ms, abs=1)


def test_every_field_is_filled() -> None:
    unusual = {"trailers", "interim_statuses", "truncated", "retransmitted"}
    last = simulated(URL).last
    empty = {field.name for field in fields(HttpExchange) if not getattr(last, field.name)}
    assert empty <= unusual
    assert last.retransmitted == 0
    assert all(getattr(last.certificates[0], field.name) for field in fields(last.certificates[0]))


def test_a_certificate_is_valid_and_renewed_as_the_clock_goes_on() -> None:
    serials = set()
    for day in range(0, 400, 5):
        network = SimulatedNetwork(1, InstantClock(day * 86_400_000), {"a.test": GOOD})
        own = asyncio.run(network.measure(HttpPlan(URL))).last.certificates[0]
        assert own.not_before
        assert 0 <= (day - (own.not_before.timestamp() / 86_400)) < 60
        assert own.sans == ("a.test",)
        serials.add(own.serial)
    assert 7 <= len(serials) <= 8


def test_an_unreachable_path_is_a_timeout_as_it_would_be() -> None:
    result = simulated(URL, profile=PathProfile(loss_probability=1.0))
    assert result.failure
    assert (result.failure.kind, result.failure.phase) == (FailureKind.TIMEOUT, "connect")
    assert (result.connect_ms, result.total_ms, result.status) == (None, None, None)
    assert result.dns_ms


def test_lost_packets_are_sent_again_after_a_second() -> None:
    profile = PathProfile(base_rtt_ms=20.0, jitter_ms=0.0, loss_probability=0.5)
    results = [simulated(URL, seed, profile, timeout_s=60.0) for seed in range(20)]
    seen = {(r.last.retransmitted, round(r.connect_ms or 0, -1)) for r in results}
    assert {(0, 20), (1, 1020)} <= seen
    assert {round(r.last.tcp_rtt_ms or 0) for r in results if r.connect_ms} == {20}


def test_some_sites_moved_to_https() -> None:
    seed = found(lambda result: result.redirects)
    result = simulated("http://a.test/", seed)
    first, last = result.exchanges
    assert (first.status, first.url, last.url) == (301, "http://a.test/", "https://a.test/")
    assert result.redirect_ms == first.total_ms
    alone = simulated("http://a.test/", seed, follow_redirects=False)
    assert (alone.status, alone.ok) == (301, True)
    none = simulated("http://a.test/", seed, most_redirects=0)
    assert none.failure
    assert none.failure.kind is FailureKind.PROTOCOL


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({"desired_status": 204}, FailureKind.STATUS),
        ({"body_match": "a.test"}, None),
        ({"body_match": "b.test"}, FailureKind.CONTENT),
    ],
)
def test_answers_are_judged_as_real_ones(
    settings: dict[str, Any], kind: FailureKind | None
) -> None:
    result = simulated(URL, **settings)
    assert (result.failure and result.failure.kind) == kind


def test_a_download_limit_and_head() -> None:
    limited = simulated(URL, download_limit_bytes=500)
    assert (limited.last.body_bytes, limited.last.truncated, limited.ok) == (500, True, True)
    assert simulated(URL, method="HEAD").last.body_bytes == 0


@pytest.mark.parametrize("version", ["1.1", "2", "3"])
def test_the_version_is_the_one_that_was_wanted(version: str) -> None:
    result = simulated(URL, http_version=HttpVersion(version))
    assert result.http_version == version
    assert (result.last.tcp_rtt_ms is None) == (version == "3")


def test_a_challenge_costs_a_round_trip() -> None:
    basic = simulated(URL, user="ann", password="x")
    digest = simulated(URL, user="ann", authentication=HttpAuthentication.DIGEST)
    assert basic.wait_ms
    assert digest.wait_ms
    assert digest.wait_ms > basic.wait_ms + 20


def test_secrets_are_starred_out() -> None:
    headers = (("Authorization", "t0ken"), ("X-A", "b"))
    result = simulated(URL, headers=headers)
    assert "t0ken" not in as_json(result)
    assert ("X-A", "b") in result.last.request_headers


def test_an_override_leads_the_path() -> None:
    result = simulated("http://a.test:8080/", dns_override={"a.test": "127.0.0.1"})
    assert (result.address, result.dns_ms) == ("127.0.0.1", 0.0)
