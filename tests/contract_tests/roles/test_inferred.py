"""Roles from a document alone: what they are, how they are shown, and corrected."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bookshop import CONTRACT, Record

from contract_tests.foreign import load
from contract_tests.roles.explain import explained
from contract_tests.roles.infer import infer
from contract_tests.roles.merge import corrected, merged
from contract_tests.roles.model import Roles
from contract_tests.roles.read import BadRoles


@pytest.fixture
def contract(tmp_path: Path) -> Any:
    path = tmp_path / "bookshop.json"
    path.write_text(json.dumps(CONTRACT))
    return load(path)


def test_resources_and_their_owners_are_found(contract: Any) -> None:
    shelf, book = infer(contract).resources
    assert (shelf.name, shelf.id, shelf.parent) == ("shelf", "/id", None)
    assert (book.name, book.id) == ("book", "/id")
    assert book.parent
    assert (book.parent.to, book.parent.field) == ("shelf", "/shelf_id")
    assert book.list
    assert book.list.parent == "ShelfId"


def test_a_list_has_its_items_pages_and_filters(contract: Any) -> None:
    listing = infer(contract).resource("shelf").list
    assert listing
    assert listing.pages
    assert listing.items == "/data"
    assert (listing.pages.size, listing.pages.largest) == ("limit", 50)
    assert (listing.pages.cursor, listing.pages.cursor_kind) == ("offset", "offset")
    assert [(f.parameter, f.field) for f in listing.filters] == [("genre", "/genre")]


def test_what_one_can_do_with_an_item_is_found(contract: Any) -> None:
    shelf = infer(contract).resource("shelf")
    assert shelf.create
    assert shelf.delete
    assert shelf.create.varied == {"#/name": "CT {word}"}
    assert shelf.create.same == {"#/name": "/name", "#/genre": "/genre"}
    assert shelf.delete.gone.statuses == (404,)
    assert shelf.in_order == ("/created_at", "/updated_at")


def test_what_is_explained_is_what_is_inferred(contract: Any, tmp_path: Path) -> None:
    path = tmp_path / "roles.yaml"
    path.write_text(explained(contract))
    assert corrected(Roles(), path) == infer(contract)


def test_an_explanation_says_what_a_role_comes_from(contract: Any) -> None:
    assert "# GET /shelves answers objects at /data" in explained(contract)


def test_corrections_are_laid_over_what_is_inferred(contract: Any) -> None:
    given = {"resources": [{"name": "shelf", "moving": ["/genre"], "delete": None}]}
    known = infer(contract)
    shelf = merged(known, given).resource("shelf")
    assert (shelf.moving, shelf.delete) == (("/genre",), None)
    assert shelf.create == known.resource("shelf").create
    assert merged(known, given).resource("book") == known.resource("book")


def test_a_resource_can_be_omitted_or_added(contract: Any) -> None:
    given = {"omit": ["book"], "resources": [{"name": "new", "id": "/id"}]}
    assert [r.name for r in merged(infer(contract), given).resources] == ["shelf", "new"]


def test_a_correction_that_is_not_understood_is_refused(contract: Any) -> None:
    with pytest.raises(BadRoles, match=r"resources\.1.*lists"):
        merged(infer(contract), {"resources": [{"name": "book", "lists": {}}]})


def _document(item: Record, **paths: Any) -> Record:
    shown = {"200": {"description": "", "content": {"application/json": {"schema": item}}}}
    listed = {"type": "array", "items": item}
    answers = {"200": {"description": "", "content": {"application/json": {"schema": listed}}}}
    id_ = {"name": "petId", "in": "path", "required": True, "schema": {"type": "integer"}}
    return {
        "openapi": "3.0.3",
        "paths": {
            "/pets": {"get": {"responses": answers, **paths.get("listing", {})}},
            "/pet/{petId}": {
                "get": {"parameters": [id_], "responses": shown},
                **paths.get("one", {}),
            },
        },
    }


def _read(folder: Path, document: Record) -> Roles:
    path = folder / "api.json"
    path.write_text(json.dumps(document))
    return infer(load(path))


PET = {"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}


def test_singular_and_plural_paths_belong_together(tmp_path: Path) -> None:
    (pet,) = _read(tmp_path, _document(PET)).resources
    assert pet.list
    assert pet.read


@pytest.mark.parametrize(
    ("answers", "statuses"),
    [
        ({"204": {"description": ""}}, ()),
        ({"202": {"description": ""}}, None),
        ({"200": {"description": ""}, "202": {"description": ""}}, None),
    ],
)
def test_an_ending_that_tells_little_is_left_as_it_is(
    tmp_path: Path, answers: Record, statuses: Any
) -> None:
    """No 404: nothing is said about a second time. 202: it may end much later."""
    (pet,) = _read(tmp_path, _document(PET, one={"delete": {"responses": answers}})).resources
    assert (pet.delete and pet.delete.gone.statuses) == statuses


@pytest.mark.parametrize(
    "parameter",
    [
        {"name": "name", "in": "query", "schema": {"type": "string"}},
        {"name": "id", "in": "query", "schema": {"type": "string"}},
        {"name": "id", "in": "query", "schema": {"type": "integer", "default": 1}},
        {
            "name": "id",
            "in": "query",
            "description": "Ids after it",
            "schema": {"type": "integer"},
        },
    ],
)
def test_a_parameter_that_may_be_no_filter_is_none(tmp_path: Path, parameter: Record) -> None:
    (pet,) = _read(tmp_path, _document(PET, listing={"parameters": [parameter]})).resources
    assert pet.list
    assert pet.list.filters == ()


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("deleted_at", {"type": "string"}),
        ("state", {"type": "string", "enum": ["on", "archived"]}),
    ],
)
def test_what_is_marked_as_ended_is_not_said_to_vanish(
    tmp_path: Path, name: str, field: Record
) -> None:
    marked = {**PET, "properties": {**PET["properties"], name: field}}
    ending = {"delete": {"responses": {"204": {"description": ""}}}}
    (pet,) = _read(tmp_path, _document(marked, one=ending)).resources
    assert pet.delete is None


@pytest.mark.parametrize("name", ["page_token", "limit", "before", "pageNo"])
def test_a_list_of_which_some_may_be_missing_is_no_whole_list(tmp_path: Path, name: str) -> None:
    parameter = {"name": name, "in": "query", "schema": {"type": "string"}}
    (pet,) = _read(tmp_path, _document(PET, listing={"parameters": [parameter]})).resources
    assert pet.list is None
    assert pet.read


def test_without_an_id_there_is_no_resource(tmp_path: Path) -> None:
    nameless = {"type": "object", "properties": {"colour": {"type": "string"}}}
    assert _read(tmp_path, _document(nameless)).resources == ()
