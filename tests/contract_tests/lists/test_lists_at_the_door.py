"""Lists, batches, actions, counts and times over real sockets: the stand-in, and spoiled ones."""

from __future__ import annotations

from typing import Any

import pytest
from spoiled import Bend, spoiled

from contract_tests.checks import (
    actions_change_their_target,
    batch_equals_singles,
    batch_filters_narrow,
    counts_agree,
    filters_find_new,
    filters_match,
    hidden_are_revealed,
    next_page_follows,
    order_is_kept,
    pages_are_complete,
    times_move_forward,
)
from contract_tests.checks.rule import Rule
from contract_tests.findings.finding import Finding
from contract_tests.world.world import NotTried, World

pytestmark = pytest.mark.slow
RULES: tuple[Rule, ...] = (
    pages_are_complete.RULE,
    next_page_follows.RULE,
    order_is_kept.RULE,
    filters_match.RULE,
    filters_find_new.RULE,
    hidden_are_revealed.RULE,
    batch_equals_singles.RULE,
    batch_filters_narrow.RULE,
    counts_agree.RULE,
    counts_agree.NEW_RULE,
    times_move_forward.RULE,
    actions_change_their_target.RULE,
    hidden_are_revealed.NEW_RULE,
)


def found(world: World, rules: tuple[Rule, ...]) -> list[Finding]:
    findings: list[Finding] = []
    for rule in rules:
        for _, subject in rule.subjects(world):
            try:
                findings += rule.check(world, subject)
            except NotTried:
                continue
    return findings


@pytest.mark.parametrize("vendor", ["ngrok", "pingplotter", "thousandeyes", "wisphub"])
def test_the_stand_in_is_not_accused_and_not_asked_too_often(vendor: str) -> None:
    with spoiled(vendor) as world:
        assert found(world, RULES) == []
        assert world.wire.allowance.sent <= 300


def _last_page_short(method: str, target: str, body: Any) -> Any:
    if "before_id" in target:
        body["application_sessions"] = body["application_sessions"][:-1]
    return body


def _elsewhere(method: str, target: str, body: Any) -> Any:
    if isinstance(body, dict) and body.get("next_page_uri"):
        body["next_page_uri"] = body["next_page_uri"].replace("127.0.0.1", "api.example")
    return body


def _turned_round(method: str, target: str, body: Any) -> Any:
    if target.startswith("/app/sessions?"):
        body["application_sessions"].reverse()
    return body


def _filter_loses_one(method: str, target: str, body: Any) -> Any:
    return body[:-1] if target.startswith("/sessions?agentUniqueId") else body


def _filter_adds_nobody(method: str, target: str, body: Any) -> Any:
    return [] if "targetName=ct-" in target else body


def _never_deleted(method: str, target: str, body: Any) -> Any:
    if target.startswith("/agents?includeDeleted=true"):
        return [agent for agent in body if not agent["Deleted"]]
    return body


def _batch_without_first(method: str, target: str, body: Any) -> Any:
    return body[1:] if (method, target) == ("POST", "/sessions/status?") else body


def _late_twins(method: str, target: str, body: Any) -> Any:
    if isinstance(body, dict) and body.get("LastMessageTimestampInMs"):
        body["LastMessageTimestampInMs"] += 1000
    return body


def _counts_one_more(method: str, target: str, body: Any) -> Any:
    if method == "GET" and isinstance(body, dict) and "TotalSessions" in body:
        body["TotalSessions"] += 1
    return body


def _always_active(method: str, target: str, body: Any) -> Any:
    if target == "/sessions?":
        return [{**session, "Status": "Active"} for session in body] if method == "GET" else body
    return body


@pytest.mark.parametrize(
    ("vendor", "rule", "bend"),
    [
        ("ngrok", pages_are_complete.RULE, _last_page_short),
        ("ngrok", next_page_follows.RULE, _elsewhere),
        ("ngrok", order_is_kept.RULE, _turned_round),
        ("pingplotter", filters_match.RULE, _filter_loses_one),
        ("pingplotter", filters_find_new.RULE, _filter_adds_nobody),
        ("pingplotter", hidden_are_revealed.NEW_RULE, _never_deleted),
        ("pingplotter", batch_equals_singles.RULE, _batch_without_first),
        ("pingplotter", times_move_forward.RULE, _late_twins),
        ("pingplotter", counts_agree.NEW_RULE, _counts_one_more),
        ("pingplotter", actions_change_their_target.RULE, _always_active),
    ],
)
def test_a_spoiled_stand_in_is_found_by_the_rule_that_is_meant_for_it(
    vendor: str, rule: Rule, bend: Bend
) -> None:
    with spoiled(vendor, bend) as world:
        # Two rules find faults of filters, and give them one name: they are one cause.
        name = "filters_match" if rule is filters_find_new.RULE else rule.name
        assert {finding.rule for finding in found(world, (rule,))} == {name}
