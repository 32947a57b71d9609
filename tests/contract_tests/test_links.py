"""Links are followed by what answers hold, and a broken one is named."""

# ruff: noqa: ARG002  (a broken server does not need all that it is given)
from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspected import tried, world
from notebook import CONTRACT, ROLES, Notebook

import specs
from contract_tests.checks import links_lead_on
from contract_tests.documents.links import Link, NothingToFollow, Traveller, evaluated, links
from contract_tests.documents.optional import may_be_absent
from contract_tests.roles.read import roles_of
from contract_tests.suite.worlds import world_of
from contract_tests.target import stand_in
from contract_tests.wire.exchange import Exchange, Request, Response
from contract_tests.world.world import World

TO_THE_NOTE = {"operationId": "get_note", "parameters": {"id": "$response.body#/0/id"}}
TO_ITS_END = {"operationId": "delete_note", "parameters": {"id": "$response.body#/0/id"}}


def linked(**named: Any) -> dict[str, Any]:
    contract = copy.deepcopy(CONTRACT)
    contract["paths"]["/notes"]["get"]["responses"]["200"]["links"] = named
    return contract


def found(server: Notebook, **named: Any) -> list[Any]:
    seen: World = world(linked(**named), ROLES, server)
    subjects = links_lead_on.subjects(seen)
    return [f for _, subject in subjects for f in tried(links_lead_on.check(seen, subject))]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), unique=True))
def test_a_server_that_knows_what_it_lists_is_not_accused(ids: list[str]) -> None:
    assert found(Notebook(tuple(ids)), note=TO_THE_NOTE, end=TO_ITS_END) == []


class Forgets(Notebook):
    """Lists what cannot be read."""

    def found(self, account: str, note_id: str) -> dict[str, str] | None:
        return None


class ForgetsTheFirst(Notebook):
    def found(self, account: str, note_id: str) -> dict[str, str] | None:
        return None if note_id == "a" else super().found(account, note_id)


class CannotEnd(Notebook):
    def on_one(self, note: dict[str, str], request: Request) -> Response:
        if request.method == "DELETE":
            return self.error(400)
        return super().on_one(note, request)


@pytest.mark.parametrize("broken", [Forgets, ForgetsTheFirst, CannotEnd])
def test_a_server_that_leads_nowhere_is_accused(broken: type[Notebook]) -> None:
    assert found(broken(("a", "b")), note=TO_THE_NOTE, end=TO_ITS_END)


def test_every_link_of_the_contract_is_listed() -> None:
    among = {(link.source, link.target) for link in links(specs.load("ngrok"))}
    assert ("list_application_sessions", "get_application_session") in among


def test_a_link_into_a_resource_is_reached_along_another_link() -> None:
    link = next(x for x in links(specs.load("ngrok")) if x.source == "get_application_session")
    with stand_in(vendor=("ngrok",)) as house:
        traveller = Traveller(world_of(house, "ngrok", "travelling"))
        assert traveller.follow(link).status in {200, 204}


def test_a_link_to_what_no_answer_holds_leads_nowhere() -> None:
    absent = {"operationId": "get_note", "parameters": {"id": "$response.body#/0/nothing"}}
    seen = world(linked(absent=absent), ROLES, Notebook(("a",)))
    with pytest.raises(NothingToFollow, match="nothing at"):
        Traveller(seen).follow(links(seen.contract)[0])


def test_the_links_of_our_contracts_are_decisions() -> None:
    assert {roles_of(vendor).links for vendor in specs.vendors()} == {"decision"}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("$response.body#/0/id", "b"),
        ("$request.path.id", "p"),
        ("$request.body#/x", 1),
        ({"a": ["$response.body#/0/id", "plain"]}, {"a": ["b", "plain"]}),
        (7, 7),
    ],
)
def test_an_expression_takes_its_value_from_request_and_answer(
    expression: Any, value: Any
) -> None:
    response = Response(200, (), b'[{"id": "b"}]')
    values = {"id": "p", "(body)": {"x": 1}}
    step = Exchange("", Request("GET", "/"), response, values=values)
    assert evaluated(expression, step) == value


@pytest.mark.parametrize(
    ("pointer", "absent"),
    [("next_page_uri", True), ("uri", False), ("application_sessions/0/edge/id", True)],
)
def test_only_what_is_optional_or_nullable_may_be_absent(pointer: str, *, absent: bool) -> None:
    link = Link("x", "list_application_sessions", "y", {"id": f"$response.body#/{pointer}"})
    assert may_be_absent(specs.load("ngrok"), link) is absent
