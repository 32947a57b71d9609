"""Statements of contracts are found at the lines where they stand written."""

from __future__ import annotations

from pathlib import Path

import pytest

import specs
from contract_tests.documents.places import Place, Places
from contract_tests.documents.sources import statements

ROOT = specs.ROOT.parent


@pytest.mark.parametrize(
    ("vendor", "statement", "text"),
    [
        ("pingplotter", "GET /agents", "get:"),
        ("pingplotter", "GET /agents 429", "'429':"),
        ("pingplotter", "Agent", "title: Agent"),
        ("pingplotter", "Agent.Name", "Name:"),
        ("pingplotter", "Agent.CustomFields.Name", "Name:"),
        ("pingplotter", "header X-RateLimit-Limit", "X-RateLimit-Limit:"),
        ("ngrok", "GET /app/sessions ?limit", "name: limit"),
        ("ngrok", "GET /app/sessions/{id} {id}", "name: id"),
    ],
)
def test_a_statement_is_at_its_line(vendor: str, statement: str, text: str) -> None:
    place = Places(specs.path_of(vendor)).of(statement)
    line = (ROOT / place.file).read_text("utf-8").splitlines()[place.line - 1]
    assert line.strip().removeprefix("- ").startswith(text)


@pytest.mark.parametrize("vendor", specs.vendors())
def test_every_statement_is_found(vendor: str) -> None:
    places = Places(specs.path_of(vendor))
    lost = [said for said in statements(specs.load(vendor)) if places.of(said).line == 1]
    assert lost == []


def test_what_is_not_there_falls_back_to_the_next_selector() -> None:
    places = Places(specs.path_of("ngrok"))
    operation = places.of("GET /app/sessions")
    assert places.of("Nothing.at.all", "GET /app/sessions") == operation
    assert places.of("GET /app/sessions 418") == operation


def test_what_is_nowhere_is_the_top_of_the_document() -> None:
    assert Places(specs.path_of("ngrok")).of("Nothing", "", "GET /nothing").line == 1


def test_json_has_lines_too(tmp_path: Path) -> None:
    path = tmp_path / "api.json"
    path.write_text('{"paths": {\n"/a": {\n"get": {"responses": {}}}}}')
    assert Places(path).of("GET /a") == Place(path.as_posix(), 3)


@pytest.mark.parametrize("text", ["", "[", "just text", "paths: [1]", "\0"])
def test_a_file_that_is_no_contract_has_a_top(text: str, tmp_path: Path) -> None:
    path = tmp_path / "api.yaml"
    path.write_text(text)
    assert Places(path).of("GET /a", "Thing.x").line == 1
