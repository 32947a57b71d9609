"""The operation of an exchange is found by its name, or by method and path."""

from __future__ import annotations

import pytest

import specs
from contract_tests.words.lookup import Lookup, label


@pytest.mark.parametrize(
    ("method", "target", "expected"),
    [
        ("GET", "/agents", "GET /agents"),
        ("GET", "/agents?includeDeleted=true", "GET /agents"),
        ("GET", "/agents/a1%3Ax", "GET /agents/{uniqueId}"),
        ("GET", "/agents/a%2Fstatus", "GET /agents/{uniqueId}"),
        ("GET", "/agents/customfields", "GET /agents/customfields"),
        ("POST", "/agents/status", "POST /agents/status"),
        ("POST", "/agents/a1/status", "POST /agents/{uniqueId}/status"),
        ("GET", "/agents/status", None),
        ("PATCH", "/agents", None),
        ("GET", "/agents/", None),
        ("GET", "/nowhere", None),
    ],
)
def test_by_method_and_path(method: str, target: str, expected: str | None) -> None:
    operation = Lookup(specs.load("pingplotter")).find(method, target)
    assert (operation and label(operation)) == expected


@pytest.mark.parametrize("target", ["/v6/agents", "/agents"])
def test_with_and_without_the_path_of_the_base_url(target: str) -> None:
    operation = Lookup(specs.load("thousandeyes")).find("GET", target)
    assert operation is not None
    assert label(operation) == "GET /agents"
