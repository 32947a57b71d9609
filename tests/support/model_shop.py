"""A small correct server in memory, for rules about the life of things: owners and their things.

Tests break it in one way each, by overriding a method.
"""

from __future__ import annotations

import copy
import json
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from inspected import answer

from contract_tests.roles.model import (
    Action,
    Batch,
    Creation,
    Deletion,
    Filter,
    Gone,
    Listing,
    Pages,
    Reading,
    Reference,
    Repetition,
    Resource,
    Roles,
    Update,
)
from contract_tests.wire.exchange import Request, Response

Item = dict[str, Any]
HOME = "http://127.0.0.1:1"
NOT_FOUND, BAD = answer({"error": "not found"}, 404), answer({"error": "bad"}, 400)
_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
_TEXT = {"type": "string"}


def _query(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "in": "query", "schema": _TEXT} for name in names]


def _operation(name: str, parameters: Any = (), body: Any = None) -> dict[str, Any]:
    made: dict[str, Any] = {"operationId": name, "responses": {"200": {}}}
    made["parameters"] = list(parameters)
    if body is not None:
        content = {"application/json": {"schema": body}}
        made["requestBody"] = {"required": True, "content": content}
    return made


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


_ENTRY = _object(label=_TEXT, owner=_TEXT)
CONTRACT: dict[str, Any] = {
    "paths": {
        "/owners": {
            "get": _operation("list_owners", _query("deleted")),
            "post": _operation("create_owner", (), _object(name=_TEXT)),
        },
        "/owners/{id}": {
            "get": _operation("read_owner", [_ID]),
            "put": _operation("rename_owner", [_ID], _object(name=_TEXT)),
            "delete": _operation("delete_owner", [_ID]),
        },
        "/things": {
            "get": _operation("list_things", _query("owner", "limit", "before")),
            "post": _operation("create_things", (), {"type": "array", "items": _ENTRY}),
        },
        "/things/batch": {
            "post": _operation("batch_things", (), _object(ids={"type": "array", "items": _TEXT}))
        },
        "/things/{id}": {
            "get": _operation("read_thing", [_ID]),
            "delete": _operation("delete_thing", [_ID]),
        },
        "/things/{id}/state": {"get": _operation("thing_state", [_ID])},
        "/things/{id}/close": {"put": _operation("close_thing", [_ID])},
    }
}

OWNER = Resource(
    name="owner",
    id="/id",
    address="/uri",
    moving=("/seen", "/things"),
    list=Listing(
        "list_owners",
        filters=(
            Filter("deleted", kind="reveals", value="true", shows={"/deleted": True}, source="a"),
        ),
    ),
    read=Reading("read_owner", "id"),
    create=Creation("create_owner", varied={"#/name": "O {word}"}, same={"#/name": "/name"}),
    update=Update("rename_owner", "id", varied={"#/name": "R {word}"}, same={"#/name": "/name"}),
    delete=Deletion(
        "delete_owner", "id", gone=Gone(shows={"/deleted": True}, statuses=(404,), source="g")
    ),
)
THING = Resource(
    name="thing",
    id="/id",
    address="/uri",
    list=Listing(
        "list_things",
        items="/things",
        address="/uri",
        pages=Pages(size="limit", largest=100, next="/next", cursor="before"),
        filters=(Filter("owner", field="/owner/id"),),
    ),
    read=Reading("read_thing", "id"),
    create=Creation(
        "create_things",
        answer=None,
        parent="#/0/owner",
        varied={"#/0/label": "T{n} {word}"},
        same={"#/0/owner": "/owner/id"},
    ),
    delete=Deletion("delete_thing", "id", gone=Gone(statuses=(404,), source="g")),
    actions=(Action("close_thing", "id", name="close", changes="/state", final=True),),
    batches=(Batch("batch_things", "#/ids", id="/id", single="thing_state", single_at="id"),),
    references=(Reference("/owner/id", "owner"),),
    parent=Reference("/owner/id", "owner"),
)
ROLES = Roles(
    resources=(OWNER, THING),
    repetitions=(Repetition("close_thing", "id", resource="thing", statuses=(200,)),),
)


