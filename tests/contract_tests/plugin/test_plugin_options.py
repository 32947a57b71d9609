"""Options, ini twins and bad words; and a run that asks for nothing loads nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from plugin_runs import run

from contract_tests import plugin

PASSES = {"test_none.py": "def test_nothing():\n    pass\n"}
LOADED = {
    "test_loaded.py": """
    import sys

    def test_nothing_is_loaded():
        parts = {name.partition(".")[0] for name in sys.modules}
        unwanted = {"mockserver", "specs", "connexion", "uvicorn", "requests", "schemathesis"}
        assert not parts & unwanted
        ours = {name for name in sys.modules if name.startswith("contract_tests")}
        assert ours <= {"contract_tests", "contract_tests.plugin"}
    """
}


@dataclass
class Given:
    """Options as pytest gives them: those of the command, here; none of the ini file."""

    told: dict[str, object]

    def addinivalue_line(self, name: str, line: str) -> None:
        assert name == "markers", line

    def getoption(self, name: str) -> object:
        return self.told.get(name)

    def getini(self, name: str) -> object:
        return {"contract_fail_on": "drift"}.get(name, [])


def test_a_run_that_does_not_use_it_loads_nothing(tmp_path: Path) -> None:
    alone = run(tmp_path, files=LOADED)
    assert alone.code == 0, alone.output
    assert "contract: " not in alone.output


@pytest.mark.parametrize(
    ("text", "said"), [("jsn=x", "KIND is one of html"), ("json", "KIND=FILE")]
)
def test_reports_that_mean_nothing_are_refused(text: str, said: str) -> None:
    with pytest.raises(pytest.UsageError, match=said):
        plugin.pytest_configure(cast("Any", Given({"--contract-report": [text]})))


def test_a_grade_of_the_ini_file_that_there_is_not_is_refused() -> None:
    with pytest.raises(pytest.UsageError, match="one of breach, drift, assumption"):
        plugin.pytest_configure(cast("Any", Given({"--contract-fail-on": "all"})))


@pytest.mark.parametrize(
    ("option", "said"),
    [("--contract-fail-on=all", "invalid choice"), ("--contract-seed=x", "invalid int")],
)
def test_options_that_mean_nothing_are_refused(option: str, said: str) -> None:
    parser = pytest.Parser(_ispytest=True)
    plugin.pytest_addoption(parser)
    with pytest.raises(pytest.UsageError, match=said):
        parser.parse([option])


def test_a_refused_option_ends_the_run(tmp_path: Path) -> None:
    found = run(tmp_path, "--contract-report=jsn=x", files=PASSES)
    assert found.code == 4
    assert "KIND is one of html" in found.output
