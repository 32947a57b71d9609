"""A stand-in's vendor as the rules and phases see it: a world of an account of its own."""

from __future__ import annotations

import specs
from contract_tests.roles.read import roles_of
from contract_tests.target import StandIn
from contract_tests.wire.credential import Credential
from contract_tests.wire.wire import Wire
from contract_tests.world.world import World


def world_of(house: StandIn, vendor: str, account: str, seed: int = 0) -> World:
    """Return `vendor` as a new account named `account` sees it."""
    contract = specs.load(vendor)
    key = key_of(house, vendor, account, "API_KEY")
    wire = Wire(f"{house.url}/{vendor}", secrets=(key,))
    return World(contract, roles_of(vendor), wire, key, seed=seed, settle=house.settle)


def key_of(house: StandIn, vendor: str, account: str, variable: str) -> Credential:
    """Return the credential of a new account named `account`."""
    target = house.target(vendor, account)
    return Credential(variable, target.key, tuple(target.headers(specs.load(vendor)).items()))
