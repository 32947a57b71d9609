"""What stands beside a contract about requests is true to it, and cites what SOURCES.md knows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conduct_cases import contract

import specs
from contract_tests.conduct.allowances import (
    NONE,
    Allowances,
    BadAllowances,
    Row,
    allowances_of,
    read,
)
from contract_tests.documents.sources import documents

ROWS = [(vendor, row) for vendor in specs.vendors() for row in allowances_of(vendor).rows]
_KEY = re.compile(r"([A-Z]{1,3}):")


def _names(vendor: str) -> str:
    return str(contract(vendor))


@pytest.mark.parametrize(("vendor", "row"), ROWS, ids=str)
def test_a_row_cites_a_document_or_a_decision(vendor: str, row: Row) -> None:
    known = documents(specs.path_of(vendor).parent / "SOURCES.md")
    cited = _KEY.findall(row.source)
    assert {*cited} <= {*known}
    assert cited or row.source == "decision" or row.source.startswith("RFC ")


@pytest.mark.parametrize(("vendor", "row"), ROWS, ids=str)
def test_a_row_is_about_what_the_contract_has(vendor: str, row: Row) -> None:
    told = _names(vendor)
    places = {"apart", "needs", "below", "at_most", "moment", "any_case", "quoted"}
    named = row.of if row.says in places else row.of[:1] if row.says == "other_name" else ()
    for place in named:
        name = place.lstrip("?#/").partition("=")[0]
        assert f"'name': '{name}'" in told or f"'{name}': {{" in told
    assert all(f"'operationId': '{operation}'" in told for operation in row.in_)


def test_a_contract_without_a_file_has_no_allowances(tmp_path: Path) -> None:
    assert read(_written(tmp_path, "")) == NONE == Allowances()


@pytest.mark.parametrize(
    "text",
    ["- {says: nonsense, source: decision}", "- {says: suffix}", "a: [", "- {a: 1}", "x: y"],
)
def test_what_is_not_understood_is_an_error(text: str, tmp_path: Path) -> None:
    with pytest.raises(BadAllowances, match=r"requests\.yaml"):
        read(_written(tmp_path, text))


def _written(folder: Path, text: str) -> Path:
    path = folder / "requests.yaml"
    path.write_text(text, "utf-8")
    return path
