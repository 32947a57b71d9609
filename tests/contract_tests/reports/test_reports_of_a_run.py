"""A real run over real sockets: every report tells of the fault, and none of the key."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from contract_tests.reports import kinds
from contract_tests.target import stand_in

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parent.parent.parent.parent
KEY = "mock_ngrok_key"


class Teapot:
    """Answers every unknown session with a status that nothing documents."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def bend(message: dict[str, Any]) -> None:
            await send({**message, "status": 418} if message.get("status") == 404 else message)

        await self._app(scope, receive, bend)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """Return the folder of the reports, what was printed, and the step's summary."""
    folder = tmp_path_factory.mktemp("reports")
    wanted = [word for kind in kinds() for word in ("--report", f"{kind}={folder / kind}")]
    with stand_in(Teapot, vendor=("ngrok",)) as house:
        command = ["server", "ngrok", "--url", f"{house.url}/ngrok", "--seed", "7"]
        rules = ["--rule", "unknown_is_not_found"]
        done = subprocess.run(
            [sys.executable, "-m", "contract_tests", *command, *rules, *wanted],
            cwd=ROOT,
            env={
                **os.environ,
                "NGROK_API_KEY": KEY,
                "XDG_STATE_HOME": str(folder),
                "GITHUB_ACTIONS": "true",
                "GITHUB_STEP_SUMMARY": str(folder / "summary"),
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 1, done.stdout + done.stderr
    return folder, done.stdout + done.stderr, (folder / "summary").read_text("utf-8")


@pytest.mark.parametrize("kind", kinds())
def test_a_report_tells_of_the_fault_and_not_of_the_key(
    run: tuple[Path, str, str], kind: str
) -> None:
    text = (run[0] / kind).read_text("utf-8")
    assert "418" in text
    assert KEY not in text


def test_the_terminal_tells_the_same_and_the_annotations(run: tuple[Path, str, str]) -> None:
    _, said, summary = run
    assert "::error file=specs/ngrok/openapi.yaml,line=" in said
    assert "repeat with --seed 7" in said
    assert "$NGROK_API_KEY" in said
    assert KEY not in said + summary
    assert summary.startswith("## ngrok: ")
