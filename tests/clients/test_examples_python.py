"""The Python examples, each run as a user runs it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from plugin_runs import ROOT, environment, plugin

EXAMPLES = ROOT / "examples" / "python"
# Packages of others stand behind our own: what both have is ours.
WITH_OTHERS = "import sys, pytest; sys.path += sys.argv[1:2]; sys.exit(pytest.main(sys.argv[2:]))"
pytestmark = pytest.mark.slow


def tried(folder: Path, scratch: Path, *others: str) -> str:
    command = [sys.executable, "-c", WITH_OTHERS, *(others or [str(folder)])]
    done = subprocess.run(
        [*command, "-q", *plugin(), "-p", "no:cacheprovider"],
        cwd=folder,
        env={**environment(), "HYPOTHESIS_STORAGE_DIRECTORY": str(scratch)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("name", ["requests", "httpx"])
def test_an_example_passes_and_asks_nothing_wrong(name: str, tmp_path: Path) -> None:
    shown = tried(EXAMPLES / name, tmp_path)
    assert re.search(r"contract: \d+ requests, 2 of \d operations, 0 findings", shown)


def test_the_one_with_ngroks_own_client_passes(
    client_python: Callable[[str], Path], tmp_path: Path
) -> None:
    python = client_python("ngrok-api")
    (packages,) = python.parents[1].glob("lib/python*/site-packages")
    assert "0 findings" in tried(EXAMPLES / "ngrok-api", tmp_path, str(packages))


def test_there_is_no_other() -> None:
    assert sorted(path.name for path in EXAMPLES.iterdir()) == ["httpx", "ngrok-api", "requests"]
