"""Every operation with security refuses strangers, and no account sees another's world."""

from __future__ import annotations

import requests

import specs
from contract_tests.caller import Caller
from contract_tests.target import StandIn, Target


def _protected(vendor: str) -> list[str]:
    contract = specs.load(vendor)
    return [
        item[method]["operationId"]
        for item in contract["paths"].values()
        for method in specs.METHODS
        if method in item and item[method].get("security", contract["security"])
    ]


def test_a_wrong_key_is_refused_everywhere(house: StandIn, vendor: str) -> None:
    """A key that names no account gets 401 from every protected operation."""
    contract = specs.load(vendor)
    stranger = Caller(contract, Target(vendor, f"{house.url}/{vendor}", "mock_nobody_key"))
    for operation_id in _protected(vendor):
        values = stranger.operations[operation_id].example_values()
        assert stranger.call(operation_id, values).status_code == 401, operation_id


def test_no_key_is_refused_everywhere(house: StandIn, vendor: str) -> None:
    """A request without any credential gets 401 with a JSON body, never a crash."""
    contract = specs.load(vendor)
    for row in specs.operations(vendor):
        caller = Caller(contract, Target(vendor, f"{house.url}/{vendor}", "x"))
        operation = caller.operations[row.operation_id]
        if row.operation_id in _protected(vendor):
            path = operation.path.replace("{", "").replace("}", "")
            url = f"{house.url}/{vendor}{path}"
            answer = requests.request(operation.method, url, timeout=20)
            assert answer.status_code == 401, row
            assert isinstance(answer.json(), dict)
