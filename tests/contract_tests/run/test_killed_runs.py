"""A run that is killed or interrupted: what it made is removed, then or by the next one."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from contract_tests.cli import main
from contract_tests.target import Target, stand_in

ROOT = Path(__file__).parents[3]


@dataclass(slots=True)
class Doorman:
    """Lets requests through until one of `method` comes after the first agent was made.

    That one is held back, before or after it was done, and `is_held` tells that it is.
    """

    method: str
    after: bool
    is_held: threading.Event = field(default_factory=threading.Event)
    is_open: bool = False
    _made: bool = False

    def __call__(self, app: Any) -> Any:
        async def served(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http" or scope["path"].startswith("/__mock"):
                await app(scope, receive, send)
                return
            is_creation = scope["method"] == "POST" and scope["path"].endswith("/agents")
            hold = not self.is_open and scope["method"] == self.method
            hold = hold and (self._made or is_creation)
            self._made = self._made or is_creation
            if hold and not self.after:
                await self._hold()

            async def answered(message: Any) -> None:
                if hold and self.after:
                    await self._hold()
                await send(message)

            await app(scope, receive, answered)

        return served

    async def _hold(self) -> None:
        self.is_held.set()
        while not self.is_open:
            await asyncio.sleep(0.01)


@contextmanager
def begun(doorman: Doorman, state: Path) -> Iterator[tuple[subprocess.Popen[str], Target]]:
    """Begin a run that makes agents, and wait until the doorman holds a request of it."""
    with stand_in(doorman, vendor=("pingplotter",)) as house:
        target = house.target("pingplotter", "killed")
        command = [sys.executable, "-m", "contract_tests", "server", "pingplotter"]
        given = {"XDG_STATE_HOME": str(state), "PINGPLOTTER_API_KEY": target.key}
        run = subprocess.Popen(
            [*command, "--url", target.url, "--rule", "created_is_readable"],
            cwd=ROOT,
            env={**os.environ, **given},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            assert doorman.is_held.wait(60)
            yield run, target
        finally:
            doorman.is_open = True
            run.kill()
            run.wait(30)
            if run.stdout:
                run.stdout.close()


def agents(target: Target) -> list[str]:
    answer = requests.get(f"{target.url}/agents", headers={"X-API-KEY": target.key}, timeout=10)
    return [agent["Name"] for agent in answer.json()]


def cleanup(target: Target, state: Path, *arguments: str) -> Any:
    given = {"XDG_STATE_HOME": str(state), "PINGPLOTTER_API_KEY": target.key}
    return CliRunner(env=given).invoke(main, ["cleanup", *arguments])


@pytest.mark.slow
@pytest.mark.parametrize(("method", "after"), [("GET", False), ("POST", True), ("POST", False)])
def test_what_a_killed_run_made_is_removed_afterwards(
    method: str,
    after: bool,  # noqa: FBT001
    tmp_path: Path,
) -> None:
    """Killed while it reads; before an answer to a creation came; before it was even done."""
    doorman = Doorman(method, after)
    with begun(doorman, tmp_path) as (run, target):
        run.send_signal(signal.SIGKILL)
        assert run.wait(30) == -signal.SIGKILL
        doorman.is_open = True
        told = cleanup(target, tmp_path, "--dry-run")
        assert "agent" in told.output, told.output
        done = cleanup(target, tmp_path)
        assert done.exit_code == 0, done.output
        assert not [name for name in agents(target) if "ct-" in name]
    assert not list(tmp_path.rglob("*.jsonl"))


@pytest.mark.slow
def test_the_next_run_on_the_same_server_cleans_up_first(tmp_path: Path) -> None:
    doorman = Doorman("GET", after=False)
    with begun(doorman, tmp_path) as (run, target):
        run.kill()
        run.wait(30)
        doorman.is_open = True
        assert [name for name in agents(target) if "ct-" in name]
        given = {"XDG_STATE_HOME": str(tmp_path), "PINGPLOTTER_API_KEY": target.key}
        again = ["server", "pingplotter", "--url", target.url, "--rule", "ids_agree"]
        done = CliRunner(env=given).invoke(main, again)
        assert done.exit_code == 0, done.output
        assert "An earlier run had left" in done.output
        assert not [name for name in agents(target) if "ct-" in name]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_cleans_up_and_reports(number: signal.Signals, tmp_path: Path) -> None:
    doorman = Doorman("GET", after=False)
    with begun(doorman, tmp_path) as (run, target):
        run.send_signal(number)
        doorman.is_open = True
        output, _ = run.communicate(timeout=60)
        assert run.returncode == 128 + number, output
        assert "the run was interrupted" in output
        assert not [name for name in agents(target) if "ct-" in name]
    assert not list(tmp_path.rglob("*.jsonl"))
