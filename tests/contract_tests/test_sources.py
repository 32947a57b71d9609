"""SOURCES.md is read, and held against the contract in both directions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from contract_tests import sources

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
