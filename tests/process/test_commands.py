"""The other commands: routes, vendors, help; a closed pipe is nobody's fault."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import specs
from mockserver.cli import serve
from mockserver.settings import Settings

Run = Callable[..., tuple[int, str]]
ROOT = Path(__file__).parent.parent.parent


def test_routes_prints_every_operation_of_the_contract(run: Run) -> None:
    code, output = run("routes", "--vendor", "ngrok")
    rows = [line.split()[:3] for line in output.splitlines()]
    expected = specs.operations("ngrok")
    assert code == 0
    assert rows == [[row.method, f"/ngrok{row.path}", row.operation_id] for row in expected]


def test_routes_leads_to_the_handler(run: Run) -> None:
    _, output = run("routes", "--vendor", "ngrok")
    for line in output.splitlines():
        operation_id, place = line.split()[2:]
        file, _, number = place.partition(":")
        code = (ROOT / file).read_text().splitlines()
        assert code[int(number) - 1].startswith(f"async def {operation_id}(")


def test_routes_lines_up_its_columns(run: Run) -> None:
    _, output = run("routes", "--vendor", "ngrok")
    assert len({line.index("/ngrok") for line in output.splitlines()}) == 1
    assert len({line.index("mockserver/vendors") for line in output.splitlines()}) == 1


def test_routes_refuses_an_unknown_vendor_in_one_line(run: Run) -> None:
    code, output = run("routes", "--vendor", "nobody")
    assert (code, output.count("\n")) == (2, 1)
    assert "nobody" in output


def test_vendors_names_each_with_its_address_and_credential(run: Run) -> None:
    code, output = run("vendors")
    assert code == 0
    assert [line.split()[0] for line in output.splitlines()] == list(specs.vendors())
    assert re.search(r"ngrok +/ngrok +api\.ngrok\.com +Authorization: Bearer", output)


def test_every_setting_is_an_option_with_a_help_text() -> None:
    options = {option.name: option for option in serve.params}
    assert set(options) == set(Settings.model_fields) | {"config"}
    assert all(getattr(option, "help", "") for option in options.values())


def test_every_setting_is_described() -> None:
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize("words", [["--help"], ["serve", "--help"], ["-h"]])
def test_help_shows_examples(run: Run, words: list[str]) -> None:
    code, output = run(*words)
    assert code == 0
    assert "mockserver serve --port 0 --vendor ngrok --seed 7" in output


def test_help_does_not_load_the_framework(run: Run) -> None:
    code, output = run("--help", PYTHONPROFILEIMPORTTIME="1")
    assert code == 0
    assert "click" in output
    assert "connexion" not in output
    assert "pydantic" not in output
