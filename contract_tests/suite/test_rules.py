"""Every rule on every vendor: nothing is found, and what could not be tried is argued here."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest

from contract_tests.checks import RULES, links_lead_on
from contract_tests.checks.rule import Rule
from contract_tests.documents.links import links
from contract_tests.documents.optional import may_be_absent
from contract_tests.run.inspection import inspect, plan
from contract_tests.suite.worlds import key_of, world_of
from contract_tests.target import StandIn, stand_in
from contract_tests.world.world import World

_ABOUT_LIMITS = ("limits_count_down", "too_many_are_refused")
# Vendor, step and reason of what a stand-in cannot be tried for.
_NOT_TRIED = (
    ("*", "created_together: *", "nothing creates several of"),
    ("thousandeyes", "filters_find_new: agent", "nothing creates agent"),
    # Instant tests are made and then read through their results, which are no part of them.
    ("thousandeyes", "strangers_are_refused: * test", "nothing that asks for a key could be"),
    ("*", "strangers_change_nothing: *", "nothing may be done to (user|agent)"),
    ("*", "required_to_change: *", "nothing (may be done to|is required but ids)"),
    ("*", "required_is_required: *", "nothing is required but ids in paths"),
    ("*", "media_types_count: *", "nothing takes a body and documents 415"),
    ("*", "errors_are_worded: *", "no error could be provoked without doing anything"),
    # Only calls that start work are counted, and no rule starts work to count.
    ("thousandeyes", "*: X-Instant-Test-Rate-Limit-Limit", "nothing that only reads is counted"),
)


@pytest.fixture
def strict() -> Iterator[StandIn]:
    """Serve a stand-in with the vendors' limits, whose time is that of its `Date`."""
    with stand_in(begin_ms=round(time.time() * 1000), rate_limit={}) as running:
        yield running


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_no_rule_finds_anything(
    house: StandIn, request: pytest.FixtureRequest, vendor: str, rule: Rule, seed: int
) -> None:
    """No finding of any grade, no error of ours, and no step that was silently left out."""
    if rule.name in _ABOUT_LIMITS:
        house = request.getfixturevalue("strict")
    account = f"{vendor}-{rule.name}"
    world = world_of(house, vendor, account, seed)
    world.other = key_of(house, vendor, f"{account}-other", "OTHER_KEY")
    outcome = inspect(world, plan(world, [rule]))
    assert not outcome.findings, "\n\n".join(map(str, outcome.findings[:5]))
    assert not outcome.errors
    not_tried = outcome.not_tried.items()
    assert not [step for step in not_tried if not _argued(world, vendor, *step)]


def _argued(world: World, vendor: str, step: str, why: str) -> bool:
    rule, _, name = step.partition(": ")
    if rule == links_lead_on.NAME:
        # Only what the contract calls optional or nullable may be missing in every answer.
        link = next(link for link in links(world.contract) if str(link) == name)
        return may_be_absent(world.contract, link)
    return any(
        fnmatchcase(vendor, who) and fnmatchcase(step, what) and re.search(reason, why)
        for who, what, reason in _NOT_TRIED
    )
