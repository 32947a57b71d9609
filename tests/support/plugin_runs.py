"""Runs pytest as a user would: a project of its own, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIMIT_S = 120


@dataclass(frozen=True)
class Run:
    """What came of a run: its exit code, all that it printed, and each test's end by name."""

    code: int
    output: str
    ends: dict[str, str]
    texts: dict[str, str]


def plugin() -> list[str]:
    """Name the plugins that a run has; it loads no others of the environment: they are slow."""
    return ["-p", "contract_tests.plugin", "-p", "anyio", "-p", "xdist"]


def environment() -> dict[str, str]:
    """Return the environment of a run."""
    told = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return {**os.environ, **told, "PYTHONPATH": str(ROOT)}


def run(folder: Path, *args: str, files: dict[str, str] | None = None) -> Run:
    """Write files and run pytest on the folder."""
    for name, text in (files or {}).items():
        (folder / name).write_text(textwrap.dedent(text))
    report = folder / "ends.xml"
    command = [sys.executable, "-m", "pytest", *plugin(), "-p", "no:cacheprovider"]
    quiet = [f"--junitxml={report}", "--strict-markers"]
    done = subprocess.run(
        [*command, *quiet, *args],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    ends, texts = {}, {}
    for case in ET.parse(report).iter("testcase") if report.exists() else ():
        inner = [each for each in case if each.tag in {"failure", "error", "skipped"}]
        ends[case.get("name", "")] = "+".join(each.tag for each in inner) or "passed"
        texts[case.get("name", "")] = "\n".join(each.text or "" for each in case)
    return Run(done.returncode, done.stdout + done.stderr, ends, texts)
