"""Rules that only read find each of these servers out, whatever its stock is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from inspected import answer
from model_shop import HOME, NOT_FOUND, Item, Shop
from shop_worlds import few, found, stocks

from contract_tests.checks import (
    ids_agree,
    reading_changes_nothing,
    references_resolve,
    unknown_is_not_found,
)
from contract_tests.wire.exchange import Response


class ReadingCloses(Shop):
    def shown_thing(self, thing: Item) -> Item:
        was = dict(thing)
        thing["state"] = "read"
        return was


class BatchForgetsTheLast(Shop):
    def answer(self, method: str, path: list[str], query: dict[str, str], body: Any) -> Response:
        told = super().answer(method, path, query, body)
        if path == ["things", "batch"]:
            self.things.pop(body["ids"][-1], None)
        return told


class HeadDeletes(Shop):
    def answer(self, method: str, path: list[str], query: dict[str, str], body: Any) -> Response:
        if method == "HEAD" and path == ["things"] and self.things:
            self.things.popitem()
        return super().answer(method, path, query, body)


class StateRelabels(Shop):
    def state(self, thing_id: str) -> Item:
        self.things[thing_id]["label"] += "!"
        return super().state(thing_id)


class ListsInTurn(Shop):
    def list_owners(self, query: dict[str, str]) -> list[Item]:
        self.reads += 1
        return super().list_owners(query)[self.reads % 2 :]


class CountsReaders(Shop):
    def shown_owner(self, owner: Item) -> Item:
        return {**super().shown_owner(owner), "note": self.reads}


class LastReadsFirst(Shop):
    def shown_thing(self, thing: Item) -> Item:
        items = list(self.things.values())
        return items[0] if thing is items[-1] else thing


class LabelsDiffer(Shop):
    def shown_thing(self, thing: Item) -> Item:
        last = thing is list(self.things.values())[-1]
        return {**thing, "label": thing["label"] + "?"} if last else thing


class InnerPartDiffers(Shop):
    def shown_owner(self, owner: Item) -> Item:
        return {**super().shown_owner(owner), "parts": [{"a": 2}, None]}


class FirstCannotBeRead(Shop):
    def one_thing(self, method: str, thing_id: str, rest: list[str]) -> Response:
        is_first = thing_id == next(iter(self.things), None)
        return NOT_FOUND if is_first and not rest else super().one_thing(method, thing_id, rest)


class AddressOfAnother(Shop):
    def add_thing(self, thing_id: str, owner_id: str, label: str) -> Item:
        made = super().add_thing(thing_id, owner_id, label)
        made["uri"] = next(iter(self.things.values()))["uri"]
        return made


class AddressOfAnotherSort(Shop):
    def shown_thing(self, thing: Item) -> Item:
        return {**thing, "uri": thing["uri"].replace("/things/", "/thing/")}


class ListElsewhere(Shop):
    def list_things(self, query: dict[str, str]) -> Item:
        return {**super().list_things(query), "uri": f"{HOME}/owners"}


class ListsTwice(Shop):
    def list_owners(self, query: dict[str, str]) -> list[Item]:
        owners = super().list_owners(query)
        return [*owners, *owners[-1:]]


class StateOfAnother(Shop):
    def state(self, _: str) -> Item:
        return super().state(next(iter(self.things)))


class OwnerIsNobody(Shop):
    def add_thing(self, thing_id: str, owner_id: str, label: str) -> Item:
        made = super().add_thing(thing_id, owner_id, label)
        if len(self.things) > 1:
            made["owner"]["id"] = made["owner"]["id"] + "x"
        return made


class OwnersAddressIsAnothers(Shop):
    def add_thing(self, thing_id: str, owner_id: str, label: str) -> Item:
        made = super().add_thing(thing_id, owner_id, label)
        if len(self.things) > 1:
            made["owner"]["uri"] += "0"
        return made


class OwnersReadAsAnother(Shop):
    def shown_owner(self, owner: Item) -> Item:
        return {**super().shown_owner(owner), "id": owner["id"] + "0"}


class UnknownIsTheFirst(Shop):
    def one_thing(self, method: str, thing_id: str, rest: list[str]) -> Response:
        known = thing_id if thing_id in self.things else next(iter(self.things))
        return super().one_thing(method, known, rest)


class OwnersAreThingsToo(Shop):
    def one_thing(self, method: str, thing_id: str, rest: list[str]) -> Response:
        if thing_id in self.owners and not rest:
            return answer(self.owners[thing_id])
        return super().one_thing(method, thing_id, rest)


class UnknownHasAState(Shop):
    def one_thing(self, method: str, thing_id: str, rest: list[str]) -> Response:
        if rest == ["state"]:
            return answer({"id": thing_id, "state": "open"})
        return super().one_thing(method, thing_id, rest)


_BROKEN = (
    (reading_changes_nothing, ReadingCloses),
    (reading_changes_nothing, BatchForgetsTheLast),
    (reading_changes_nothing, HeadDeletes),
    (reading_changes_nothing, StateRelabels),
    (reading_changes_nothing, ListsInTurn),
    (reading_changes_nothing, CountsReaders),
    (ids_agree, LastReadsFirst),
    (ids_agree, LabelsDiffer),
    (ids_agree, InnerPartDiffers),
    (ids_agree, FirstCannotBeRead),
    (ids_agree, AddressOfAnother),
    (ids_agree, AddressOfAnotherSort),
    (ids_agree, ListElsewhere),
    (ids_agree, ListsTwice),
    (ids_agree, StateOfAnother),
    (references_resolve, OwnerIsNobody),
    (references_resolve, OwnersAddressIsAnothers),
    (references_resolve, OwnersReadAsAnother),
    (unknown_is_not_found, UnknownIsTheFirst),
    (unknown_is_not_found, OwnersAreThingsToo),
    (unknown_is_not_found, UnknownHasAState),
)


@pytest.mark.parametrize(("rule", "broken"), _BROKEN, ids=lambda each: each.__name__)
def test_a_server_that_breaks_it_is_found_out(rule: Any, broken: type[Shop]) -> None:
    @few
    @given(stocks(owners=2, things=2))
    def always(stock: dict[str, Any]) -> None:
        assert found(broken(**stock), rule.RULE)

    always()


def test_another_host_in_an_address_is_an_assumption_only() -> None:
    shop = Shop(["o1"], [("t1", "o1")])
    shop.things["t1"]["uri"] = "https://elsewhere.example.com/things/t1"
    assert {finding.source for finding in found(shop, ids_agree.RULE)} == {"decision"}


def test_what_reading_changes_is_told_of_the_operation_that_did_it() -> None:
    shop = ReadingCloses(["o1"], [("t1", "o1"), ("t2", "o1")])
    labels = {finding.operation for finding in found(shop, reading_changes_nothing.RULE)}
    assert labels == {"GET /things/{id}"}
