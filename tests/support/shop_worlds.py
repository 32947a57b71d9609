"""Shops of many sizes with odd ids, and what a rule finds in one of them."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from inspected import world
from model_shop import CONTRACT, ROLES, Shop

from contract_tests.checks.rule import Rule
from contract_tests.findings.finding import Finding
from contract_tests.world.world import NotTried

few = settings(max_examples=3, deadline=None, database=None)
many = settings(max_examples=20, deadline=None, database=None)

_LETTERS = "aZ09 /%?#&=+é測\U0001f600~\"'\\"
_IDS = st.text(_LETTERS, min_size=1, max_size=6).filter(str.strip)


@st.composite
def stocks(draw: st.DrawFn, owners: int = 0, things: int = 0) -> dict[str, Any]:
    """Return what a shop begins with: at least so many owners and things, ids all different."""
    ids = draw(st.lists(_IDS, min_size=owners + things, max_size=14, unique=True))
    most = draw(st.integers(owners, max(owners, len(ids) - things)))
    owner_ids = [f"o{i}" for i in ids[:most]]
    thing_ids = [f"t{i}" for i in ids[most:]] if owner_ids else []
    return {
        "owners": owner_ids,
        "things": [(i, draw(st.sampled_from(owner_ids))) for i in thing_ids],
    }


def found(shop: Shop, *rules: Rule, **options: Any) -> list[Finding]:
    """Return what rules find; what could not be tried is no finding."""
    tried, findings = world(CONTRACT, ROLES, shop, **options), []
    for rule in rules:
        for _, subject in rule.subjects(tried):
            try:
                findings += rule.check(tried, subject)
            except NotTried:
                continue
    return findings


def causes(findings: list[Finding]) -> set[str]:
    """Return the names of the rules that found something."""
    return {finding.rule for finding in findings}
