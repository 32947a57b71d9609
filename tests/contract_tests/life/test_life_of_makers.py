"""Rules that create and change find each of these servers out, whatever its stock is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from inspected import answer
from model_shop import BAD, NOT_FOUND, Item, Shop
from shop_worlds import few, found, stocks

from contract_tests.checks import (
    created_is_readable,
    created_together,
    update_is_visible,
)
from contract_tests.checks.rule import Rule
from contract_tests.wire.exchange import Response


class MakesNothing(Shop):
    def create_thing(self, entry: Item) -> None:
        pass


class MakesTwo(Shop):
    def create_thing(self, entry: Item) -> None:
        super().create_thing(entry)
        super().create_thing(entry)


class NewOnesAreUnlisted(Shop):
    def list_owners(self, query: dict[str, str]) -> list[Item]:
        return [o for o in super().list_owners(query) if not o["id"].startswith("own/")]


class NewOnesCannotBeRead(Shop):
    def one_owner(self, method: str, owner_id: str, body: Any) -> Response:
        if method == "GET" and owner_id.startswith("own/"):
            return NOT_FOUND
        return super().one_owner(method, owner_id, body)


class LosesOddSigns(Shop):
    def add_owner(self, owner_id: str, name: str) -> Item:
        return super().add_owner(owner_id, name.encode("ascii", "ignore").decode())


class OneIdForAll(Shop):
    def create_owner(self, body: Any) -> Response:
        self.made = 0
        return super().create_owner(body)


class RenamesTheOneBefore(Shop):
    def create_owner(self, body: Any) -> Response:
        if self.made:
            self.owners[f"own/é {self.made}"]["name"] = "old"
        return super().create_owner(body)


class SaysOtherThanItMade(Shop):
    def create_owner(self, body: Any) -> Response:
        told = super().create_owner(body)
        self.owners[f"own/é {self.made}"]["parts"] = []
        return told


class ForAnotherOwner(Shop):
    def create_thing(self, entry: Item) -> None:
        super().create_thing({**entry, "owner": next(iter(self.owners))})


class LabelsAreLost(Shop):
    def create_thing(self, entry: Item) -> None:
        super().create_thing({**entry, "label": "thing"})


class ClosesTheOthers(Shop):
    def create_thing(self, entry: Item) -> None:
        for thing in self.things.values():
            thing["state"] = "closed"
        super().create_thing(entry)


class OnlyTheFirst(Shop):
    def create_things(self, body: Any) -> Response:
        return super().create_things(body[:1] if isinstance(body, list) else body)


class AllOfTheFirstOwner(Shop):
    def create_things(self, body: Any) -> Response:
        if isinstance(body, list) and all(isinstance(entry, dict) for entry in body):
            body = [{**entry, "owner": body[0].get("owner")} for entry in body]
        return super().create_things(body)


class AllWithTheLastLabel(Shop):
    def create_things(self, body: Any) -> Response:
        if isinstance(body, list) and all(isinstance(entry, dict) for entry in body):
            body = [{**entry, "label": body[-1].get("label")} for entry in body]
        return super().create_things(body)


class OneAtATime(Shop):
    def create_things(self, body: Any) -> Response:
        return BAD if isinstance(body, list) and len(body) > 1 else super().create_things(body)


class RenamesNothing(Shop):
    def rename(self, owner: Item, body: Any) -> Response:
        return super().rename(dict(owner), body)


class ListsOldNames(Shop):
    def list_owners(self, query: dict[str, str]) -> list[Item]:
        return [{**o, "name": o.get("old", o["name"])} for o in super().list_owners(query)]

    def rename(self, owner: Item, body: Any) -> Response:
        owner.setdefault("old", owner["name"])
        return super().rename(owner, body)


class RenamingRemovesNotes(Shop):
    def rename(self, owner: Item, body: Any) -> Response:
        owner.pop("parts", None)
        return super().rename(owner, body)


class RenamesTheNextToo(Shop):
    def rename(self, owner: Item, body: Any) -> Response:
        told = super().rename(owner, body)
        others = [o for o in self.owners.values() if o is not owner]
        if told.ok:
            others[-1]["name"] = owner["name"]
        return told


class RenamingLosesOddSigns(Shop):
    def rename(self, owner: Item, body: Any) -> Response:
        told = super().rename(owner, body)
        owner["name"] = owner["name"].encode("ascii", "ignore").decode()
        return told


class RenamesOnceOnly(Shop):
    def rename(self, owner: Item, body: Any) -> Response:
        if "once" in owner:
            return answer(body=True)
        owner["once"] = None
        return super().rename(owner, body)


class RenamingClosesThings(Shop):
    def rename(self, owner: Item, body: Any) -> Response:
        for thing in self.things.values():
            thing["state"] = "closed"
        return super().rename(owner, body)


_CREATED, _TOGETHER, _UPDATED = (
    created_is_readable.RULE,
    created_together.RULE,
    update_is_visible.RULE,
)
_BROKEN: tuple[tuple[Rule, type[Shop]], ...] = (
    (_CREATED, MakesNothing),
    (_CREATED, MakesTwo),
    (_CREATED, NewOnesAreUnlisted),
    (_CREATED, NewOnesCannotBeRead),
    (_CREATED, LosesOddSigns),
    (_CREATED, OneIdForAll),
    (_CREATED, RenamesTheOneBefore),
    (_CREATED, SaysOtherThanItMade),
    (_CREATED, LabelsAreLost),
    (_CREATED, ClosesTheOthers),
    (_TOGETHER, ForAnotherOwner),
    (_TOGETHER, OnlyTheFirst),
    (_TOGETHER, AllOfTheFirstOwner),
    (_TOGETHER, AllWithTheLastLabel),
    (_TOGETHER, OneAtATime),
    (_TOGETHER, MakesTwo),
    (_UPDATED, RenamesNothing),
    (_UPDATED, ListsOldNames),
    (_UPDATED, RenamingRemovesNotes),
    (_UPDATED, RenamesTheNextToo),
    (_UPDATED, RenamesOnceOnly),
    (_UPDATED, RenamingClosesThings),
    (_UPDATED, RenamingLosesOddSigns),
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
