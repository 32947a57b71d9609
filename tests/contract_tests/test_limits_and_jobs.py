"""Rate limits and jobs: what counts down and ends is never accused, what does not always is."""

# ruff: noqa: ARG002  (a broken server does not need all that it is given)
from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inspected import answer, tried
from notebook import ROLES, Notebook, world_of

from contract_tests.checks import jobs_end, limits_count_down, too_many_are_refused
from contract_tests.checks.rule import Rule
from contract_tests.findings.finding import Finding
from contract_tests.wire.exchange import Request, Response
from contract_tests.world.world import NotTried, Permits


def found(rule: Rule, server: Notebook, **options: Any) -> list[Finding]:
    world = world_of(server, **options)
    return [f for _, subject in rule.subjects(world) for f in tried(rule.check(world, subject))]


@given(st.integers(9, 10**12))
def test_an_allowance_that_counts_down_is_not_accused(limit: int) -> None:
    assert found(limits_count_down.RULE, Notebook(limit=limit)) == []


@settings(max_examples=20)
@given(st.integers(1, 300))
def test_429_that_comes_in_time_is_not_accused(limit: int) -> None:
    assert found(too_many_are_refused.RULE, Notebook(limit=limit)) == []


class Telling(Notebook):
    """Tells what `told` makes of it."""

    def standing(self) -> dict[str, str]:
        return {**super().standing(), **self.told()}

    def told(self) -> dict[str, str]:
        return {}


class Refills(Telling):
    """Has a window that ends once while we ask."""

    def told(self) -> dict[str, str]:
        reset = 784_111_800 if self.left > self.limit - 4 else 784_111_860
        left = self.left if self.left > self.limit - 4 else self.left + 4
        return {"X_Left": str(left), "X_Reset": str(reset)}


def test_a_window_that_ends_in_between_is_not_accused() -> None:
    assert found(limits_count_down.RULE, Refills(limit=50)) == []


class Waits(Notebook):
    """Refuses once in a while, and has more left when the time that it names is over."""

    def answer(self, status: int, body: Any = None, **headers: str) -> Response:
        if self.left <= 1:
            self.left = 12
            return answer({"status": 429}, 429, **{**self.standing(), "Retry_After": "1"})
        return super().answer(status, body, **headers)


@given(st.integers(12, 40))
def test_what_flows_back_while_429_is_waited_for_is_not_accused(limit: int) -> None:
    assert found(limits_count_down.RULE, Waits(limit=limit)) == []


class RefusesMost(Waits):
    def standing(self) -> dict[str, str]:
        self.left = min(self.left, 3)
        return super().standing()


def test_where_every_few_requests_are_refused_nothing_can_be_told() -> None:
    assert found(limits_count_down.RULE, RefusesMost(limit=9)) == []


class Stuck(Telling):
    def told(self) -> dict[str, str]:
        return {"X_Left": "20"}


class Full(Telling):
    def told(self) -> dict[str, str]:
        return {"X_Left": str(self.limit)}


class CountsUp(Telling):
    def told(self) -> dict[str, str]:
        return {"X_Left": str(self.limit - self.left)}


