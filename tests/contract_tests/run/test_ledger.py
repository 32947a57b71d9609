"""The ledger: what a run made is known, whatever became of the run, and is removed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspected import answer, world

from contract_tests.roles.model import Action, Creation, Deletion, Listing, Resource, Roles
from contract_tests.wire.exchange import Request, Response
from contract_tests.wire.limits import Allowance, Limits
from contract_tests.world import cleanup, journal
from contract_tests.world.journal import Aim
from contract_tests.world.ledger import Ledger, replayed
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import NotTried, Permits, World

AIM = Aim("http://h", "ngrok")
NAMES = st.sampled_from(["agent", "session"])
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("created"), NAMES, st.one_of(st.integers(0, 3), st.sampled_from("ab"))),
        st.tuples(st.just("removed"), NAMES, st.integers(0, 3)),
        st.tuples(st.just("intends"), NAMES, st.just(("ct-01234567",))),
        st.tuples(st.just("settled"), NAMES),
    )
)


@given(CHANGES)
def test_notes_tell_all_that_a_ledger_knows(changes: list[tuple[Any, ...]]) -> None:
    notes: list[Any] = []
    ledger = Ledger(notes.append)
    for name, *arguments in changes:
        getattr(ledger, name)(*arguments)
    again = replayed(json.loads(json.dumps(notes)))
    assert list(again.left()) == list(ledger.left())
    assert list(again.unknown()) == list(ledger.unknown())


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path


def test_a_run_that_lives_is_left_alone(state: Path) -> None:
    written, ledger = journal.opened(AIM)
    ledger.created("agent", 1)
    assert list(journal.left()) == []
    written.close(is_done=False)
    (found,) = journal.left(AIM)
    assert list(found[2].left()) == [("agent", 1)]
    found[1].close(is_done=True)
    assert list(journal.left()) == []


def test_other_servers_are_none_of_a_runs_business(state: Path) -> None:
    written, ledger = journal.opened(AIM)
    ledger.created("agent", 1)
    written.close(is_done=False)
    assert list(journal.left(Aim("http://other", "ngrok"))) == []


def test_a_process_that_is_killed_leaves_what_it_made(state: Path) -> None:
    script = (
        "import os, signal; from contract_tests.world import journal;"
        "written, ledger = journal.opened(journal.Aim('http://h', 'ngrok'));"
        "ledger.intends('agent', ['ct-00000001']); ledger.created('agent', 'a');"
        "ledger.intends('agent', ['ct-00000002']); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", script], check=False)
    assert done.returncode == -9
    ((_, written, ledger),) = journal.left(AIM)
    assert list(ledger.left()) == [("agent", "a")]
    assert list(ledger.unknown()) == [("agent", ("ct-00000002",))]
    written.close(is_done=True)


def test_half_a_line_at_the_end_is_survived(state: Path) -> None:
    written, ledger = journal.opened(AIM)
    ledger.created("agent", 1)
    written.close(is_done=False)
    with written.path.open("a") as stream:
        stream.write('{"does": "crea')
    ((_, found, again),) = journal.left(AIM)
    assert list(again.left()) == [("agent", 1)]
    found.close(is_done=True)


# A server with things that can be deleted, and others that can only be closed.
def _operation(name: str, *parameters: str) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": name,
        "parameters": [
            {"name": p, "in": "path", "required": True, "schema": {"type": "string"}}
            for p in parameters
        ],
        "responses": {"200": {"description": ""}},
    }


def _writing(name: str) -> dict[str, Any]:
    body = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
    return {**_operation(name), "requestBody": body}


CONTRACT: dict[str, Any] = {
    "openapi": "3.0.3",
    "servers": [{"url": "http://h"}],
    "paths": {
        "/pets": {"get": _operation("list"), "post": _writing("make")},
        "/pets/{id}": {"delete": _operation("remove", "id"), "put": _operation("close", "id")},
    },
}


def roles(*, deletes: bool = True, shows: bool = True) -> Roles:
    return Roles(
        (
            Resource(
                "pet",
                "/id",
                list=Listing("list"),
                create=Creation("make", answer="" if shows else None, varied={"#/name": "{word}"}),
                delete=Deletion("remove", "id") if deletes else None,
                actions=(Action("close", "id", name="close", final=True),),
            ),
        )
    )


class Pets:
    """Makes, lists and removes; `mute` lets the answer to a creation be lost."""

    def __init__(self, *, mute: bool = False, refuses: bool = False) -> None:
        self.names: dict[str, str] = {"p0": "was there"}
        self.mute, self.refuses = mute, refuses
        self.closed: list[str] = []

    def __call__(self, request: Request) -> Response:
        item_id = request.target.rpartition("/")[2]
        if request.method == "GET":
            return answer([{"id": i, "name": n} for i, n in self.names.items()])
        if request.method == "POST":
            item_id = f"p{len(self.names)}"
            self.names[item_id] = json.loads(request.body)["name"]
            return None if self.mute else answer({"id": item_id})  # type: ignore[return-value]
        if request.method == "PUT":
            self.closed.append(item_id)
            return answer({})
        if self.refuses:
            return answer({}, 500)
        return answer({}, 200 if self.names.pop(item_id, None) else 404)


def made(pets: Pets, known: Roles, **options: Any) -> World:
    here = world(CONTRACT, known, pets, **options)
    for _ in range(2):
        try:
            Shelf(here, known.resources[0]).create()
        except NotTried:
            continue
    return here


@pytest.mark.parametrize("shows", [True, False])
@pytest.mark.parametrize("mute", [True, False])
def test_what_was_made_is_removed_and_nothing_else(*, mute: bool, shows: bool) -> None:
    pets = Pets(mute=mute)
    here = made(pets, roles(shows=shows))
    assert len(pets.names) == 3
    assert cleanup.clean(here) == []
    assert pets.names == {"p0": "was there"}
    assert here.ledger.size == 0


def test_what_is_gone_already_is_no_trouble() -> None:
    pets = Pets()
    here = made(pets, roles())
    pets.names.pop("p1")
    assert cleanup.clean(here) == []


def test_what_cannot_be_deleted_is_closed_and_named() -> None:
    pets = Pets()
    still = cleanup.clean(made(pets, roles(deletes=False)))
    assert still == ["pet: the contract has no way to delete it; close: done: p2, p1"]
    assert pets.closed == ["p2", "p1"]


def test_what_the_server_does_not_remove_is_named_and_kept_for_another_time() -> None:
    here = made(Pets(refuses=True), roles())
    assert cleanup.clean(here) == ["pet: DELETE /pets/{id} answered 500: p2, p1"]
    assert here.ledger.size == 2


def test_requests_are_kept_back_for_cleaning_up() -> None:
    pets = Pets()
    known = roles()
    here = world(CONTRACT, known, pets)
    here.wire.allowance = Allowance(Limits(max_requests=4))
    shelf = Shelf(here, known.resources[0])
    shelf.create()
    shelf.create()
    assert here.wire.allowance.left_requests == 0
    assert cleanup.clean(here) == []
    assert here.wire.allowance.sent == 4


def test_on_a_server_of_others_only_what_was_made_here_may_be_touched() -> None:
    pets = Pets()
    here = made(pets, roles(), permits=Permits(writing=True, existing=False))
    with pytest.raises(NotTried, match="only what this run created"):
        here.call("remove", {"id": "p0"})
    with pytest.raises(NotTried, match="only what this run created"):
        here.send(Request("DELETE", "/pets/p0"))
    assert here.call("remove", {"id": "p1"}).ok
    assert "p0" in pets.names


def test_where_only_reading_is_allowed_nothing_is_written() -> None:
    pets = Pets()
    here = made(pets, roles(), permits=Permits(writing=False, existing=False))
    assert list(pets.names) == ["p0"]
    with pytest.raises(NotTried, match="only reads"):
        here.call("make", {"#/name": "x"})
