"""Work that a request has begun ends in a documented result, and not before its time."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import requests

import specs
from contract_tests.links import NothingToFollow, Traveller, links
from contract_tests.target import StandIn

_LAYERS = ("net", "web", "dns", "voice")


def _without_results(body: Mapping[str, Any]) -> bool:
    layers = [body[name] for name in _LAYERS if name in body]
    return bool(layers) and not any(isinstance(value, list) for value in layers[0].values())


# How a vendor's answer says that there is no result yet, and how many sorts of work there are.
_WAITS: dict[str, tuple[Callable[[Mapping[str, Any]], bool], int]] = {
    "thousandeyes": (_without_results, 11),
    "wisphub": (lambda body: body.get("action") == "pending", 1),
}


_CHOSEN = os.environ.get("CONTRACT_TESTS_VENDORS", ",".join(_WAITS)).split(",")


@pytest.mark.slow
@pytest.mark.parametrize("working", sorted(_WAITS.keys() & set(_CHOSEN)))
def test_work_that_was_begun_ends_in_a_result(house: StandIn, working: str) -> None:
    """Every creation whose result has to be waited for: none at once, one once time has passed."""
    waits, least = _WAITS[working]
    contract, waited = specs.load(working), 0
    for number, link in enumerate(links(contract)):
        traveller = Traveller(contract, house.target(working, f"work-{number}-{working}"))
        try:
            answer = traveller.follow(link)
        except NothingToFollow:
            continue
        if answer.status_code == 200 and answer.content and waits(answer.json()):
            waited += 1
            house.settle()
            again = requests.Session().send(answer.request, timeout=20)
            assert not waits(again.json()), f"{link}: {again.text[:500]}"
    assert waited >= least
