"""The wheel holds what a stranger needs, and its commands run in an environment of their own."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel with the locked builder, without asking any registry."""
    target = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "-w", str(target), str(ROOT)], check=True)
    return next(target.glob("*.whl"))


def test_the_wheel_holds_contracts_and_packages_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names if ".dist-info" not in name}
    assert tops == {"specs", "probes", "mockserver", "contract_tests"}
    for vendor in ("ngrok", "pingplotter", "thousandeyes", "wisphub"):
        assert f"specs/{vendor}/openapi.yaml" in names
        assert f"specs/{vendor}/SOURCES.md" in names
    assert "mockserver/control/contract/openapi.yaml" in names
    assert "mockserver/vendors/ngrok/pages/door.html" in names
    assert "contract_tests/suite/conftest.py" in names
    assert all(f"{package}/py.typed" in names for package in tops)


def test_its_commands_run_from_an_installed_copy(wheel: Path, tmp_path: Path) -> None:
    """The copy comes first on the path and the working folder is elsewhere."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    for module, argument in (("mockserver", "routes"), ("contract_tests", "specs")):
        done = subprocess.run(
            [sys.executable, "-m", module, argument],
            cwd=tmp_path,
            env={"PYTHONPATH": str(tmp_path / "site"), "XDG_CACHE_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "create_agent" in done.stdout or "0 findings" in done.stdout


def test_the_commands_are_declared(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    entry = next(name for name in archive.namelist() if name.endswith("entry_points.txt"))
    text = archive.read(entry).decode()
    for command in ("mockserver", "contract-tests", "probes"):
        assert f"{command} = " in text
    assert "[pytest11]\ncontract-tests = contract_tests.plugin\n" in text
