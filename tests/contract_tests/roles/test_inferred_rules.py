"""Rules fitted by inferred roles judge servers truly: no false alarm, and no fault passed over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

import pytest
from bookshop import CONTRACT, Bookshop, Record
from inspected import answer, world

import specs
from contract_tests.foreign import load
from contract_tests.roles.infer import infer
from contract_tests.run.inspection import inspect, plan
from contract_tests.target import stand_in
from contract_tests.wire.credential import Credential
from contract_tests.wire.exchange import Response
from contract_tests.wire.wire import Wire
from contract_tests.world.world import World


@pytest.fixture
def contract(tmp_path: Path) -> Any:
    path = tmp_path / "bookshop.json"
    path.write_text(json.dumps(CONTRACT))
    return load(path)


def findings(contract: Any, server: Bookshop) -> list[Any]:
    subject = world(contract, infer(contract), server)
    return inspect(subject, plan(subject)).findings


def test_a_server_that_keeps_to_its_document_is_not_accused(contract: Any) -> None:
    assert findings(contract, Bookshop()) == []


@pytest.mark.parametrize(("shelves", "books"), [(0, 0), (1, 0), (1, 1), (2, 51)])
def test_nor_is_one_with_few_or_many_things(contract: Any, shelves: int, books: int) -> None:
    assert findings(contract, Bookshop(shelves, books)) == []


def _query(name: str, kind: str = "integer") -> Record:
    return {"name": name, "in": "query", "schema": {"type": kind}}


class ByNumber(Bookshop):
    """Pages have numbers, and no size that is told to be the largest."""

    query = (_query("page"), _query("per_page"))
    shown: ClassVar[Record] = {}

    def listed(self, place: tuple[str, ...], query: Record) -> Response:
        size = int(query.get("per_page", 5))
        if size < 1:
            return answer({"error": "no"}, 400)
        offset = (int(query.get("page", 1)) - 1) * size
        asked = {**query, "limit": min(size, 50), "offset": offset}
        return super().listed(place, asked)


class ByToken(Bookshop):
    """A page tells the token of the next one."""

    query = (_query("cursor", "string"), _query("limit"))
    shown: ClassVar[Record] = {"next_cursor": {"type": "string", "nullable": True}}

    def listed(self, place: tuple[str, ...], query: Record) -> Response:
        size, offset = int(query.get("limit", 5)), int(query.get("cursor", "t0")[1:])
        page = super().listed(place, {**query, "limit": size, "offset": offset})
        if not page.ok:
            return page
        body = page.json()
        following = offset + size if offset + size < body["total"] else None
        return answer({**body, "next_cursor": following and self.address(place, query, following)})

    def address(self, _place: tuple[str, ...], _query: Record, offset: int) -> str:
        return f"t{offset}"


class ByAddress(ByToken):
    """A page tells the address of the next one."""

    shown: ClassVar[Record] = {"next_url": {"type": "string", "format": "uri", "nullable": True}}

    def listed(self, place: tuple[str, ...], query: Record) -> Response:
        page = super().listed(place, query)
        body = page.json()
        body["next_url"] = body.pop("next_cursor", None)
        return answer(body) if page.ok else page

    def address(self, place: tuple[str, ...], query: Record, offset: int) -> str:
        path = "/".join(quote(step, safe="") for step in place)
        return f"http://127.0.0.1:1/shop/{path}?{urlencode({**query, 'cursor': f't{offset}'})}"


def paged(folder: Path, server: Any) -> Any:
    """The contract of a bookshop with other pages."""
    document = json.loads(json.dumps(CONTRACT))
    for path in ("/shelves", "/shelves/{ShelfId}/books"):
        listing = document["paths"][path]["get"]
        kept = [p for p in listing["parameters"] if p["name"] not in {"limit", "offset"}]
        listing["parameters"] = [*kept, *server.query]
        shown = listing["responses"]["200"]["content"]["application/json"]["schema"]
        shown["properties"].update(server.shown)
    path_ = folder / "api.json"
    path_.write_text(json.dumps(document))
    return load(path_)


@pytest.mark.parametrize("server", [ByNumber, ByToken, ByAddress])
def test_nor_is_one_with_other_pages(tmp_path: Path, server: Any) -> None:
    contract_ = paged(tmp_path, server)
    assert infer(contract_).resource("shelf").list.pages  # type: ignore[union-attr]
    assert findings(contract_, server(2, 13)) == []


@pytest.mark.parametrize("server", [ByNumber, ByToken, ByAddress])
def test_a_page_that_lacks_one_is_found_however_pages_are_asked_for(
    tmp_path: Path, server: Any
) -> None:
    class Lacking(server):  # type: ignore[misc]
        def listed(self, place: tuple[str, ...], query: Record) -> Response:
            page = super().listed(place, query)
            body = page.json()
            if len(body.get("data", ())) > 1:
                body["data"].pop()
            return answer(body) if page.ok else page

    assert findings(paged(tmp_path, server), Lacking(2, 13)) != []


class Forgets(Bookshop):
    def make(self, place: tuple[str, ...], given: Record) -> Record:
        thing = super().make(place, given)
        return {**thing, "id": "another"} if self.clock > 30 else thing


class Keeps(Bookshop):
    def delete(self, place: tuple[str, ...], id_: str) -> Response:  # noqa: ARG002
        return answer(None, 204)


class ChangesNothing(Bookshop):
    def change(self, place: tuple[str, ...], id_: str, given: Record) -> None:
        pass


class ChangesAll(Bookshop):
    def change(self, place: tuple[str, ...], id_: str, given: Record) -> None:  # noqa: ARG002
        for other in self.things[place]:
            super().change(place, other, {"name": given["name"]})


class FiltersNothing(Bookshop):
    def matches(self, thing: Record, query: Record) -> bool:  # noqa: ARG002
        return True


class Repeats(Bookshop):
    def listed(self, place: tuple[str, ...], query: Record) -> Response:
        return super().listed(place, {**query, "offset": max(int(query.get("offset", 0)) - 1, 0)})


class GoesBack(Bookshop):
    def make(self, place: tuple[str, ...], given: Record) -> Record:
        thing = super().make(place, given)
        thing["updated_at"] = "2020-01-01T00:00:00Z"
        return thing


class NestedKeeps(Bookshop):
    def delete(self, place: tuple[str, ...], id_: str) -> Response:
        return super().delete(place, id_) if len(place) == 1 else answer(None, 204)


@pytest.mark.parametrize(
    "broken",
    [Forgets, Keeps, ChangesNothing, ChangesAll, FiltersNothing, Repeats, GoesBack, NestedKeeps],
)
def test_one_that_does_not_is(contract: Any, broken: type[Bookshop]) -> None:
    assert findings(contract, broken()) != []


@pytest.mark.slow
def test_over_sockets_too() -> None:
    """Our own contract, given as a file: its roles are inferred, and the stand-in keeps them."""
    contract_ = load(specs.path_of("ngrok"))
    with stand_in(vendor=("ngrok",)) as house:
        target = house.target("ngrok", "inferred")
        key = Credential("KEY", target.key, tuple(target.headers(contract_).items()))
        subject = World(contract_, infer(contract_), Wire(target.url), key, settle=house.settle)
        outcome = inspect(subject, plan(subject))
    assert outcome.findings == []
    assert any(name.startswith("deleted_is_gone: session") for name in outcome.tried)
