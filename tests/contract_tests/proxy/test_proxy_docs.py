"""Every option of the two commands is in the guide, and every command in it can be read."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from contract_tests.proxy.command import proxy
from contract_tests.traffic.command import traffic

DOCS = Path(__file__).parents[3] / "docs"
PAGES = {"proxy.md": proxy, "recordings.md": traffic}


def examples() -> list[str]:
    text = "\n".join((DOCS / page).read_text("utf-8") for page in PAGES)
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize("page", PAGES)
def test_every_option_is_documented(page: str) -> None:
    text = (DOCS / page).read_text("utf-8")
    options = [name for one in PAGES[page].params for name in one.opts if name.startswith("--")]
    assert [name for name in options if name not in text] == []


@pytest.mark.parametrize("line", examples())
def test_every_example_can_be_read(line: str) -> None:
    program, name, *arguments = shlex.split(line)
    command = {"proxy": proxy, "traffic": traffic}[name]
    assert program == "contract-tests"
    with click.Context(command) as context:
        command.parse_args(context, arguments)
