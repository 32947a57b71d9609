"""One edit of a contract outside of its schemas is found, and classified."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from contract_tests.changes import Effect, changes

Node = dict[str, Any]
BREAKS, MAY, FINE = Effect.BREAKS, Effect.MAY_BREAK, Effect.COMPATIBLE
TEXT: Node = {"type": "string"}
JSON: Node = {"application/json": {"schema": {"type": "object", "properties": {"a": TEXT}}}}
_WRITTEN: Node = {
    "openapi": "3.0.3",
    "servers": [{"url": "https://api.example.com"}],
    "security": [{"key": []}],
    "x-unknown-query-parameters": "ignore",
    "components": {
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "X-KEY"},
            "bearer": {"type": "http", "scheme": "bearer"},
        }
    },
    "paths": {
        "/things/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": TEXT}],
            "get": {
                "operationId": "get_thing",
                "parameters": [
                    {"name": "all", "in": "query", "schema": {"type": "boolean", "default": True}},
                    {"name": "X-Way", "in": "header", "required": True, "schema": TEXT},
                ],
                "responses": {
                    "200": {
                        "content": JSON,
                        "headers": {"X-Left": {"required": True, "schema": {"type": "integer"}}},
                    },
                    "404": {"content": JSON},
                },
            },
            "put": {
                "operationId": "update_thing",
                "requestBody": {"content": JSON},
                "responses": {"204": {}},
            },
        }
    },
}
# Without anything shared, so that one edit is at one place.
CONTRACT: Node = json.loads(json.dumps(_WRITTEN))
GET = ("paths", "/things/{id}", "get")
PUT = ("paths", "/things/{id}", "put")


def at(contract: Node, *keys: Any) -> Any:
    node: Any = contract
    for key in keys:
        node = node[key]
    return node


def setting(*keys: Any, to: Any) -> Callable[[Node], None]:
    def edit(contract: Node) -> None:
        at(contract, *keys[:-1])[keys[-1]] = to

    return edit


def dropping(*keys: Any) -> Callable[[Node], None]:
    def edit(contract: Node) -> None:
        del at(contract, *keys[:-1])[keys[-1]]

    return edit


def adding(*keys: Any, item: Any) -> Callable[[Node], None]:
    def edit(contract: Node) -> None:
        at(contract, *keys).append(item)

    return edit


PARAMETERS = (*GET, "parameters")
NEW = {"name": "more", "in": "query", "schema": TEXT}
EDITS: dict[str, tuple[Callable[[Node], None], Effect, str]] = {
    "operation gone": (dropping(*PUT), BREAKS, "PUT /things/{id}"),
    "operation new": (
        setting("paths", "/others", to={"get": {"responses": {"200": {}}}}),
        FINE,
        "GET /others",
    ),
    "operation renamed": (setting(*GET, "operationId", to="x"), MAY, "GET /things/{id}"),
    "deprecated": (setting(*GET, "deprecated", to=True), FINE, "GET /things/{id}"),
    "parameter gone": (dropping(*PARAMETERS, 0), BREAKS, "GET /things/{id} ?all"),
    "parameter new": (adding(*PARAMETERS, item=NEW), FINE, "GET /things/{id} ?more"),
    "parameter new and required": (
        adding(*PARAMETERS, item={**NEW, "required": True}),
        BREAKS,
        "GET /things/{id} ?more",
    ),
    "parameter required": (
        setting(*PARAMETERS, 0, "required", to=True),
        BREAKS,
        "GET /things/{id} ?all",
    ),
    "parameter optional": (
        setting(*PARAMETERS, 1, "required", to=False),
        FINE,
        "GET /things/{id} #X-Way",
    ),
    "parameter narrowed": (
        setting(*PARAMETERS, 1, "schema", to={"type": "string", "enum": ["a"]}),
        BREAKS,
        "GET /things/{id} #X-Way",
    ),
    "parameter's default": (
        setting(*PARAMETERS, 0, "schema", "default", to=False),
        MAY,
        "GET /things/{id} ?all",
    ),
    "parameter written otherwise": (
        setting(*PARAMETERS, 0, "explode", to=False),
        BREAKS,
        "GET /things/{id} ?all",
    ),
    "body required": (
        setting(*PUT, "requestBody", "required", to=True),
        BREAKS,
        "PUT /things/{id} body",
    ),
    "body gone": (dropping(*PUT, "requestBody"), MAY, "PUT /things/{id} body"),
    "body new": (
        setting(*GET, "requestBody", to={"content": JSON}),
        FINE,
        "GET /things/{id} body",
    ),
    "success gone": (dropping(*GET, "responses", "200"), BREAKS, "GET /things/{id} 200"),
    "success new": (setting(*GET, "responses", "202", to={}), MAY, "GET /things/{id} 202"),
    "error gone": (dropping(*GET, "responses", "404"), MAY, "GET /things/{id} 404"),
    "error new": (setting(*GET, "responses", "429", to={}), FINE, "GET /things/{id} 429"),
    "media type new": (
        setting(*GET, "responses", "404", "content", "text/plain", to={}),
        FINE,
        "GET /things/{id} 404",
    ),
    "media type gone": (
        dropping(*GET, "responses", "404", "content", "application/json"),
        BREAKS,
        "GET /things/{id} 404",
    ),
    "body of an answer new": (
        setting(*PUT, "responses", "204", to={"content": JSON}),
        MAY,
        "PUT /things/{id} 204",
    ),
    "header gone": (
        dropping(*GET, "responses", "200", "headers", "X-Left"),
        BREAKS,
        "GET /things/{id} 200 header x-left",
    ),
    "header may be missing": (
        setting(*GET, "responses", "200", "headers", "X-Left", "required", to=False),
        BREAKS,
        "GET /things/{id} 200 header x-left",
    ),
    "credential no longer needed": (
        setting(*GET, "security", to=[{"key": []}, {}]),
        FINE,
        "GET /things/{id}",
    ),
    "another way in": (
        setting(*GET, "security", to=[{"key": []}, {"bearer": []}]),
        FINE,
        "GET /things/{id}",
    ),
    "server gone": (setting("servers", to=[]), BREAKS, "servers"),
    "server new": (adding("servers", item={"url": "https://b.example.com"}), FINE, "servers"),
    "unknown parameters refused": (
        setting("x-unknown-query-parameters", to="refuse"),
        BREAKS,
        "x-unknown-query-parameters",
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_one_edit_is_one_change_with_its_effect(name: str) -> None:
    edit, effect, place = EDITS[name]
    new = deepcopy(CONTRACT)
    edit(new)
    found = list(changes(CONTRACT, new))
    assert [(change.effect, change.place) for change in found] == [(effect, place)]


def test_another_credential_breaks_every_operation() -> None:
    new = deepcopy(CONTRACT)
    new["security"] = [{"bearer": []}]
    found = [change.effect for change in changes(CONTRACT, new)]
    assert (found.count(BREAKS), found.count(FINE)) == (2, 2)


def test_names_that_nobody_sees_are_no_change() -> None:
    new = deepcopy(CONTRACT)
    new["paths"]["/things/{thing}"] = new["paths"].pop("/things/{id}")
    new["paths"]["/things/{thing}"]["parameters"][0]["name"] = "thing"
    schemes = new["components"]["securitySchemes"]
    schemes["renamed"] = schemes.pop("key")
    new["security"] = [{"renamed": []}]
    assert list(changes(CONTRACT, new)) == []


def test_allof_is_read_as_what_it_means() -> None:
    new = deepcopy(CONTRACT)
    media = at(new, *GET, "responses", "200", "content", "application/json")
    media["schema"] = {"allOf": [{"type": "object"}, {"properties": {"a": TEXT}}]}
    assert list(changes(CONTRACT, new)) == []


def test_a_schema_that_goes_very_deep_ends() -> None:
    old, new = deepcopy(CONTRACT), deepcopy(CONTRACT)
    for contract, kind in ((old, "string"), (new, "integer")):
        schema: Node = {"type": kind}
        for _ in range(100):
            schema = {"type": "object", "properties": {"leaf": {"type": kind}, "child": schema}}
        at(contract, *GET, "responses", "200", "content")["application/json"] = {"schema": schema}
    assert {change.effect for change in changes(old, new)} == {BREAKS}
