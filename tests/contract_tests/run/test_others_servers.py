"""On a server of others: only what the run made is named, and all of it can be found again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from inspected import answer, world

from contract_tests.cli import main
from contract_tests.roles.model import (
    Action,
    Creation,
    Deletion,
    Listing,
    Reference,
    Resource,
    Roles,
    Update,
)
from contract_tests.wire.exchange import Request, Response
from contract_tests.world import cleanup, journal
from contract_tests.world.journal import Aim
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import NotTried, Permits, World

OURS_ONLY = Permits(writing=True, existing=False)


def _operation(name: str, *parameters: str, has_body: bool = False) -> dict[str, Any]:
    body = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
    return {
        "operationId": name,
        "summary": name,
        "parameters": [
            {"name": p, "in": "path", "required": True, "schema": {"type": "string"}}
            for p in parameters
        ],
        "responses": {"200": {"description": ""}},
        **({"requestBody": body} if has_body else {}),
    }


CONTRACT: dict[str, Any] = {
    "openapi": "3.0.3",
    "servers": [{"url": "http://h"}],
    "paths": {
        "/owners": {
            "get": _operation("list_owners"),
            "post": _operation("make_owner", has_body=True),
        },
        "/owners/{id}": {"delete": _operation("remove_owner", "id")},
        "/owners/{id}/visits": {"post": _operation("visit", "id")},
        "/pets": {"get": _operation("list_pets"), "post": _operation("make_pet", has_body=True)},
        "/pets/{id}": {
            "put": _operation("close_pet", "id"),
            "patch": _operation("change_pet", "id", has_body=True),
        },
    },
}


def roles(answers: str | None = "") -> Roles:
    return Roles(
        (
            Resource(
                "owner",
                "/id",
                list=Listing("list_owners"),
                create=Creation("make_owner", varied={"#/name": "{word}"}),
                delete=Deletion("remove_owner", "id"),
            ),
            Resource(
                "pet",
                "/id",
                list=Listing("list_pets"),
                create=Creation(
                    "make_pet", answer=answers, parent="#/owner", varied={"#/name": "{word}"}
                ),
                update=Update("change_pet", "id", varied={"#/name": "{word}"}),
                actions=(Action("close_pet", "id", name="close", final=True),),
                parent=Reference("/owner", "owner"),
            ),
        )
    )


class Server:
    """Owners and pets, each kind numbered from 1; number 1 was there before."""

    def __init__(self) -> None:
        self.held: dict[str, list[dict[str, Any]]] = {
            "owners": [{"id": 1, "name": "was there"}],
            "pets": [{"id": 1, "owner": 1, "name": "was there"}],
        }
        self.wrote: list[str] = []
        self.status = 200

    def __call__(self, request: Request) -> Response:
        kind = request.target.split("/")[1]
        if request.method == "GET":
            return answer(self.held[kind])
        self.wrote.append(f"{request.method} {request.target}")
        if self.status != 200:
            return answer({}, self.status) if self.status else None  # type: ignore[return-value]
        if request.method == "POST":
            new = {"id": len(self.held[kind]) + 1, **json.loads(request.body or b"{}")}
            self.held[kind].append(new)
            return answer(new)
        return answer({})


def shop(answers: str | None = "") -> tuple[Server, World, Shelf]:
    server = Server()
    here = world(CONTRACT, roles(answers), server, permits=OURS_ONLY)
    return server, here, Shelf(here, here.roles.resource("pet"))


@pytest.mark.parametrize("body", [{"owner": 1}, {"owner": 1, "name": "ct-01234567"}])
def test_nothing_is_made_for_an_owner_who_was_there(body: dict[str, Any]) -> None:
    server, here, _ = shop()
    with pytest.raises(NotTried, match="only what this run created"):
        here.call("make_pet", {"#": body})
    assert server.wrote == []


def test_things_are_made_for_owners_of_ours() -> None:
    _, here, pets = shop()
    made = pets.create()
    assert made.item["owner"] == 2
    assert list(here.ledger.left()) == [("pet", 2), ("owner", 2)]


def test_what_could_not_be_found_again_is_not_made() -> None:
    server, here, pets = shop(answers=None)
    owner = pets.parent_id()
    with pytest.raises(NotTried, match="found again"):
        here.call("make_pet", {"#/owner": owner, "#/name": "no word of ours"})
    assert server.wrote == ["POST /owners"]
    pets.create()


def test_an_operation_that_no_role_knows_makes_nothing() -> None:
    _, here, pets = shop()
    owner = pets.parent_id()
    with pytest.raises(NotTried, match="found again"):
        here.call("visit", {"id": owner})


def test_an_id_is_ours_only_as_what_we_made() -> None:
    server, here, pets = shop()
    server.held["pets"].append({"id": 2, "owner": 1, "name": "also there"})
    assert pets.parent_id() == 2
    with pytest.raises(NotTried, match="only what this run created"):
        here.call("close_pet", {"id": 2})


def test_nothing_of_ours_is_given_to_somebody_else() -> None:
    _, here, pets = shop()
    made = pets.create()
    with pytest.raises(NotTried, match="only what this run created"):
        here.call("change_pet", {"id": made.id, "#/owner": 1})
    assert here.call("change_pet", {"id": made.id, "#/name": "x"}).ok


def test_what_can_only_be_closed_is_closed_there_too() -> None:
    server, here, pets = shop()
    pets.create()
    assert cleanup.clean(here) == ["pet: the contract has no way to delete it; close: done: 2"]
    assert server.wrote[-2:] == ["PUT /pets/2", "DELETE /owners/2"]
    assert here.ledger.size == 0


@pytest.mark.parametrize("status", [0, 401, 403, 503])
def test_what_could_not_be_closed_is_kept_for_another_time(status: int) -> None:
    server, here, pets = shop()
    pets.create()
    server.status = status
    (pet, _) = cleanup.clean(here)
    assert pet.startswith("pet: the contract has no way to delete it; close: answered")
    assert list(here.ledger.left()) == [("pet", 2), ("owner", 2)]


def test_where_nobody_answers_what_was_made_is_kept_and_the_exit_code_is_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("PINGPLOTTER_API_KEY", "some key of mine")
    written, ledger = journal.opened(Aim("http://127.0.0.1:1", "pingplotter"))
    ledger.created("session", "s1")
    ledger.created("agent", "a1")
    written.close(is_done=False)
    done = CliRunner().invoke(main, ["cleanup"])
    assert "still there: session" in done.output
    assert done.exit_code == 2
    ((_, found, kept),) = journal.left()
    assert list(kept.left()) == [("agent", "a1"), ("session", "s1")]
    found.close(is_done=True)
