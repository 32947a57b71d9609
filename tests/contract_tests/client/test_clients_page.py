"""docs/clients.md says what is: its examples run, and it names every option."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import click
import pytest
from wrapped_clients import ROOT, surroundings

import specs
from contract_tests.client.command import client

PAGE = (ROOT / "docs" / "clients.md").read_text("utf-8")
EXAMPLES = dict(re.findall(r"<!-- example: (\S+) -->\n```sh\n(.*?)```", PAGE, re.DOTALL))
COMMANDS = re.findall(r"^(contract-tests client .*)$", PAGE, re.MULTILINE)


def run(name: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    command = tmp_path / "contract-tests"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m contract_tests "$@"\n', "utf-8")
    command.chmod(0o755)
    path = f"{tmp_path}:{surroundings()['PATH']}"
    return subprocess.run(
        ["sh", "-c", EXAMPLES[name]],
        env=surroundings(PATH=path),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.slow
def test_the_misspelt_parameter_is_found(tmp_path: Path) -> None:
    done = run("misspelt", tmp_path)
    assert done.returncode == 1
    assert "parameters_are_known" in done.stderr
    assert done.stdout.startswith("{")


@pytest.mark.slow
def test_the_environment_is_printed(tmp_path: Path) -> None:
    done = run("environment", tmp_path)
    assert "export TE_TOKEN='***'\n" in done.stdout
    assert "unset TE_AID\n" in done.stdout


@pytest.mark.parametrize("vendor", specs.vendors())
def test_the_page_tells_where_each_address_ends(vendor: str) -> None:
    contract = specs.load(vendor)
    (row,) = re.findall(
        rf"^  \| {vendor} \| `(\S+)` \| `(\S+)` \| `(\S+)` \|$", PAGE, re.MULTILINE
    )
    own, here, path = row
    base = specs.base_path(contract)
    assert urlsplit(own).path == base
    assert here == f"http://127.0.0.1:PORT{base}"
    assert path in contract["paths"]


@pytest.mark.parametrize(
    "option", [name for each in client.params for name in each.opts if name.startswith("--")]
)
def test_the_page_names_every_option(option: str) -> None:
    # Those of reports and baselines are told with the servers.
    shared = {"--update-baseline"}
    assert option in PAGE or option in shared


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_on_the_page_is_understood(line: str) -> None:
    given = line.partition("  #")[0].split()[2:]
    options = given[: given.index("--")] if "--" in given else given
    context = click.Context(client)
    client.parse_args(context, [part.strip("'") for part in options if part != "\\"])
