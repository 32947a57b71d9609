"""Every link of every contract can be followed from an answer to a success."""

from __future__ import annotations

import specs
from contract_tests.links import NothingToFollow, Traveller, links
from contract_tests.optional import may_be_absent
from contract_tests.target import StandIn


def test_every_link_leads_to_a_success(house: StandIn, vendor: str) -> None:
    """Each journey has a world of its own, so that deletions do not meet."""
    contract = specs.load(vendor)
    for number, link in enumerate(links(contract)):
        target = house.target(vendor, f"links-{vendor}-{number}")
        try:
            assert Traveller(contract, target, house.settle).follow(link).ok
        except NothingToFollow:
            # Only what the contract calls optional or nullable may be missing in every answer.
            assert may_be_absent(contract, link), link
