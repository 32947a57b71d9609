"""A small API of notes for rules about credentials, errors, methods, limits and jobs."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from inspected import KEY, MemoryWire, answer

from contract_tests.roles import model
from contract_tests.wire.credential import Credential
from contract_tests.wire.exchange import Request, Response
from contract_tests.wire.limits import Allowance, Limits
from contract_tests.world.world import World

OTHER = Credential("OTHER_KEY", "an other key 7", headers=(("X-API-KEY", "an other key 7"),))
_DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
_NOW_S = 784_111_777
NOTE = {
    "type": "object",
    "required": ["id", "text"],
    "properties": {"id": {"type": "string"}, "text": {"type": "string"}},
}
NEW = {
    "type": "object",
    "required": ["text", "kind"],
    "properties": {"text": {"type": "string"}, "kind": {"type": "string"}},
}


def _operation(name: str, *statuses: str, **more: Any) -> dict[str, Any]:
    version = {
        "name": "Version",
        "in": "header",
        "required": True,
        "schema": {"type": "integer", "enum": [2]},
    }
    answers = {status: {"description": status} for status in (*statuses, "400", "401", "405")}
    known = {"operationId": name, "parameters": [version], "responses": answers}
    return {**known, **more}


def _body(schema: dict[str, Any], example: Any) -> dict[str, Any]:
    content = {"application/json": {"schema": schema, "example": example}}
    return {"required": True, "content": content}


_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
_SAMPLE = {"text": "sample", "kind": "plain"}
CONTRACT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Notes", "version": "1"},
    "security": [{"key": []}],
    "paths": {
        "/notes": {
            "get": _operation("list_notes", "200"),
            "post": _operation("create_note", "200", "415", requestBody=_body(NEW, _SAMPLE)),
        },
        "/notes/{id}": {
            "parameters": [_ID],
            "get": _operation("get_note", "200", "404"),
            "put": _operation("update_note", "200", "404", "415", requestBody=_body(NEW, _SAMPLE)),
            "delete": _operation("delete_note", "204", "404"),
        },
        "/pings": {"post": _operation("start_ping", "200")},
        "/pings/{id}": {"parameters": [_ID], "get": _operation("get_ping", "200", "404")},
        "/health": {"get": _operation("get_health", "200", security=[])},
    },
    "components": {
        "schemas": {"Note": NOTE, "NewNote": NEW},
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-API-KEY"}},
    },
}
ROLES = model.Roles(
    resources=(
        model.Resource(
            name="note",
            id="/id",
            list=model.Listing("list_notes"),
            read=model.Reading("get_note", "id"),
            create=model.Creation("create_note", varied={"#/text": "{word}"}),
            update=model.Update("update_note", "id", varied={"#/text": "{word}"}),
            delete=model.Deletion("delete_note", "id"),
        ),
    ),
    jobs=(
        model.Job(
            start="start_ping",
            id="/id",
            read="get_ping",
            at="id",
            state="/state",
            waiting=("pending",),
            ended=("done", "failed"),
        ),
    ),
    rate_limits=(model.RateLimit("X-Limit", "X-Left", "X-Reset", ("list_notes",)),),
    errors=model.Errors("/status", {"Op-Id": "/op"}, ("Op-Id",)),
)


class Notebook:
    """Keeps every word of the contract; methods are small so that a broken one overrides one."""

    def __init__(self, ids: tuple[str, ...] = (), limit: int = 100_000) -> None:
        self.limit = self.left = limit
        self.numbers: Iterator[int] = itertools.count(1)
        self.notes: dict[str, dict[str, dict[str, str]]] = {KEY.secret: {}, OTHER.secret: {}}
        for note_id in ids:
            self.notes[KEY.secret][note_id] = {"id": note_id, "text": "old", "kind": "plain"}
        self.pings: dict[str, int] = {}

    def __call__(self, request: Request) -> Response:
        said = dict(request.headers)
        path = [unquote(part) for part in urlsplit(request.target).path.split("/")[1:]]
        refused = self.refused(request, path, said)
        return refused or self.served(
            request, path, self.account(said.get("X-API-KEY", "")) or KEY.secret
        )

    def refused(self, request: Request, path: list[str], said: dict[str, str]) -> Response | None:
        methods = self.methods(path)
        if request.method not in methods:
            return self.error(405, Allow=", ".join(methods))
        if path != ["health"] and self.account(said.get("X-API-KEY", "")) is None:
            return self.error(401)
        if said.get("Version") != "2":
            return self.error(400)
        if request.body and said.get("Content-Type") != "application/json":
            return self.error(415)
        return None

    def methods(self, path: list[str]) -> list[str]:
        known = {
            ("notes", 1): ["GET", "POST"],
            ("notes", 2): ["GET", "PUT", "DELETE"],
            ("pings", 1): ["POST"],
        }
        return known.get((path[0], len(path)), ["GET"])

    def account(self, key: str) -> str | None:
        return key if key in self.notes else None

    def served(self, request: Request, path: list[str], account: str) -> Response:
        if path == ["health"]:
            return self.answer(200, {"ok": True})
        if path[0] == "pings":
            return self.ping(path)
        mine = self.notes[account]
        if len(path) == 1:
            listed = self.answer(200, list(self.shown(account).values()))
            return listed if request.method == "GET" else self.create(mine, request)
        note = self.found(account, path[1])
        if note is None:
            return self.error(404)
        return self.on_one(note, request)

    def on_one(self, note: dict[str, str], request: Request) -> Response:
        if request.method == "DELETE":
            for notes in self.notes.values():
                notes.pop(note["id"], None)
            return self.answer(204)
        if request.method == "PUT":
            said = self.body(request)
            if said is None:
                return self.error(400)
            note.update(text=said["text"])
        return self.answer(200, note)

    def create(self, mine: Any, request: Request) -> Response:
        said = self.body(request)
        if said is None:
            return self.error(400)
        note_id = f"n{next(self.numbers)}/é"
        mine[note_id] = {"id": note_id, "text": said["text"], "kind": said["kind"]}
        return self.answer(200, mine[note_id])

    def body(self, request: Request) -> dict[str, str] | None:
        said = json.loads(request.body or b"{}")
        return said if {"text", "kind"} <= said.keys() else None

    def shown(self, account: str) -> dict[str, dict[str, str]]:
        return self.notes[account]

    def found(self, account: str, note_id: str) -> dict[str, str] | None:
        return self.notes[account].get(note_id)

    def ping(self, path: list[str]) -> Response:
        if len(path) == 1:
            ping_id = f"{next(self.numbers):08d}"
            self.pings[ping_id] = 0
            return self.answer(200, {"id": ping_id})
        if path[1] not in self.pings:
            return self.error(404)
        self.pings[path[1]] += 1
        return self.answer(200, {"state": self.state(self.pings[path[1]])})

    def state(self, looks: int) -> str:
        return "pending" if looks < 3 else "done"

    def error(self, status: int, **headers: str) -> Response:
        op = f"op{next(self.numbers)}"
        return self.answer(status, {"status": status, "msg": "no", "op": op}, Op_Id=op, **headers)

    def answer(self, status: int, body: Any = None, **headers: str) -> Response:
        self.left -= 1
        if self.left < 0:
            self.left = 0
            return answer({"status": 429}, 429, **{**self.standing(), "Retry_After": "9"})
        headers.setdefault("Op_Id", f"op{next(self.numbers)}")
        return answer(body, status, Date=_DATE, **self.standing(), **headers)

    def standing(self) -> dict[str, str]:
        return {
            "X_Limit": str(self.limit),
            "X_Left": str(self.left),
            "X_Reset": str(_NOW_S + 60),
        }


def world_of(server: Notebook, **options: Any) -> World:
    """Return what a rule works with, in front of a notebook; waiting takes no time."""
    wire, clock = MemoryWire(server), [0.0]

    def sleep(seconds: float) -> None:
        clock[0] += seconds

    wire.allowance = Allowance(Limits(), now=lambda: clock[0], sleep=sleep)
    return World(CONTRACT, ROLES, wire, KEY, **options)
