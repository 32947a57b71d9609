"""Links are followed by what answers hold, and a broken one is named."""

from __future__ import annotations

import copy
from typing import Any

import pytest

import specs
from contract_tests.links import Link, LinkBroken, NothingToFollow, Traveller, links
from contract_tests.optional import may_be_absent
from contract_tests.target import stand_in


@pytest.fixture
def contract() -> dict[str, Any]:
    return copy.deepcopy(specs.load("ngrok"))


def follow(contract: dict[str, Any], link: Link) -> int:
    with stand_in(vendor=("ngrok",)) as house:
        return Traveller(contract, house.target("ngrok", "travelling")).follow(link).status_code


def test_every_link_of_the_contract_is_listed(contract: dict[str, Any]) -> None:
    found = {(link.source, link.target) for link in links(contract)}
    assert ("list_application_sessions", "get_application_session") in found


def test_a_link_into_a_resource_is_reached_along_another_link(contract: dict[str, Any]) -> None:
    link = next(x for x in links(contract) if x.source == "get_application_session")
    assert follow(contract, link) in {200, 204}


def test_a_link_that_gives_a_wrong_id_is_broken(contract: dict[str, Any]) -> None:
    wrong = Link(
        "wrong",
        "list_application_sessions",
        "get_application_user",
        {"id": "$response.body#/application_sessions/0/id"},
    )
    with pytest.raises(LinkBroken, match="get_application_user answered 404"):
        follow(contract, wrong)


def test_a_link_to_what_no_answer_holds_leads_nowhere(contract: dict[str, Any]) -> None:
    absent = Link(
        "absent",
        "list_application_sessions",
        "get_application_session",
        {"id": "$response.body#/application_sessions/0/nothing"},
    )
    with pytest.raises(NothingToFollow, match="is not in the answer"):
        follow(contract, absent)


@pytest.mark.parametrize(
    ("pointer", "absent"),
    [("next_page_uri", True), ("uri", False), ("application_sessions/0/edge/id", True)],
)
def test_only_what_is_optional_or_nullable_may_be_absent(
    contract: dict[str, Any], pointer: str, *, absent: bool
) -> None:
    link = Link("x", "list_application_sessions", "y", {"id": f"$response.body#/{pointer}"})
    assert may_be_absent(contract, link) is absent
