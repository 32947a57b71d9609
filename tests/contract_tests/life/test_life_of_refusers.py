"""Rules about refusals, unknown ids and repetitions find each of these servers out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from inspected import answer
from model_shop import Item, Shop
from shop_worlds import few, found, stocks

from contract_tests.checks import (
    failure_changes_nothing,
    repeating_is_documented,
    unknown_is_not_found,
)
from contract_tests.checks.rule import Rule
from contract_tests.wire.exchange import Response


class ClosesOnceOnly(Shop):
    def close(self, thing: Item) -> Response:
        was = thing["state"]
        return super().close(thing) if was == "open" else answer({}, 409)


class ClosingTwiceOpens(Shop):
    def close(self, thing: Item) -> Response:
        thing["state"] = "open" if thing["state"] == "closed" else "closed"
        return answer(body=True)


class ClosingTwiceClosesAnother(Shop):
    def close(self, thing: Item) -> Response:
        if thing["state"] == "closed":
            next(iter(self.things.values()))["label"] = "closed"
        return super().close(thing)


class RefusedAndRenamed(Shop):
    def rename(self, owner: Item, body: Any) -> Response:
        told = super().rename(owner, body)
        if not told.ok:
            owner["name"] = ""
        return told


class RefusedAndMade(Shop):
    def create_things(self, body: Any) -> Response:
        told = super().create_things(body)
        if told.status == 404 and len(body) == 1:
            self.made += 1
            self.add_thing(f"refused {self.made}", next(iter(self.owners)), "refused")
        return told


class RefusedForItsTypeAndMade(Shop):
    def create_owner(self, body: Any) -> Response:
        if isinstance(body, dict) and isinstance(body.get("name"), dict):
            self.made += 1
            self.add_owner(f"own/é {self.made}", "?")
        return super().create_owner(body)


class UpsertsTheUnknown(Shop):
    def one_owner(self, method: str, owner_id: str, body: Any) -> Response:
        if method == "PUT" and owner_id not in self.owners:
            return answer(self.add_owner(owner_id, body["name"]))
        return super().one_owner(method, owner_id, body)


class UnknownIsDeleted(Shop):
    def one_thing(self, method: str, thing_id: str, rest: list[str]) -> Response:
        if method == "DELETE" and thing_id not in self.things:
            return answer(status=204)
        return super().one_thing(method, thing_id, rest)


class UnknownDeletesTheLast(Shop):
    def one_thing(self, method: str, thing_id: str, rest: list[str]) -> Response:
        if method == "DELETE" and thing_id not in self.things and self.things:
            self.things.popitem()
        return super().one_thing(method, thing_id, rest)


_REPEATED = repeating_is_documented.RULE
_FAILED, _UNKNOWN = failure_changes_nothing.RULE, unknown_is_not_found.CHANGING_RULE
_BROKEN: tuple[tuple[Rule, type[Shop]], ...] = (
    (_REPEATED, ClosesOnceOnly),
    (_REPEATED, ClosingTwiceOpens),
    (_REPEATED, ClosingTwiceClosesAnother),
    (_FAILED, RefusedAndRenamed),
    (_FAILED, RefusedAndMade),
    (_FAILED, RefusedForItsTypeAndMade),
    (_UNKNOWN, UpsertsTheUnknown),
    (_UNKNOWN, UnknownIsDeleted),
    (_UNKNOWN, UnknownDeletesTheLast),
)


@pytest.mark.parametrize(
    ("rule", "broken"), _BROKEN, ids=[f"{r.name}-{b.__name__}" for r, b in _BROKEN]
)
def test_a_server_that_breaks_it_is_found_out(rule: Rule, broken: type[Shop]) -> None:
    @few
    @given(stocks(owners=2, things=2))
    def always(stock: dict[str, Any]) -> None:
        assert found(broken(**stock), rule)

    always()


class MakesTheGoodHalf(Shop):
    def create_things(self, body: Any) -> Response:
        told = super().create_things(body)
        if told.status == 404:
            super().create_things(
                [entry for entry in body if entry.get("owner") in [*self.owners]]
            )
        return told


def test_the_good_half_of_a_refused_request_is_an_assumption_only() -> None:
    findings = found(MakesTheGoodHalf(["o1", "o2"], [("t1", "o1")]), _FAILED)
    assert {finding.source for finding in findings} == {"decision"}


class TakesEverything(Shop):
    def create_owner(self, body: Any) -> Response:
        return answer(self.add_owner(f"own/é {len(self.owners)}", str(body)))


def test_what_is_not_refused_may_change_something() -> None:
    assert found(TakesEverything(["o1"], []), _FAILED) == []
