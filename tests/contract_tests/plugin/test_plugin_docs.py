"""The guide names every option, fixture, marker argument and fault; its examples run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from plugin_runs import ROOT, run

from contract_tests import plugin
from contract_tests.inprocess import MockApi
from mockserver.core.faults import KINDS

GUIDE = (ROOT / "docs" / "pytest.md").read_text()
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


@pytest.mark.slow
def test_its_examples_run(tmp_path: Path) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    found = run(tmp_path, files={f"test_{n}.py": text for n, text in enumerate(blocks)})
    assert found.code == 0, found.output
    assert len(found.ends) == 3
