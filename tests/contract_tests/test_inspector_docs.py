"""The page about the inspector tells every rule, in the rule's own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_tests.checks import RULES
from contract_tests.checks.rule import Rule

_PAGE = (Path(__file__).parents[2] / "docs/inspector.md").read_text("utf-8")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_stands_on_the_page_with_its_effect_and_its_sentence(rule: Rule) -> None:
    assert f"| `{rule.name}` | {rule.effect} | {rule.sentence} |" in _PAGE


def test_the_page_tells_no_rule_that_is_not_there() -> None:
    assert _PAGE.count("| reads |") == sum(rule.effect == "reads" for rule in RULES)
