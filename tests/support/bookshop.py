"""An API that is not ours: its contract, and a server in memory that keeps to it, or does not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from inspected import answer

from contract_tests.wire.exchange import Request, Response

Record = dict[str, Any]


def schema(name: str) -> Record:
    return {"$ref": f"#/components/schemas/{name}"}


def says(shown: Record, status: str = "200", **others: str) -> Record:
    fine = {status: {"description": "", "content": {"application/json": {"schema": shown}}}}
    errors = {"description": "", "content": {"application/json": {"schema": schema("Error")}}}
    return {**fine, **dict.fromkeys([*others, "400", "401"], errors)}


def _number(name: str, **bounds: int) -> Record:
    return {"name": name, "in": "query", "schema": {"type": "integer", **bounds}}


def _paths(one: str, many: str, place: str, owner: list[Record]) -> Record:
    id_ = {"name": f"{one}Id", "in": "path", "required": True, "schema": {"type": "string"}}
    body, change = (
        {"required": True, "content": {"application/json": {"schema": schema(name)}}}
        for name in (f"{one}Input", "Change")
    )
    listed = {
        "type": "object",
        "required": ["data", "total"],
        "properties": {
            "data": {"type": "array", "items": schema(one)},
            "total": {"type": "integer"},
        },
    }
    query = [
        _number("limit", minimum=1, maximum=50),
        _number("offset", minimum=0),
        {"name": "genre", "in": "query", "schema": schema("Genre")},
    ]
    missing = {"404": ""}
    gone = {"description": "Gone."}
    lost = says(schema(one), **missing)["404"]
    return {
        place: {
            "get": {"parameters": [*owner, *query], "responses": says(listed, **missing)},
            "post": {
                "parameters": owner,
                "requestBody": body,
                "responses": says(schema(one), "201", **missing),
            },
        },
        f"{place}/{{{one}Id}}": {
            "get": {"parameters": [*owner, id_], "responses": says(schema(one), **missing)},
            "patch": {
                "parameters": [*owner, id_],
                "requestBody": change,
                "responses": says(schema(one), **missing),
            },
            "delete": {
                "parameters": [*owner, id_],
                "responses": {"204": gone, "404": lost, "401": lost, "400": lost},
            },
        },
    }


def _thing(**others: Record) -> Record:
    time = {"type": "string", "format": "date-time"}
    properties = {
        "id": {"type": "string", "readOnly": True},
        "name": {"type": "string", "minLength": 1},
        "genre": schema("Genre"),
        "created_at": {**time, "readOnly": True},
        "updated_at": {**time, "readOnly": True},
        **others,
    }
    return {"type": "object", "required": list(properties), "properties": properties}


_SHELF_ID = {"name": "ShelfId", "in": "path", "required": True, "schema": {"type": "string"}}
CONTRACT: Record = {
    "openapi": "3.0.3",
    "info": {"title": "Bookshop", "version": "1"},
    "servers": [{"url": "/shop"}],
    "security": [{"key": []}],
    "paths": {
        **_paths("Shelf", "shelves", "/shelves", []),
        **_paths("Book", "books", "/shelves/{ShelfId}/books", [_SHELF_ID]),
    },
    "components": {
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-API-KEY"}},
        "schemas": {
            "Shelf": _thing(),
            "Book": _thing(shelf_id={"type": "string", "readOnly": True}),
            "Genre": {"type": "string", "enum": ["crime", "poetry"]},
            "ShelfInput": _thing(),
            "BookInput": _thing(),
            "Change": {**_thing(), "required": ["name"]},
            "Error": {
                "type": "object",
                "required": ["error"],
                "properties": {"error": {"type": "string"}},
            },
        },
    },
}


class Bookshop:
    """Keeps shelves and their books."""

    def __init__(self, shelves: int = 3, books: int = 7) -> None:
        self.things: dict[tuple[str, ...], dict[str, Record]] = {("shelves",): {}}
        self.clock = 0
        for number in range(shelves):
            shelf = self.make(("shelves",), {"name": f"Shelf {number}", "genre": _genre(number)})
            for book in range(books):
                self.make(self.place(shelf), {"name": f"Book {book}", "genre": _genre(book)})

    def place(self, shelf: Record) -> tuple[str, ...]:
        return ("shelves", shelf["id"], "books")

    def __call__(self, request: Request) -> Response:
        if request.method == "HEAD":
            shown = self(replace(request, method="GET"))
            return replace(shown, body=b"")
        headers = {name.lower(): value for name, value in request.headers}
        if headers.get("x-api-key") != "open sesame":
            return _error(401)
        url = urlsplit(request.target)
        steps = tuple(unquote(step) for step in url.path.split("/")[2:])
        if not url.path.startswith("/shop/") or len(steps) not in {1, 2, 3, 4}:
            return _error(404)
        place = steps if len(steps) % 2 else steps[:-1]
        if place not in self.things:
            return _error(404)
        if len(steps) % 2:
            return self.of_all(request, place, dict(parse_qsl(url.query)))
        return self.of_one(request, place, steps[-1])

    def of_all(self, request: Request, place: tuple[str, ...], query: Record) -> Response:
        if request.method == "GET":
            return self.listed(place, query)
        if request.method == "POST":
            given = _given(request, {"name", "genre"})
            return answer(self.make(place, given), 201) if given else _error(400)
        return _refused("GET, POST")

    def of_one(self, request: Request, place: tuple[str, ...], id_: str) -> Response:
        if request.method not in {"GET", "PATCH", "DELETE"}:
            return _refused("GET, PATCH, DELETE")
        thing = self.things[place].get(id_)
        if thing is None:
            return _error(404)
        if request.method == "DELETE":
            return self.delete(place, id_)
        if request.method == "PATCH":
            given = _given(request, {"name"})
            if not given:
                return _error(400)
            self.change(place, id_, given)
        return answer(self.things[place][id_])

    def listed(self, place: tuple[str, ...], query: Record) -> Response:
        try:
            limit, offset = int(query.get("limit", 20)), int(query.get("offset", 0))
        except ValueError:
            return _error(400)
        if not 1 <= limit <= 50 or offset < 0 or query.get("genre", "crime") not in _GENRES:
            return _error(400)
        found = [t for t in self.things[place].values() if self.matches(t, query)]
        return answer({"data": found[offset : offset + limit], "total": len(found)})

    def matches(self, thing: Record, query: Record) -> bool:
        return bool(query.get("genre", thing["genre"]) == thing["genre"])

    def make(self, place: tuple[str, ...], given: Record) -> Record:
        self.clock += 1
        now = f"2026-01-01T00:{self.clock // 60 % 60:02}:{self.clock % 60:02}Z"
        owner = {"shelf_id": place[1]} if len(place) == 3 else {}
        thing = {"id": f"t/{self.clock}", **given, **owner, "created_at": now, "updated_at": now}
        self.things[place][thing["id"]] = thing
        if len(place) == 1:
            self.things[self.place(thing)] = {}
        return thing

    def change(self, place: tuple[str, ...], id_: str, given: Record) -> None:
        self.things[place][id_] = {**self.things[place][id_], **given}

    def delete(self, place: tuple[str, ...], id_: str) -> Response:
        del self.things[place][id_]
        self.things.pop((*place, id_, "books"), None)
        return answer(None, 204)


_GENRES = ("crime", "poetry")


def _genre(number: int) -> str:
    return _GENRES[number % 2]


def _given(request: Request, needed: set[str]) -> Record:
    try:
        body = json.loads(request.body)
    except ValueError:
        return {}
    if not isinstance(body, dict) or not needed <= set(body):
        return {}
    name, genre = body["name"], body.get("genre", "crime")
    if not isinstance(name, str) or not name or genre not in _GENRES:
        return {}
    return {key: body[key] for key in ("name", "genre") if key in body}


def _error(status: int) -> Response:
    return answer({"error": "no"}, status)


def _refused(allowed: str) -> Response:
    return answer({"error": "no"}, 405, Allow=allowed)
