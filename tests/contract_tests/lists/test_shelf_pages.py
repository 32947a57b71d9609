"""Shelves and pointers: the next page by any way that a contract names, and places with stars."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspected import answer, world
from reference_rig import world_of

from benchmarks.mutation.pingplotter import PingPlotter
from contract_tests.calls import pointer
from contract_tests.roles.model import Listing, Pages, Resource, Roles
from contract_tests.wire.exchange import Request, Response
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import NotTried, Permits

WAYS = {
    "link": Pages(size="limit", next="Link", cursor="offset", cursor_kind="offset"),
    "address": Pages(size="limit", next="/next"),
    "token": Pages(size="limit", next="/token", cursor="offset", cursor_kind="token"),
    "offset": Pages(size="limit", cursor="offset", cursor_kind="offset"),
}
PARAMETERS = [
    {"name": n, "in": "query", "schema": {"type": "string"}} for n in ("limit", "offset")
]
CONTRACT: dict[str, Any] = {
    "paths": {
        "/things": {"get": {"operationId": "list", "parameters": PARAMETERS, "responses": {}}}
    }
}


def things(count: int, way: str) -> Shelf:
    """Serve so many things in pages of two, and return their shelf."""

    def server(request: Request) -> Response:
        query = dict(
            part.split("=") for part in request.target.partition("?")[2].split("&") if part
        )
        offset = int(query.get("offset", 0))
        following = offset + 2
        body: dict[str, Any] = {"items": [{"id": n} for n in range(count)][offset:following]}
        if following >= count:
            return answer(body)
        if way == "link":
            return answer(body, Link=f'<http://x/things?offset={following}>; rel="next"')
        named = {
            "address": {"next": f"/things?offset={following}"},
            "token": {"token": f"{following}"},
        }
        return answer(body | named.get(way, {}))

    listing = Listing(operation="list", items="/items", pages=WAYS[way])
    resource = Resource(name="thing", id="/id", list=listing)
    return Shelf(world(CONTRACT, Roles(resources=(resource,)), server), resource)


@given(count=st.integers(0, 9), way=st.sampled_from(sorted(WAYS)))
def test_every_page_is_found_by_each_way_to_the_next(count: int, way: str) -> None:
    shelf = things(count, way)
    assert [shelf.id_of(item) for item in shelf.all()] == list(range(count))


def test_pages_that_bring_nothing_new_are_left() -> None:
    shelf = things(4, "address")
    shelf.world.wire.server = lambda _: answer({"items": [{"id": 1}], "next": "/things?offset=1"})  # type: ignore[attr-defined]
    assert shelf.all() == [{"id": 1}]


def test_owners_are_made_once_and_used_again() -> None:
    known = world_of("pingplotter", PingPlotter(0))
    shelf = Shelf(known, known.roles.resource("session"))
    first = shelf.owners(2)
    assert len(set(first)) == 2
    assert set(shelf.owners(2)) == set(first)


def test_owners_that_cannot_be_made_are_chosen_among_those_that_exist() -> None:
    app = PingPlotter(3)
    app.create_agent = lambda _: app.error(403, "no")  # type: ignore[method-assign]
    known = world_of("pingplotter", app)
    shelf = Shelf(known, known.roles.resource("session"))
    assert set(shelf.owners(2)) < set(app.agents)
    careful = replace(known, permits=Permits(writing=True, existing=False))
    with pytest.raises(NotTried):
        Shelf(careful, shelf.resource).owners(2)


JSON = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@given(documents=st.lists(st.dictionaries(st.text(), JSON, max_size=3), max_size=4))
def test_what_is_taken_out_is_not_found_and_the_original_stays(documents: list[Any]) -> None:
    before = json.dumps(documents)
    for name in {name for document in documents for name in document}:
        place = f"/*/{name.replace('~', '~0').replace('/', '~1')}"
        assert pointer.found(pointer.without(documents, [place]), place) == []
    assert json.dumps(documents) == before


def test_a_star_is_every_item_and_every_key() -> None:
    document = {"a": [{"b": 1}, {"b": 2}, {}], "c": {"x": {"b": 3}}}
    assert pointer.found(document, "/a/*/b") == [1, 2]
    assert pointer.found(document, "/c/*/b") == [3]
    assert pointer.without(document, ["/a/*/b", "/c"]) == {"a": [{}, {}, {}]}
