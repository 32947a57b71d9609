"""What README and docs/probes.md say of the probes is so: verbs, commands, the Python of it."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from probes.cli import VERBS, main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PAGE = (ROOT / "docs" / "probes.md").read_text("utf-8")
COMMANDS = re.findall(r"^probes ([^#\n]+)", README + PAGE, re.MULTILINE)


def test_every_verb_is_described_and_no_other() -> None:
    described = set(re.findall(r"\*\*([a-z-]+)\*\*", PAGE)) | {"simulate"}
    assert described == set(VERBS)
    assert "`probes simulate`" in PAGE


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_works(command: str) -> None:
    words = shlex.split(command)
    kept = [word for word in words if "allow-target" not in word and "/24" not in word]
    simulate = [] if "--simulate" in kept else ["--simulate", "1"]
    result = CliRunner().invoke(main, [*kept, *simulate])
    assert result.exit_code in (0, 1), result.output


@pytest.mark.parametrize("block", re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))
def test_the_python_of_the_page_runs(block: str) -> None:
    """Its first measurement is made; what is only defined is compiled."""
    space: dict[str, object] = {}
    exec(compile(ast.parse(block), "docs/probes.md", "exec"), space)
    assert getattr(space["result"], "ok", None) is True
