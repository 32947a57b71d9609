"""One fault is one cause: no authentication, and what plain requests told already."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from inspected import tried
from notebook import Notebook, world_of
from outcomes import finding

from contract_tests.checks import strangers_are_refused
from contract_tests.findings.causes import grouped
from contract_tests.findings.echoes import without_echoes
from contract_tests.findings.finding import Finding, Grade
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import NotTried


class Open(Notebook):
    """Asks nobody for a key."""

    def account(self, key: str) -> str | None:
        return super().account(key) or next(iter(self.notes))


class OpenToReaders(Open):
    """Asks whoever changes something for a key."""

    def refused(self, request: Any, path: list[str], said: dict[str, str]) -> Any:
        reads = request.method == "GET" or super(Open, self).account(said.get("X-API-KEY", ""))
        return super().refused(request, path, said) if reads else self.error(401)


def _found(server: Notebook) -> list[Finding]:
    rules = (strangers_are_refused.RULE, strangers_are_refused.CHANGING_RULE)
    world = world_of(server)
    subjects = [(rule, subject) for rule in rules for _, subject in rule.subjects(world)]
    return [f for rule, subject in subjects for f in tried(rule.check(world, subject))]


def test_a_server_that_asks_nobody_for_a_key_is_not_told_of_each_operation() -> None:
    found = _found(Open(("a", "b")))
    operations = {f.operation for f in found}
    about = {cause.findings[0].about for cause in grouped(found)}
    assert {"GET /notes", "GET /notes/{id}", "DELETE /notes/{id}"} <= operations
    assert {"all that reads note", "all that changes note"} <= about
    assert len(grouped(found)) < len(operations)


def test_an_operation_that_alone_is_open_is_told_by_its_name() -> None:
    class OpenList(Notebook):
        def refused(self, request: Any, path: list[str], said: dict[str, str]) -> Any:
            is_list = request.method == "GET" and path == ["notes"]
            return None if is_list else super().refused(request, path, said)

    assert {f.about for f in _found(OpenList(("a",)))} == {""}


def test_what_reads_and_what_changes_are_told_apart() -> None:
    about = {f.about for f in _found(OpenToReaders(("a",)))}
    assert "all that reads note" in about
    assert "all that changes note" not in about


@pytest.mark.parametrize(
    ("grade", "operation", "is_left_out"),
    [
        (Grade.BREACH, "GET /a", True),
        (Grade.ASSUMPTION, "GET /a", False),
        (Grade.BREACH, "GET /b", False),
    ],
)
def test_an_echo_is_left_out_where_as_much_is_said_of_the_same(
    grade: Grade, operation: str, *, is_left_out: bool
) -> None:
    told = finding("strangers_are_refused", operation=operation, grade=grade)
    echo = finding("ignored_auth", operation="GET /a")
    assert without_echoes([told, echo]) == ([told] if is_left_out else [told, echo])


def test_what_could_not_be_tried_is_not_said_to_ask_for_no_key() -> None:
    world = world_of(Notebook())
    (note,) = world.roles.resources
    unlisted = Shelf(world, replace(note, list=None))
    with pytest.raises(NotTried, match="nothing that asks for a key could be tried on note"):
        list(strangers_are_refused.check(world, unlisted))


def test_where_nothing_asks_for_a_key_that_is_said() -> None:
    world = world_of(Notebook())
    for operation in world.operations.values():
        operation.definition["security"] = []
    try:
        with pytest.raises(NotTried, match="nothing on note asks for a key"):
            list(strangers_are_refused.check(world, Shelf(world, world.roles.resources[0])))
    finally:
        for name, operation in world.operations.items():
            if name != "get_health":
                del operation.definition["security"]
