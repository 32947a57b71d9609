"""What is done to things that no request names is found, also where it is done only once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from inspected import answer, tried, world
from model_shop import CONTRACT, OWNER, ROLES, THING, Item, Shop
from shop_worlds import few, found, many, stocks

from contract_tests.checks import others_are_left_alone, reading_changes_nothing, update_is_visible
from contract_tests.checks.rule import Rule
from contract_tests.findings.finding import Grade
from contract_tests.roles.model import Act, Listing, Roles
from contract_tests.run.inspection import inspect, plan
from contract_tests.wire.exchange import Response

RULE, READING = others_are_left_alone.RULE, reading_changes_nothing.RULE


class CreationErases(Shop):
    def create_owner(self, body: Any) -> Response:
        next(iter(self.owners.values()))["parts"] = []
        return super().create_owner(body)


class DeletionRenamesAll(Shop):
    def delete_owner(self, owner: Item) -> Response:
        for one in self.owners.values():
            one["name"] = "nobody"
        return super().delete_owner(owner)


class ClosingErasesTheOwner(Shop):
    def close(self, thing: Item) -> Response:
        self.owners[thing["owner"]["id"]]["name"] = None
        return super().close(thing)


class ClosingClosesItsNeighbours(Shop):
    def close(self, thing: Item) -> Response:
        for one in self.things.values():
            one["state"] = "closed"
        return super().close(thing)


class CreationMovesIn(Shop):
    def create_thing(self, entry: Item) -> None:
        for one in self.things.values():
            one["label"] = entry["label"]
        super().create_thing(entry)


_BROKEN = (
    CreationErases,
    DeletionRenamesAll,
    ClosingErasesTheOwner,
    ClosingClosesItsNeighbours,
    CreationMovesIn,
)


@pytest.mark.parametrize("broken", _BROKEN, ids=lambda each: each.__name__)
def test_what_is_done_to_others_is_found(broken: type[Shop]) -> None:
    @few
    @given(stocks(owners=2, things=3))
    def always(stock: dict[str, Any]) -> None:
        assert found(broken(**stock), RULE)

    always()


@many
@given(stocks())
def test_a_correct_server_is_not_accused(stock: dict[str, Any]) -> None:
    assert not found(Shop(**stock), RULE, READING)


class Poked(Shop):
    """Takes `POST /owners/{id}/poke`, and does nothing."""

    def answer(self, method: str, path: list[str], query: dict[str, str], body: Any) -> Response:
        match method, path:
            case "POST", ["owners", owner_id, "poke"]:
                self.poke(self.owners[owner_id])
                return answer(body=True)
        return super().answer(method, path, query, body)

    def poke(self, owner: Item) -> None:
        owner["seen"] += 1


class PokeRenames(Poked):
    def poke(self, owner: Item) -> None:
        owner["name"] = "poked"


class PokeCloses(Poked):
    def poke(self, owner: Item) -> None:
        super().poke(owner)
        for thing in self.things.values():
            thing["state"] = "closed"


def _poked(shop: Shop, roles: Roles) -> bool:
    taken = CONTRACT["paths"]["/owners/{id}"]["get"]
    poke = {"post": {**taken, "operationId": "poke_owner"}}
    contract = {"paths": {**CONTRACT["paths"], "/owners/{id}/poke": poke}}
    return bool(tried(RULE.check(world(contract, roles, shop), "")))


_POKED = Roles(resources=(replace(OWNER, unmoved_by=(Act("poke_owner", "id"),)), THING))


@pytest.mark.parametrize("broken", [PokeRenames, PokeCloses])
def test_what_should_move_nothing_is_looked_after(broken: type[Shop]) -> None:
    @few
    @given(stocks(owners=2, things=2))
    def always(stock: dict[str, Any]) -> None:
        assert _poked(broken(**stock), _POKED)
        assert not _poked(Poked(**stock), _POKED)

    always()


@few
@given(stocks(owners=2, things=2))
def test_what_no_role_names_may_change_what_it_is_about_only(stock: dict[str, Any]) -> None:
    assert not _poked(PokeRenames(**stock), ROLES)
    assert _poked(PokeCloses(**stock), ROLES)


class EverySecondReadingDiffers(Shop):
    def shown_thing(self, thing: Item) -> Item:
        self.reads += thing is list(self.things.values())[1]
        return {**thing, "label": "other"} if self.reads % 2 else thing


class ThirdReadingRemoves(Shop):
    def one_thing(self, method: str, thing_id: str, rest: list[str]) -> Response:
        if thing_id == list(self.things)[-1] and method == "GET" and not rest:
            self.reads += 1
            if self.reads == 3:
                self.things.pop(thing_id)
        return super().one_thing(method, thing_id, rest)

    def shown_owner(self, owner: Item) -> Item:
        return owner


class FilterCloses(Shop):
    def list_things(self, query: dict[str, str]) -> Item:
        shown = super().list_things(query)
        if "owner" in query:
            shown = {**shown, "things": [dict(thing) for thing in shown["things"]]}
            for thing in self.things.values():
                thing["state"] = "closed"
        return shown


@pytest.mark.parametrize("broken", [EverySecondReadingDiffers, ThirdReadingRemoves, FilterCloses])
def test_what_reading_does_is_found(broken: type[Shop]) -> None:
    @few
    @given(stocks(owners=1, things=3))
    def always(stock: dict[str, Any]) -> None:
        assert found(broken(**stock), READING)

    always()


class FirstUpdateErases(Shop):
    def rename(self, owner: Item, body: Any) -> Response:
        owner["parts"] = []
        return super().rename(owner, body)


def _cited(roles: Roles) -> Roles:
    cited = Listing("list_owners", filters=OWNER.list.filters if OWNER.list else (), source="A:1")
    return replace(roles, resources=(replace(OWNER, list=cited, create=None), THING))


def _flaky(roles: Roles, rule: Rule) -> Iterator[bool]:
    shop = FirstUpdateErases(["o1"], [])
    before = world(CONTRACT, roles, shop)
    causes = inspect(before, plan(before, [rule])).causes
    yield from (cause.flaky for cause in causes if cause.findings[0].change)


def test_what_was_done_for_good_is_certain_though_it_is_seen_once() -> None:
    assert False in set(_flaky(_cited(ROLES), update_is_visible.RULE))


def test_where_nobody_knows_what_moves_by_itself_it_stays_doubtful() -> None:
    roles = replace(ROLES, resources=(replace(OWNER, create=None), THING))
    assert set(_flaky(roles, update_is_visible.RULE)) == {True}


class VisitorsCome(Shop):
    def shown_thing(self, thing: Item) -> Item:
        self.made += 1
        self.add_thing(f"new{self.made}", thing["owner"]["id"], "visitor")
        return thing


@few
@given(stocks(owners=1, things=1))
def test_what_no_operation_makes_may_come_from_elsewhere(stock: dict[str, Any]) -> None:
    roles = Roles(resources=(OWNER, replace(THING, create=None)))
    findings = tried(READING.check(world(CONTRACT, roles, VisitorsCome(**stock)), ""))
    assert {finding.grade for finding in findings} == {Grade.ASSUMPTION}