class Shop:
    """Owners are marked when they are deleted, things are gone; lists of things have pages."""

    def __init__(self, owners: list[str], things: list[tuple[str, str]]) -> None:
        self.made = 0
        self.reads = 0
        self.owners: dict[str, Item] = {}
        self.things: dict[str, Item] = {}
        for owner_id in owners:
            self.add_owner(owner_id, f"name of {owner_id}")
        for thing_id, owner_id in things:
            self.add_thing(thing_id, owner_id, f"label of {thing_id}")

    def __call__(self, request: Request) -> Response:
        parts = urlsplit(request.target)
        path = [unquote(part) for part in parts.path.split("/")[1:]]
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        try:
            body = json.loads(request.body) if request.body else None
        except ValueError:
            return BAD
        # What was answered once does not change when the server does.
        return copy.deepcopy(self.answer(request.method, path, query, body))

    def answer(self, method: str, path: list[str], query: dict[str, str], body: Any) -> Response:
        match method, path:
            case _, ["owners", owner_id]:
                return self.one_owner(method, owner_id, body)
            case "POST", ["things", "batch"]:
                return answer([self.state(i) for i in body["ids"] if i in self.things])
            case _, ["things", thing_id, *rest]:
                return self.one_thing(method, thing_id, rest)
            case _, ["owners" | "things" as kind]:
                return self.all_of(kind, method, query, body)
        return NOT_FOUND

    def all_of(self, kind: str, method: str, query: dict[str, str], body: Any) -> Response:
        is_owners = kind == "owners"
        if method == "POST":
            return self.create_owner(body) if is_owners else self.create_things(body)
        if method == "GET":
            return answer(self.list_owners(query) if is_owners else self.list_things(query))
        return NOT_FOUND

    def list_owners(self, query: dict[str, str]) -> list[Item]:
        return [o for o in self.owners.values() if self.is_listed(o, query)]

    def is_listed(self, owner: Item, query: dict[str, str]) -> bool:
        return not owner["deleted"] or query.get("deleted") == "true"

    def create_owner(self, body: Any) -> Response:
        if not isinstance(body, dict) or not isinstance(body.get("name"), str):
            return BAD
        self.made += 1
        return answer(self.add_owner(f"own/é {self.made}", body["name"]))

    def one_owner(self, method: str, owner_id: str, body: Any) -> Response:
        owner = self.owners.get(owner_id)
        if owner is None or (owner["deleted"] and method != "GET"):
            return NOT_FOUND
        if method == "PUT":
            return self.rename(owner, body)
        if method == "DELETE":
            return self.delete_owner(owner)
        return answer(self.shown_owner(owner))

    def shown_owner(self, owner: Item) -> Item:
        self.reads += 1
        return {**owner, "seen": self.reads}

    def rename(self, owner: Item, body: Any) -> Response:
        if not isinstance(body, dict) or not isinstance(body.get("name"), str):
            return BAD
        owner["name"] = body["name"]
        return answer(body=True)

    def delete_owner(self, owner: Item) -> Response:
        owner["deleted"] = True
        return answer(body=True)

    def list_things(self, query: dict[str, str]) -> Item:
        found = [t for t in self.things.values() if query.get("owner") in {None, t["owner"]["id"]}]
        ids = [thing["id"] for thing in found]
        begin = ids.index(query["before"]) + 1 if query.get("before") in ids else 0
        end = begin + int(query.get("limit", 3))
        more = f"{HOME}/things?before={quote(ids[end - 1])}" if end < len(ids) else None
        for name in ("owner", "limit"):
            more = f"{more}&{name}={quote(query[name])}" if more and name in query else more
        return {"things": found[begin:end], "uri": f"{HOME}/things", "next": more}

    def create_things(self, body: Any) -> Response:
        entries = body if isinstance(body, list) else [None]
        for entry in entries:
            if not isinstance(entry, dict) or not isinstance(entry.get("label"), str):
                return BAD
            owner = self.owners.get(str(entry.get("owner")))
            if owner is None or owner["deleted"]:
                return NOT_FOUND
        for entry in entries:
            self.create_thing(entry)
        return answer(body=True)

    def create_thing(self, entry: Item) -> None:
        self.made += 1
        self.add_thing(f"th:{self.made}%", entry["owner"], entry["label"])

    def one_thing(self, method: str, thing_id: str, rest: list[str]) -> Response:
        thing = self.things.get(thing_id)
        if thing is None:
            return NOT_FOUND
        match method, rest:
            case "GET", []:
                return answer(self.shown_thing(thing))
            case "DELETE", []:
                return self.delete_thing(thing)
            case "GET", ["state"]:
                return answer(self.state(thing_id))
            case "PUT", ["close"]:
                return self.close(thing)
        return NOT_FOUND

    def shown_thing(self, thing: Item) -> Item:
        return thing

    def delete_thing(self, thing: Item) -> Response:
        del self.things[thing["id"]]
        return answer(status=204)

    def state(self, thing_id: str) -> Item:
        return {"id": thing_id, "state": self.things[thing_id]["state"]}

    def close(self, thing: Item) -> Response:
        thing["state"] = "closed"
        return answer(body=True)

    def add_owner(self, owner_id: str, name: str) -> Item:
        uri = f"{HOME}/owners/{quote(owner_id, safe='')}"
        made = {"id": owner_id, "name": name, "note": None, "deleted": False, "uri": uri}
        self.owners[owner_id] = {**made, "parts": [{"a": 1}, None], "seen": 0, "things": 0}
        return self.owners[owner_id]

    def add_thing(self, thing_id: str, owner_id: str, label: str) -> Item:
        uri = f"{HOME}/things/{quote(thing_id, safe='')}"
        owner = {"id": owner_id, "uri": f"{HOME}/owners/{quote(owner_id, safe='')}"}
        made = {"id": thing_id, "uri": uri, "owner": owner, "label": label, "state": "open"}
        self.things[thing_id] = made
        self.owners[owner_id]["things"] += 1
        return made
