"""The plan of faults: who meets what, and how often."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.errors import ServiceUnavailable, TooManyRequests
from mockserver.core.faults import KINDS, BadFault, Ending, FaultPlan, Scope, fault

CALL = ("ngrok", "list_application_sessions", "mine")


def planned(scope: Scope | None = None, **kinds: Any) -> FaultPlan:
    plan = FaultPlan()
    plan.add(fault(scope or Scope(), **kinds))
    return plan


@given(
    times=st.integers(0, 4),
    every=st.integers(1, 4),
    after=st.integers(0, 4),
    count=st.integers(0, 30),
)
def test_times_every_and_after_count(times: int, every: int, after: int, count: int) -> None:
    """The model: skip `after`, then each `every`-th, `times` of them at most."""
    plan = planned(Scope(times=times, every=every, after=after), reset=True)
    met = [number for number in range(1, count + 1) if plan.draw(*CALL)]
    due = [n for n in range(1, count + 1) if n > after and (n - after) % every == 0]
    assert met == (due[:times] if times else due)


@pytest.mark.parametrize(
    ("scope", "is_met"),
    [
        (Scope(), True),
        (Scope(vendor="ngrok"), True),
        (Scope(vendor="wisphub"), False),
        (Scope(operation="list_application_sessions", account="mine"), True),
        (Scope(operation="get_application_session"), False),
        (Scope(account="another"), False),
    ],
)
def test_a_fault_meets_only_those_in_its_scope(scope: Scope, *, is_met: bool) -> None:
    assert bool(planned(scope, cut=True).draw(*CALL)) is is_met


def test_faults_add_up() -> None:
    plan = planned(latency_ms=10)
    plan.add(fault(Scope(), latency_ms=5, cut=True))
    effect = plan.draw(*CALL)
    assert effect is not None
    assert (effect.latency_ms, effect.ending) == (15, Ending.CUT)


def test_a_status_is_the_vendors_error_with_its_retry_after() -> None:
    effect = planned(status=429, retry_after_s=1.5).draw(*CALL)
    assert effect is not None
    assert isinstance(effect.error, TooManyRequests)
    assert effect.error.headers == {"Retry-After": "1.5"}


def test_each_request_is_given_an_error_of_its_own() -> None:
    plan = planned(status=503)
    one, other = plan.draw(*CALL), plan.draw(*CALL)
    assert one is not None
    assert other is not None
    assert isinstance(one.error, ServiceUnavailable)
    assert one.error is not other.error


@pytest.mark.parametrize(
    ("name", "body"), [("empty", b""), ("truncate", b'{"a":'), ("garble", None)]
)
def test_bodies_are_bent(name: str, body: bytes | None) -> None:
    whole = b'{"a": 1234}'
    effect = planned(**{name: True}).draw(*CALL)
    assert effect is not None
    assert effect.bend is not None
    bent = effect.bend(whole)
    assert bent == body if body is not None else (bent != whole and len(bent) == len(whole))


@pytest.mark.parametrize("name", ["cut", "reset", "hang"])
def test_endings_are_named(name: str) -> None:
    effect = planned(**{name: True}).draw(*CALL)
    assert effect is not None
    assert effect.ending == name


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ({}, "a fault does something"),
        ({"dealy_ms": 5}, "no fault named dealy_ms"),
        ({"latency_ms": -1}, "latency_ms is a number"),
        ({"latency_ms": "5"}, "latency_ms is a number"),
        ({"status": 299}, "status is one of 400"),
        ({"cut": True, "retry_after_s": 1}, "goes with status"),
    ],
)
def test_what_cannot_be_is_refused(kinds: dict[str, Any], said: str) -> None:
    with pytest.raises(BadFault, match=said):
        fault(Scope(), **kinds)


@pytest.mark.parametrize("scope", [Scope(every=0), Scope(times=-1), Scope(after=-1)])
def test_counts_that_cannot_be_are_refused(scope: Scope) -> None:
    with pytest.raises(BadFault, match="every is 1 or more"):
        fault(scope, cut=True)


def test_those_of_an_account_are_cleared_alone() -> None:
    plan = planned(Scope(account="mine"), cut=True)
    plan.add(fault(Scope(account="yours"), cut=True))
    plan.clear("mine")
    assert [one.scope.account for one in plan.faults] == ["yours"]
    plan.clear()
    assert not plan.faults


def test_every_kind_has_a_sentence() -> None:
    assert all(kind.sentence.endswith(".") for kind in KINDS.values())
