"""The guide names every option, fixture, marker argument and fault; its examples run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from plugin_runs import ROOT, Run, run
from plugin_seeded import SEEDED

from contract_tests import plugin
from contract_tests.inprocess import MockApi
from mockserver.core.faults import KINDS

GUIDE = (ROOT / "docs" / "pytest.md").read_text()
EXAMPLES = re.findall(r"^```python\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
SOURCE = Path(plugin.__file__).read_text()


def test_every_option_and_its_twin_is_told() -> None:
    options = set(re.findall(r'"(--contract-[a-z-]+)"', SOURCE))
    twins = set(re.findall(r'addini\(\s*"(\w+)"', SOURCE))
    assert {o.removeprefix("--").replace("-", "_") for o in options} == twins
    rows = re.findall(r"^\| `(--[a-z-]+) \S+` \| `(\w+)` \|", GUIDE, re.MULTILINE)
    assert {option for option, _ in rows} == options
    assert {twin for _, twin in rows} == twins


def test_every_fixture_is_told() -> None:
    fixtures = set(re.findall(r"@pytest\.fixture(?:\(.*\))?\ndef (\w+)", SOURCE))
    assert fixtures == set(re.findall(r"^\| `(\w+)` \| (?:function|session)", GUIDE, re.MULTILINE))


def test_every_member_of_mock_api_is_told() -> None:
    section = GUIDE.partition("### `mock_api`")[2].partition("### ")[0]
    members = {name for name in dir(MockApi) if not name.startswith("_")}
    told = set(re.findall(r"`(\w+)[(`]", section))
    assert members - {"tenant"} <= told, members - told


def test_every_fault_is_told() -> None:
    section = GUIDE.partition("### `faults`")[2].partition("### ")[0]
    assert set(KINDS) <= set(re.findall(r"`(\w+)`", section))


def test_every_argument_of_the_marker_is_told() -> None:
    assert re.search(r'contract\(vendor="ngrok", allow=\[.*\], fail_on="breach"\)', GUIDE)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run the guide's examples beside a project with an ini file: beginning is what costs."""
    guide = {f"test_{number}.py": text for number, text in enumerate(EXAMPLES)}
    return run(tmp_path_factory.mktemp("told"), files=guide | SEEDED)


@pytest.mark.slow
def test_its_examples_and_odd_answers_end_as_they_should(told: Run) -> None:
    ends = dict(told.ends)
    assert ends.pop("test_fragile") == "failure", told.output
    assert ends.pop("test_not_served") == "error", told.output
    assert set(ends.values()) == {"passed"}, told.output
    assert len(ends) == 9


@pytest.mark.slow
def test_the_answer_that_broke_it_is_shown(told: Run) -> None:
    text = told.texts["test_fragile"]
    assert "this answer of list_application_sessions broke it: 200" in text
    assert "test_fragile(" in text


@pytest.mark.slow
def test_a_marker_for_who_is_not_served_is_told_so(told: Run) -> None:
    assert "this run serves ngrok, wisphub" in told.texts["test_not_served"]
