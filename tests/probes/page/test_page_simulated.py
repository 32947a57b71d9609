"""Pages over imagined paths: figures that follow from the path, the same for the same seed."""

from __future__ import annotations

import json
from collections import Counter

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from page_browser import limited
from page_har import HAR

from probes import FailureKind, PathProfile, SimulatedNetwork
from probes.browser import BrowserSettings, Component
from probes.clock import InstantClock
from probes.page import PagePlan, PageResult
from probes.records import as_json

URL = "https://site.example/"


def simulated(seed: int, profile: PathProfile | None = None, **plan: object) -> PageResult:
    profiles = {"site.example": profile or PathProfile(20, 1)}
    network = SimulatedNetwork(seed, profiles=profiles)
    return limited(network.measure(PagePlan(URL, timeout_s=60, **plan)))


def end_ms(part: Component) -> float:
    return part.started_ms + part.duration_ms


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert as_json(simulated(1)) == as_json(simulated(1))
    assert as_json(simulated(1)) != as_json(simulated(2))


def test_a_measurement_does_not_depend_on_other_targets() -> None:
    alone = SimulatedNetwork(5)
    among = SimulatedNetwork(5)
    limited(among.measure(PagePlan("http://other.example/")))
    first = limited(alone.measure(PagePlan(URL)))
    second = limited(among.measure(PagePlan(URL)))
    assert first.components == second.components


def test_a_page_keeps_its_components_from_loading_to_loading() -> None:
    network = SimulatedNetwork(1, profiles={"site.example": PathProfile(20, 1)})
    one, two = (limited(network.measure(PagePlan(URL))) for _ in range(2))
    assert [part.url for part in one.components] == [part.url for part in two.components]
    assert one.load_ms != two.load_ms


@given(st.integers(0, 10_000))
@settings(max_examples=50)
def test_every_waterfall_is_consistent(seed: int) -> None:
    result = simulated(seed)
    for part in result.components:
        assert part.phases.total_ms == pytest.approx(part.duration_ms)
    moments = [
        result.response_ms,
        result.first_contentful_paint_ms,
        result.dom_content_loaded_ms,
        result.load_ms,
    ]
    assert moments == sorted(moments)
    assert max(map(end_ms, result.components)) <= result.load_ms
    jsonschema_rs.validate(HAR, json.loads(json.dumps(result.as_har())))


def test_at_most_six_connections_lead_to_a_host() -> None:
    for seed in range(30):
        parts = simulated(seed).components
        opened = Counter(p.url.split("/")[2] for p in parts if p.phases.connect_ms is not None)
        assert max(opened.values()) <= 6
        begun = [
            (p.started_ms + p.phases.blocked_ms, end_ms(p), p.url.split("/")[2]) for p in parts
        ]
        for begin, _, host in begun:
            assert sum(b <= begin < e - 1e-6 and h == host for b, e, h in begun) <= 6


def test_phases_follow_from_the_path() -> None:
    near, far = simulated(1, PathProfile(2, 0)), simulated(1, PathProfile(200, 0))
    assert near.connect_ms == pytest.approx(2)
    assert far.connect_ms == pytest.approx(200)
    assert far.wait_ms - near.wait_ms == pytest.approx(198)
    assert near.tls_ms == pytest.approx(4)


def test_where_nothing_answers_no_time_is_known() -> None:
    result = simulated(1, PathProfile(20, 1, 1.0))
    assert (result.failure.kind, result.failure.phase) == (FailureKind.TIMEOUT, "connect")
    assert (result.ok, result.time_ms, result.connect_ms, result.status) == (
        False,
        None,
        None,
        None,
    )
    assert result.dns_ms is None or result.dns_ms > 0


def test_the_clock_moves_on() -> None:
    clock = InstantClock()
    network = SimulatedNetwork(1, clock, {"site.example": PathProfile(20, 1)})
    result = limited(network.measure(PagePlan(URL)))
    assert clock.now_ms() >= result.load_ms


def test_what_is_blocked_is_not_loaded() -> None:
    result = simulated(1, browser=BrowserSettings(block=("*.js",)))
    scripts = [part for part in result.components if part.type == "script"]
    assert scripts
    assert all(part.failure.kind is FailureKind.NOT_ALLOWED for part in scripts)


def test_an_address_needs_no_resolving() -> None:
    network = SimulatedNetwork(1, profiles={"192.0.2.1": PathProfile(20, 1)})
    assert limited(network.measure(PagePlan("http://192.0.2.1/"))).dns_ms is None
