"""What others change meanwhile is no breach; what the server changes by itself when asked is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from inspected import answer, world

from contract_tests.checks.reading_changes_nothing import RULE
from contract_tests.findings.finding import Finding, Grade
from contract_tests.roles.model import Listing, Resource, Roles
from contract_tests.run.company import Company
from contract_tests.wire.exchange import Request, Response
from contract_tests.wire.limits import Allowance, Limits
from contract_tests.world.world import Permits, World

ROLES = Roles((Resource("pet", "/id", list=Listing("list")),))
CONTRACT = {
    "openapi": "3.0.3",
    "servers": [{"url": "http://h"}],
    "paths": {
        "/pets": {
            "get": {
                "operationId": "list",
                "summary": "list",
                "responses": {"200": {"description": ""}},
            }
        }
    },
}
READ_ONLY = Permits(writing=False, existing=False)


class Clock:
    """Passes when somebody sleeps, and only then."""

    def __init__(self) -> None:
        self.at_s = 0.0

    def now(self) -> float:
        return self.at_s

    def sleep(self, seconds: float) -> None:
        self.at_s += seconds


def shop(state: Callable[[int, float], object], **options: Permits) -> World:
    """Return a world whose only pet is in a state told by the number of requests and the time."""
    clock, count = Clock(), iter(range(1, 10_000))

    def serve(request: Request) -> Response:
        return answer([{"id": 1, "state": state(next(count), clock.now())}])

    here = world(CONTRACT, ROLES, serve, **options)
    here.wire.allowance = Allowance(Limits(), now=clock.now, sleep=clock.sleep)
    return here


def found(here: World) -> list[Finding]:
    return list(Company(here).weighed(accused(here)))


def accused(here: World) -> Iterator[Finding]:
    """Yield what a rule finds, and another thing that no other client could have done."""
    one = {"operation": "GET /pets", "message": "", "received": "", "expected": ""}
    yield Finding(rule=RULE.name, place="/state", **one)
    yield Finding(rule="ids_agree", place="/id", **one)


def grades(here: World) -> list[Grade]:
    return [finding.grade for finding in found(here)]


def test_on_ones_own_quiet_server_a_difference_is_a_breach() -> None:
    assert grades(shop(lambda _, __: "same")) == [Grade.BREACH, Grade.BREACH]


def test_where_things_change_without_us_a_difference_is_no_breach() -> None:
    assert grades(shop(lambda _, at_s: at_s)) == [Grade.ASSUMPTION, Grade.BREACH]


@pytest.mark.parametrize("period", range(1, 10))
@pytest.mark.parametrize("phase", range(10))
def test_a_server_that_changes_at_some_requests_is_not_excused(period: int, phase: int) -> None:
    here = shop(lambda number, _: (number + phase) // period)
    assert grades(here) == [Grade.BREACH, Grade.BREACH]


def test_a_server_that_changes_once_is_not_excused() -> None:
    for request in range(1, 9):
        assert grades(shop(lambda number, _, once=request: number >= once))[0] is Grade.BREACH  # type: ignore[misc]


def test_a_finding_outlives_the_limits_of_the_run() -> None:
    here = shop(lambda _, at_s: at_s)
    here.wire.allowance = Allowance(Limits(max_requests=2))
    assert grades(here) == [Grade.BREACH, Grade.BREACH]


def test_on_servers_of_others_a_difference_is_never_a_breach() -> None:
    here = shop(lambda number, _: number, permits=READ_ONLY)
    assert grades(here) == [Grade.ASSUMPTION, Grade.BREACH]
    assert here.wire.allowance.sent == 0


@pytest.mark.parametrize("permits", [READ_ONLY, Permits(writing=True, existing=False)])
def test_reading_while_others_write_accuses_nobody(permits: Permits) -> None:
    here = shop(lambda number, _: number, permits=permits)
    weighed = list(Company(here).weighed(RULE.check(here, "")))
    assert weighed
    assert all(finding.grade is Grade.ASSUMPTION for finding in weighed)
    assert "Others may have changed" in weighed[0].message
