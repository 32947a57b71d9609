"""The rules of the house that no tool holds: short files, a sentence at the top of each."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted(
    path
    for package in ("specs", "probes", "mockserver", "contract_tests", "benchmarks")
    for path in (ROOT / package).rglob("*.py")
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_opens_with_a_sentence_and_is_not_long(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 300
    opening = (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]
    assert opening.endswith((".", ":", "?"))


def test_contracts_hold_no_python_names() -> None:
    """Which function serves an operation is told by its operationId alone."""
    pages = [*ROOT.glob("specs/**/*.yaml"), *ROOT.glob("mockserver/control/**/*.yaml")]
    assert pages
    for page in pages:
        text = page.read_text("utf-8")
        assert "x-openapi-router-controller" not in text
        assert "InfoFunc" not in text
        assert "mockserver." not in text


def test_no_lock_file_names_a_registry() -> None:
    locks = [*ROOT.glob("requirements/**/*.txt"), ROOT / "package-lock.json"]
    assert len(locks) > 3
    for lock in locks:
        text = lock.read_text("utf-8")
        assert "index-url" not in text
        assert '"resolved"' not in text
