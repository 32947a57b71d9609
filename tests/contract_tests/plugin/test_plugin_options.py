"""Options, ini twins and bad words; and a run that asks for nothing loads nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from plugin_runs import run

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
SEEDED = {
    "pytest.ini": "[pytest]\ncontract_seed = 7\ncontract_vendor = ngrok wisphub\n"
    "contract_fail_on = breach\n",
    "test_seeded.py": """
    import pytest

    def test_ini(mock_api, contract):
        assert set(mock_api.tenant.keys) == {"ngrok", "wisphub"}
        assert mock_api.tenant.house.resident.app.settings.seed == 7
        assert contract.fail_on == "breach"
    """,
}


def test_a_run_that_does_not_use_it_loads_nothing(tmp_path: Path) -> None:
    alone = run(tmp_path, files=LOADED)
    assert alone.code == 0, alone.output
    assert "contract: " not in alone.output


@pytest.mark.slow
def test_the_ini_file_says_what_options_say(tmp_path: Path) -> None:
    found = run(tmp_path, files=SEEDED)
    assert found.code == 0, found.output


@pytest.mark.slow
@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--contract-report=jsn=x", "KIND is one of html"),
        ("--contract-report=json", "KIND=FILE"),
        ("--contract-fail-on=all", "invalid choice"),
        ("--contract-seed=x", "invalid int"),
    ],
)
def test_options_that_mean_nothing_are_refused(tmp_path: Path, option: str, said: str) -> None:
    found = run(tmp_path, option, files=PASSES)
    assert found.code == 4
    assert said in found.output
