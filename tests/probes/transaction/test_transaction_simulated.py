"""Journeys over imagined paths: the same seed gives the same journey."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest
from page_browser import limited
from page_har import HAR

from probes import FailureKind, PathProfile, SimulatedNetwork
from probes.clock import InstantClock
from probes.transaction import TransactionPlan, TransactionResult, parse_script

STEPS = [
    {"name": "open", "goto": "/"},
    {"marker_start": "login"},
    {"fill": "#user", "value": "ada"},
    {"click": "text=Log in"},
    {"pause": 2},
    {"marker_end": "login"},
    {"assert_text": "Hello"},
]
URL = "http://shop.example/"
PLAN = parse_script({"url": URL, "steps": STEPS})


def simulated(
    seed: int, plan: TransactionPlan = PLAN, profile: PathProfile | None = None
) -> TransactionResult:
    profiles = {"shop.example": profile or PathProfile(20, 1)}
    return limited(SimulatedNetwork(seed, profiles=profiles).measure(plan))


def test_the_same_seed_gives_the_same_journey() -> None:
    assert simulated(1) == simulated(1)
    assert simulated(1) != simulated(2)


def test_a_journey_is_the_sum_of_its_steps() -> None:
    result = simulated(3)
    assert result.ok
    assert (result.completed, result.planned, result.failed_step) == (7, 7, None)
    assert result.total_ms == pytest.approx(sum(step.duration_ms for step in result.steps))
    assert result.time_ms == result.total_ms


def test_a_marker_lasts_from_its_start_to_its_end() -> None:
    result = simulated(3)
    (marker,) = result.markers
    inner = [step.duration_ms for step in result.steps[2:5]]
    assert marker.duration_ms == pytest.approx(sum(inner))
    assert marker.duration_ms >= 2000


def test_the_clock_moves_by_what_the_journey_takes() -> None:
    clock = InstantClock()
    network = SimulatedNetwork(1, clock, {"shop.example": PathProfile(20, 1)})
    result = limited(network.measure(PLAN))
    assert clock.now_ms() == int(result.total_ms)


def test_pages_of_a_journey_make_one_archive() -> None:
    result = simulated(4)
    har = result.as_har()
    jsonschema_rs.validate(HAR, json.loads(json.dumps(har)))
    assert {entry["pageref"] for entry in har["log"]["entries"]} == {
        page["id"] for page in har["log"]["pages"]
    }


def test_where_nothing_answers_the_first_step_fails() -> None:
    result = simulated(1, profile=PathProfile(20, 1, 1.0))
    assert (result.ok, result.total_ms, result.failed_step) == (False, None, "open")
    assert (result.failure.kind, result.failure.phase) == (FailureKind.TIMEOUT, "open")
    assert [step.duration_ms for step in result.steps] == [None]
    assert result.markers == ()
