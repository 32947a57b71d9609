"""Clients as processes, run under the kit's own command or in its own world."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from contract_tests.client.command import client
from contract_tests.client.streams import Pipes
from contract_tests.client.wrapped import Run, Wrapping, judged
from contract_tests.run.telling import Telling

ROOT = Path(__file__).parents[2]
PRELUDE = """
import os
U = os.environ["CONTRACT_TESTS_URL"]
H = {"Authorization": "Bearer " + os.environ["CONTRACT_TESTS_KEY"], "Ngrok-Version": "2"}
"""


def script(folder: Path, text: str, name: str = "app.py") -> Path:
    """Write a Python client that knows address `U` and headers `H`."""
    file = folder / name
    file.write_text(PRELUDE + textwrap.dedent(text), "utf-8")
    return file


def run(*args: str | Path, vendors: tuple[str, ...] = ("ngrok",), **given: Any) -> Run:
    """Run a client once in this process's own world; what it writes is kept and not shown."""
    fields: dict[str, Any] = {"time_limit_s": 60.0, **given}
    pipes = fields.pop("pipes", None) or Pipes()
    return judged(Wrapping(tuple(map(str, args)), vendors, Telling(), **fields), pipes)


def run_python(folder: Path, text: str, **given: Any) -> Run:
    """Run a Python client in this environment."""
    return run(sys.executable, script(folder, text), **given)


def here(*args: str | Path) -> Result:
    """Run `contract-tests client` in this process: what it says itself is in `stderr`."""
    return CliRunner().invoke(client, list(map(str, args)))


def command(*args: str | Path) -> list[str]:
    """Return the command line of `contract-tests client`."""
    return [sys.executable, "-m", "contract_tests", "client", *map(str, args)]


def surroundings(**more: str) -> dict[str, str]:
    """Return an environment in which the kit is found, and nothing announces itself."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "CONTRACT_"))}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


def under_command(
    *args: str | Path, cwd: Path | None = None, stdin: bytes = b"", **more: str
) -> subprocess.CompletedProcess[bytes]:
    """Run `contract-tests client` as a user does."""
    return subprocess.run(
        command(*args),
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=surroundings(**more),
        timeout=120,
        check=False,
    )
