"""What the package leans on, and what it shows."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import probes

SOURCES = sorted(Path(probes.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_a_module_imports_only_python_click_rich_and_its_own_package(source: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    assert imported <= {*sys.stdlib_module_names, "click", "rich", "probes"}


def test_every_public_name_exists() -> None:
    assert all(hasattr(probes, name) for name in probes.__all__)


def test_public_names_are_sorted() -> None:
    assert list(probes.__all__) == sorted(probes.__all__)


def test_every_error_of_the_package_is_a_probe_error() -> None:
    errors = vars(import_module("probes.errors")).values()
    raised = [item for item in errors if isinstance(item, type)]
    assert len(raised) >= 9
    assert all(issubclass(item, probes.ProbeError) for item in raised)


@pytest.mark.parametrize("module", ["probes", "probes.cli"])
def test_importing_does_not_load_rich(module: str) -> None:
    code = f"import sys, {module}; print('rich' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=SOURCES[0].parent.parent,
    )
    assert ran.stdout.strip() == "False"
