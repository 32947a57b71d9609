"""Of a browser nothing remains, however its measurement ends: processes by their pids."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from page_browser import alive, family_of, limited
from page_server import Served, serving
from peers import needs, until

import probes
from probes import LiveNetwork, TargetPolicy
from probes.page import PagePlan

pytestmark = pytest.mark.slow

ROUTES = {"/never": {"silent": True}, "/": {"body": "<h1>x</h1>"}}
CODE = """
import asyncio, sys
from probes import LiveNetwork, TargetPolicy
from probes.page import PagePlan
network = LiveNetwork(TargetPolicy())
asyncio.run(network.measure(PagePlan(sys.argv[1], timeout_s=60)))
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    needs("chromium")
    with serving(tmp_path_factory.mktemp("remains"), ROUTES) as server:
        yield server


@pytest.fixture
def short_path() -> Iterator[Path]:
    """Chromium puts a socket into TMPDIR, whose whole path may have 107 bytes (unix(7))."""
    with tempfile.TemporaryDirectory(dir="/tmp", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def has_asked(served: Served) -> bool:
    return bool(served.exchanges("/never"))


def browsers(family: set[int]) -> set[int]:
    commands = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in family if alive(pid)}
    return {pid for pid, command in commands.items() if b"chromium" in command}


def gone(family: set[int]) -> bool:
    return not any(map(alive, family))


@pytest.mark.parametrize("ended_by", ["cancel", "timeout"])
def test_nothing_remains_of_a_measurement_that_is_ended(
    served: Served, ended_by: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    served.log.write_text("")
    timeout_s = 60 if ended_by == "cancel" else 3
    before = family_of(os.getpid())

    async def run() -> set[int]:
        plan = PagePlan(served.url("/never"), timeout_s=timeout_s)
        task = asyncio.ensure_future(LiveNetwork(TargetPolicy()).measure(plan))
        while not has_asked(served):
            await asyncio.sleep(0.02)
        family = family_of(os.getpid()) - before
        if ended_by == "cancel":
            task.cancel()
        await asyncio.wait({task})
        return family

    family = limited(run())
    assert len(family) > 4
    until(lambda: gone(family), "all processes of the browser are gone")
    assert list(tmp_path.iterdir()) == []


def test_nothing_remains_when_cancelled_while_it_starts() -> None:
    needs("chromium")
    before = family_of(os.getpid())

    async def run() -> set[int]:
        plan = PagePlan("http://127.0.0.1:9/")
        task = asyncio.ensure_future(LiveNetwork(TargetPolicy()).measure(plan))
        while not browsers(family_of(os.getpid()) - before):
            await asyncio.sleep(0.002)
        family = family_of(os.getpid()) - before
        task.cancel()
        await asyncio.wait({task})
        return family | (family_of(os.getpid()) - before)

    family = limited(run())
    until(lambda: gone(family), "all processes of the browser are gone")


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_remains_of_a_process_that_is_killed(
    served: Served, sign: signal.Signals, short_path: Path
) -> None:
    served.log.write_text("")
    root = Path(probes.__file__).parent.parent
    command = [sys.executable, "-c", CODE, served.url("/never")]
    settings = {**os.environ, "TMPDIR": str(short_path)}
    with subprocess.Popen(command, cwd=root, env=settings, stderr=subprocess.DEVNULL) as process:
        until(lambda: has_asked(served), "the browser asks")
        family = family_of(process.pid)
        assert browsers(family)
        process.send_signal(sign)
    until(lambda: gone(family), "all processes of the browser are gone")


def test_a_browser_that_is_killed_is_a_failure_and_no_exception(served: Served) -> None:
    served.log.write_text("")
    before = family_of(os.getpid())

    async def run() -> object:
        plan = PagePlan(served.url("/never"), timeout_s=60)
        task = asyncio.ensure_future(LiveNetwork(TargetPolicy()).measure(plan))
        while not has_asked(served):
            await asyncio.sleep(0.02)
        for pid in browsers(family_of(os.getpid()) - before):
            os.kill(pid, signal.SIGKILL)
        return await task

    result = limited(run())
    assert result.failure.kind is probes.FailureKind.CONTENT
    assert "ended unexpectedly" in result.failure.message
    assert (result.ok, result.load_ms) == (False, None)
