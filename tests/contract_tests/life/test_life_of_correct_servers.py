"""No rule about the life of things accuses a correct server, however small or odd it is."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from model_shop import Shop
from shop_worlds import found, many, stocks

from contract_tests.checks import (
    created_is_readable,
    created_together,
    deleted_is_gone,
    failure_changes_nothing,
    ids_agree,
    reading_changes_nothing,
    references_resolve,
    repeating_is_documented,
    unknown_is_not_found,
    update_is_visible,
)
from contract_tests.world.world import Permits

RULES = (
    reading_changes_nothing.RULE,
    ids_agree.RULE,
    references_resolve.RULE,
    unknown_is_not_found.RULE,
    created_is_readable.RULE,
    created_together.RULE,
    update_is_visible.RULE,
    repeating_is_documented.RULE,
    unknown_is_not_found.CHANGING_RULE,
    failure_changes_nothing.RULE,
    deleted_is_gone.RULE,
)


class Forgetful(Shop):
    """Deleted owners are not found, and not to be read either."""

    def one_owner(self, method: str, owner_id: str, body: Any) -> Any:
        owner = self.owners.get(owner_id)
        if owner is not None and owner["deleted"]:
            owner_id = "nobody"
        return super().one_owner(method, owner_id, body)


@many
@given(stocks(), st.integers(0, 99))
def test_a_correct_server_is_never_accused(stock: dict[str, Any], seed: int) -> None:
    assert found(Shop(**stock), *RULES, seed=seed) == []


@many
@given(stocks(owners=1))
def test_deleted_ones_need_not_be_readable(stock: dict[str, Any]) -> None:
    assert found(Forgetful(**stock), *RULES) == []


@many
@given(stocks(owners=1, things=2))
def test_a_run_that_only_reads_sends_nothing_that_writes(stock: dict[str, Any]) -> None:
    shop = Shop(**stock)
    before = (dict(shop.things), [o["deleted"] for o in shop.owners.values()])
    assert found(shop, *RULES, permits=Permits(writing=False, existing=False)) == []
    assert before == (shop.things, [o["deleted"] for o in shop.owners.values()])
