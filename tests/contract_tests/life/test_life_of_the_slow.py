"""New things that are seen a while after they were made are waited for, a little."""

from __future__ import annotations

import pytest
from inspected import KEY, MemoryWire, tried
from model_shop import CONTRACT, ROLES, Item, Shop

from contract_tests.checks import created_is_readable, created_together, failure_changes_nothing
from contract_tests.findings.finding import Finding
from contract_tests.wire.limits import Allowance, Limits
from contract_tests.world.world import World

RULES = (created_is_readable.RULE, created_together.RULE, failure_changes_nothing.RULE)


class Slow(Shop):
    """Lists a new thing a quarter of a second after it was made."""

    late_s = 0.25
    now_s = 0.0

    def __init__(self, owners: list[str], things: list[tuple[str, str]]) -> None:
        self.made_at: dict[str, float] = {}
        super().__init__(owners, things)

    def add_thing(self, thing_id: str, owner_id: str, label: str) -> Item:
        thing = super().add_thing(thing_id, owner_id, label)
        self.made_at[thing_id] = self.now_s
        return thing

    def list_things(self, query: dict[str, str]) -> Item:
        kept, late = self.things, self.now_s - self.late_s
        self.things = {i: t for i, t in kept.items() if self.made_at.get(i, 0.0) <= late}
        try:
            return super().list_things(query)
        finally:
            self.things = kept


class Loses(Slow):
    """Lists a new thing never."""

    late_s = 1e9


def judged(shop: Slow) -> list[Finding]:
    wire = MemoryWire(shop)

    def sleep(seconds: float) -> None:
        shop.now_s += seconds

    wire.allowance = Allowance(Limits(), now=lambda: shop.now_s, sleep=sleep)
    world = World(CONTRACT, ROLES, wire, KEY)
    return [
        finding
        for rule in RULES
        for _, subject in rule.subjects(world)
        for finding in tried(rule.check(world, subject))
    ]


def shop_of(kind: type[Slow], late_s: float | None = None) -> Slow:
    shop = kind(["o1", "o2"], [])
    shop.late_s = shop.late_s if late_s is None else late_s
    return shop


@pytest.mark.parametrize("late_s", [0.0, 0.05, 0.25, 0.7])
def test_what_is_seen_late_is_no_fault_of_anything(late_s: float) -> None:
    assert judged(shop_of(Slow, late_s)) == []


def test_what_is_never_seen_is() -> None:
    assert {finding.rule for finding in judged(shop_of(Loses))} >= {"created_is_readable"}


def test_a_server_is_not_waited_for_again_and_again() -> None:
    shop = shop_of(Loses)
    judged(shop)
    assert shop.now_s < 5
