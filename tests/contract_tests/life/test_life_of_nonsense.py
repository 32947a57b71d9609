"""Whatever a server answers, a rule about the life of things ends with findings or a reason."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_shop import Shop
from shop_worlds import found

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
from contract_tests.checks.rule import Rule
from contract_tests.wire.exchange import Request, Response

pytestmark = pytest.mark.slow
_SCALARS = st.sampled_from([None, True, 0, -1.5, "", "o1", "http://[", {}, []])
_KEYS = st.sampled_from(["id", "uri", "name", "things", "owner", "next", "deleted", "x"])
_JSON = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4)
)


class Babbling(Shop):
    """Answers nonsense now and then: `turns` tells when."""

    def __init__(self, turns: list[bool], bodies: list[Any], status: int) -> None:
        self.turns, self.bodies, self.status, self.asked = turns, bodies, status, 0
        super().__init__(["o1", "o2"], [("t1", "o1"), ("t2", "o2"), ("t3", "o1"), ("t4", "o1")])

    def __call__(self, request: Request) -> Response:
        told = super().__call__(request)
        self.asked += 1
        if not self.turns[self.asked % len(self.turns)]:
            return told
        body = self.bodies[self.asked % len(self.bodies)]
        text = b"<" if body == "" else json.dumps(body).encode()
        return Response(self.status, (("Content-Type", "application/json"),), text)


def test_the_address_of_a_next_page_may_be_none_at_all() -> None:
    class Lost(Shop):
        def list_things(self, query: dict[str, str]) -> dict[str, Any]:
            return {**super().list_things(query), "next": "http://["}

    assert found(Lost(["o1"], [("t1", "o1")]), reading_changes_nothing.RULE) == []


@pytest.mark.parametrize(
    "rule",
    [
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
    ],
    ids=lambda rule: rule.name,
)
def test_nonsense_never_makes_a_rule_fall_over(rule: Rule) -> None:
    @settings(max_examples=25, deadline=None, database=None)
    @given(
        st.lists(st.booleans(), min_size=1, max_size=7),
        st.lists(_JSON, min_size=1, max_size=5),
        st.sampled_from([200, 200, 204, 404, 500]),
    )
    def never(turns: list[bool], bodies: list[Any], status: int) -> None:
        found(Babbling(turns, bodies, status), rule)

    never()
