"""SOURCES.md is read, and held against the contract in both directions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import specs
from contract_tests.documents import sources
from contract_tests.findings.finding import Aspect

CONTRACT: dict[str, Any] = {
    "paths": {
        "/things/{id}": {
            "parameters": [{"name": "id", "in": "path"}],
            "get": {
                "parameters": [{"name": "all", "in": "query"}, {"name": "X-V", "in": "header"}],
                "responses": {"200": {}, "404": {}},
            },
        }
    },
    "components": {
        "headers": {"X-Limit": {}},
        "schemas": {
            "Thing": {
                "properties": {"parts": {"items": {"allOf": [{"properties": {"name": {}}}]}}}
            }
        },
    },
}


def test_everything_that_a_contract_states_has_a_selector() -> None:
    assert list(sources.statements(CONTRACT)) == [
        "GET /things/{id}",
        "GET /things/{id} {id}",
        "GET /things/{id} ?all",
        "GET /things/{id} #X-V",
        "GET /things/{id} 200",
        "GET /things/{id} 404",
        "header X-Limit",
        "Thing",
        "Thing.parts",
        "Thing.parts.name",
    ]


def test_rows_are_read_without_the_list_of_documents(tmp_path: Path) -> None:
    page = tmp_path / "SOURCES.md"
    page.write_text(
        "| `A` | a page |\n| `Thing` | A:1 | note |\n| `GET /x 404` | decision | why |\n"
    )
    assert sources.rows(page) == {"Thing": "A:1", "GET /x 404": "decision"}


@pytest.mark.parametrize(
    ("source", "note", "decides"),
    [
        ("decision", "null: nobody wrote any", {"null"}),
        ("decision", "format: as ids are; null: none", {"format", "null"}),
        ("decision", "the alias, otherwise the target", set()),
        ("A:1", "null: it stands there", set()),
    ],
)
def test_the_note_of_a_decision_names_what_it_decides(
    source: str, note: str, decides: set[str], tmp_path: Path
) -> None:
    page = tmp_path / "SOURCES.md"
    page.write_text(f"| `A` | a page | where |\n| `Thing.name` | {source} | {note} |\n")
    assert sources.table(page) == (sources.Row("Thing.name", source, note),)
    assert sources.table(page)[0].decides == decides


@pytest.mark.parametrize("key", ["`AB`", "AB"])
def test_the_documents_are_read_with_their_names(key: str, tmp_path: Path) -> None:
    page = tmp_path / "SOURCES.md"
    page.write_text(f"| key | document |\n|---|---|\n| {key} | a page, line by line |\n")
    assert sources.documents(page) == {"AB": "a page, line by line"}


@pytest.mark.parametrize("vendor", specs.vendors())
def test_decisions_beside_a_document_use_the_words_of_findings(vendor: str) -> None:
    for row in sources.table(specs.path_of(vendor).parent / "SOURCES.md"):
        assert row.decides <= {aspect.value for aspect in Aspect}, row


@pytest.mark.parametrize(
    ("row", "uncovered", "dead"),
    [
        ("| `Thing*` | A:1 | |", 7, 0),
        ("| `* 404` | A:1 | |", 9, 0),
        ("| `Other` | A:1 | |", 10, 1),
        ("| `*` | A:1 | |", 0, 0),
    ],
)
def test_a_row_covers_what_its_selector_matches(
    row: str, uncovered: int, dead: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "SOURCES.md").write_text(row)
    monkeypatch.setattr(sources.specs, "path_of", lambda _: tmp_path / "openapi.yaml")
    monkeypatch.setattr(sources.specs, "load", lambda _: CONTRACT)
    assert len(sources.without_source("x")) == uncovered
    assert len(sources.without_statement("x")) == dead


def test_a_row_without_a_source_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "SOURCES.md").write_text("| `Thing` | | no source |")
    monkeypatch.setattr(sources.specs, "path_of", lambda _: tmp_path / "openapi.yaml")
    assert sources.without_citation("x") == ["Thing"]