class EverySecond(Telling):
    def told(self) -> dict[str, str]:
        return {"X_Left": str((self.limit + self.left) // 2)}


class Negative(Telling):
    def told(self) -> dict[str, str]:
        return {"X_Left": str(self.left - self.limit)}


class MoreThanAll(Telling):
    def told(self) -> dict[str, str]:
        return {"X_Left": str(self.left + self.limit)}


class Sliding(Telling):
    def told(self) -> dict[str, str]:
        return {"X_Limit": str(self.left + 1)}


class InThePast(Telling):
    def told(self) -> dict[str, str]:
        return {"X_Reset": "784111700"}


class InMilliseconds(Telling):
    def told(self) -> dict[str, str]:
        return {"X_Reset": "784111837000"}


class NoNumber(Telling):
    def told(self) -> dict[str, str]:
        return {"X_Reset": "Sun, 06 Nov 1994 08:50:37 GMT"}


class Fraction(Telling):
    def told(self) -> dict[str, str]:
        return {"X_Left": f"{self.left}.0"}


TELLING = [
    Stuck,
    Full,
    CountsUp,
    EverySecond,
    Negative,
    MoreThanAll,
    Sliding,
    InThePast,
    InMilliseconds,
    NoNumber,
    Fraction,
]


@pytest.mark.parametrize("broken", TELLING)
@pytest.mark.parametrize("limit", [40, 240, 10_000])
def test_headers_that_do_not_tell_the_truth_are_named(broken: type[Notebook], limit: int) -> None:
    assert found(limits_count_down.RULE, broken(limit=limit))


class Refusing(Notebook):
    """Refuses by `refuses`, with what `refusal` says."""

    def answer(self, status: int, body: Any = None, **headers: str) -> Response:
        if self.refuses():
            return answer({"status": 429}, 429, **{**self.standing(), **self.after()})
        self.left = max(self.left, 1)
        return super().answer(status, body, **headers)

    def refuses(self) -> bool:
        return self.left <= 0

    def after(self) -> dict[str, str]:
        return {"Retry_After": "9"}


class OneLate(Refusing):
    late = 0

    def refuses(self) -> bool:
        self.late += self.left <= 0
        return self.late > 1


class Never(Refusing):
    def refuses(self) -> bool:
        return False


class Early(Refusing):
    def refuses(self) -> bool:
        return self.left <= 3


class NoTime(Refusing):
    def after(self) -> dict[str, str]:
        return {}


class OddTime(Refusing):
    def after(self) -> dict[str, str]:
        return {"Retry_After": "soon"}


class ForEver(Refusing):
    def after(self) -> dict[str, str]:
        return {"Retry_After": "2"}


@pytest.mark.parametrize("broken", [OneLate, Never, Early, NoTime, OddTime, ForEver])
@pytest.mark.parametrize("limit", [5, 60, 240])
def test_429_that_comes_at_the_wrong_moment_is_named(broken: type[Notebook], limit: int) -> None:
    assert found(too_many_are_refused.RULE, broken(limit=limit))


def test_a_large_allowance_is_not_used_up() -> None:
    world = world_of(Notebook(limit=5000))
    with pytest.raises(NotTried, match="too many to use up"):
        list(too_many_are_refused.check(world, ROLES.rate_limits[0]))
    assert len(world.wire.sent) == 1  # type: ignore[attr-defined]


def test_an_allowance_that_is_not_ours_is_not_used_up() -> None:
    world = world_of(Notebook(limit=5), permits=Permits(existing=False))
    with pytest.raises(NotTried, match="not ours"):
        list(too_many_are_refused.check(world, ROLES.rate_limits[0]))


class Ends(Notebook):
    """A job that ends after some looks."""

    looks = 1

    def state(self, looks: int) -> str:
        return "pending" if looks < self.looks else "failed"


@given(st.integers(0, 9))
def test_a_job_that_ends_is_not_accused(looks: int) -> None:
    server = Ends()
    server.looks = looks
    assert found(jobs_end.RULE, server) == []


class JumpsBack(Notebook):
    def state(self, looks: int) -> str:
        return "done" if looks == 2 else "pending"


class AnotherEnd(Notebook):
    def state(self, looks: int) -> str:
        return ("pending", "done", "failed")[min(looks, 3) - 1]


class NeverEnds(Notebook):
    def state(self, looks: int) -> str:
        return "pending"


class OwnWords(Notebook):
    def state(self, looks: int) -> str:
        return "pending" if looks < 2 else "finished"


class OwnWaiting(Notebook):
    def state(self, looks: int) -> str:
        return "running" if looks < 2 else "done"


class Forgets(Notebook):
    def ping(self, path: list[str]) -> Response:
        if len(path) > 1 and self.pings.get(path[1], 0) >= 1:
            return self.error(404)
        return super().ping(path)


class KnowsAll(Notebook):
    def ping(self, path: list[str]) -> Response:
        if len(path) > 1:
            self.pings.setdefault(path[1], 9)
        return super().ping(path)


@pytest.mark.parametrize(
    "broken", [JumpsBack, AnotherEnd, NeverEnds, OwnWords, OwnWaiting, Forgets, KnowsAll]
)
def test_a_job_that_does_not_end_as_documented_is_named(broken: type[Notebook]) -> None:
    assert found(jobs_end.RULE, broken())


def test_a_job_that_cannot_be_started_is_not_tried() -> None:
    class Shut(Notebook):
        def __call__(self, request: Request) -> Response:
            return self.error(400)

    world = world_of(Shut())
    with pytest.raises(NotTried, match="start_ping answered 400"):
        list(jobs_end.check(world, ROLES.jobs[0]))
