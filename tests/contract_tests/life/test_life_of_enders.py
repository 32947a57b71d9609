"""What deletion leaves behind, or takes with it, is found, whatever the stock is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from inspected import answer
from model_shop import Item, Shop
from shop_worlds import few, found, stocks

from contract_tests.checks import deleted_is_gone
from contract_tests.wire.exchange import Response


class EndsNothing(Shop):
    def delete_thing(self, _: Item) -> Response:
        return answer(status=204)


class Kept(Shop):
    """Remembers what it has deleted."""

    def __init__(self, owners: list[str], things: list[tuple[str, str]]) -> None:
        self.gone: dict[str, Item] = {}
        super().__init__(owners, things)

    def delete_thing(self, thing: Item) -> Response:
        self.gone[thing["id"]] = thing
        return super().delete_thing(thing)


class StillReadable(Kept):
    def one_thing(self, method: str, thing_id: str, rest: list[str]) -> Response:
        if method == "GET" and thing_id in self.gone and not rest:
            return answer(self.gone[thing_id])
        return super().one_thing(method, thing_id, rest)


class StillOnTheLastPage(Kept):
    def list_things(self, query: dict[str, str]) -> Item:
        page = super().list_things(query)
        if page["next"] is None and not query.get("owner"):
            page["things"] = [*page["things"], *self.gone.values()]
        return page


class StillFoundByOwner(Kept):
    def list_things(self, query: dict[str, str]) -> Item:
        page = super().list_things(query)
        if "owner" in query:
            page["things"] = [*page["things"], *self.gone.values()]
        return page


class StillInBatches(Kept):
    def answer(self, method: str, path: list[str], query: dict[str, str], body: Any) -> Response:
        if path == ["things", "batch"]:
            known = self.things.keys() | self.gone.keys()
            return answer([{"id": i, "state": "open"} for i in body["ids"] if i in known])
        return super().answer(method, path, query, body)


class StillHasAState(Kept):
    def one_thing(self, method: str, thing_id: str, rest: list[str]) -> Response:
        if rest == ["state"] and thing_id in self.gone:
            return answer({"id": thing_id, "state": "open"})
        return super().one_thing(method, thing_id, rest)


class StillInSmallPages(Kept):
    def list_things(self, query: dict[str, str]) -> Item:
        page = super().list_things(query)
        if "limit" in query:
            page["things"] = [*page["things"], *self.gone.values()]
        return page


class GoneTwice(Kept):
    def one_thing(self, method: str, thing_id: str, rest: list[str]) -> Response:
        if method == "DELETE" and thing_id in self.gone:
            return answer(status=204)
        return super().one_thing(method, thing_id, rest)


class TakesTheNewest(Shop):
    def delete_thing(self, _: Item) -> Response:
        self.things.popitem()
        return answer(status=204)


class TakesTheNextToo(Shop):
    def delete_thing(self, thing: Item) -> Response:
        told = super().delete_thing(thing)
        self.things.popitem()
        return told


class TakesAnotherAtTheSecondTime(Kept):
    def one_thing(self, method: str, thing_id: str, rest: list[str]) -> Response:
        if method == "DELETE" and thing_id in self.gone:
            self.things.popitem()
        return super().one_thing(method, thing_id, rest)


class ChangesTheOthers(Shop):
    def delete_thing(self, thing: Item) -> Response:
        told = super().delete_thing(thing)
        for other in self.things.values():
            other["label"] = "the rest"
        return told


class NeverMarked(Shop):
    def shown_owner(self, owner: Item) -> Item:
        return {**super().shown_owner(owner), "deleted": False}


class NotMarkedInLists(Shop):
    def list_owners(self, query: dict[str, str]) -> list[Item]:
        return [{**owner, "deleted": False} for owner in super().list_owners(query)]


class NeverRevealed(Shop):
    def is_listed(self, owner: Item, _: dict[str, str]) -> bool:
        return not owner["deleted"]


class OnlyDeletedRevealed(Shop):
    def is_listed(self, owner: Item, query: dict[str, str]) -> bool:
        return owner["deleted"] is (query.get("deleted") == "true")


class DeletedStayListed(Shop):
    def is_listed(self, *_: Any) -> bool:
        return True


class TakesThingsOfOthers(Shop):
    def delete_owner(self, owner: Item) -> Response:
        self.things.clear()
        return super().delete_owner(owner)


@pytest.mark.parametrize(
    "broken",
    [
        EndsNothing,
        StillReadable,
        StillOnTheLastPage,
        StillFoundByOwner,
        StillInBatches,
        StillHasAState,
        StillInSmallPages,
        GoneTwice,
        TakesTheNewest,
        TakesTheNextToo,
        TakesAnotherAtTheSecondTime,
        ChangesTheOthers,
        NeverMarked,
        NotMarkedInLists,
        NeverRevealed,
        OnlyDeletedRevealed,
        DeletedStayListed,
        TakesThingsOfOthers,
    ],
)
def test_a_deletion_that_is_none_is_found_out(broken: type[Shop]) -> None:
    @few
    @given(stocks(owners=2, things=2))
    def always(stock: dict[str, Any]) -> None:
        assert found(broken(**stock), deleted_is_gone.RULE)

    always()


class TakesItsOwnThings(Shop):
    def delete_owner(self, owner: Item) -> Response:
        own = [t["id"] for t in self.things.values() if t["owner"]["id"] == owner["id"]]
        for thing_id in own:
            del self.things[thing_id]
        return super().delete_owner(owner)


@few
@given(stocks(owners=1, things=1))
def test_what_belonged_to_a_deleted_one_may_go_with_it(stock: dict[str, Any]) -> None:
    assert found(TakesItsOwnThings(**stock), deleted_is_gone.RULE) == []
