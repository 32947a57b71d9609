"""Programs from the system that tests measure against: found, or skipped by name."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

PATIENCE_S = 30.0
_PLACES = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin", "/usr/local/sbin"))


def needs(*programs: str) -> tuple[str, ...]:
    """Return the paths of these programs; without one skip, or fail where CI is set."""
    paths = [shutil.which(program, path=_PLACES) for program in programs]
    missing = [name for name, path in zip(programs, paths, strict=True) if path is None]
    if missing and os.environ.get("CI"):
        pytest.fail(f"not installed: {', '.join(missing)} (.ci/setup test installs it as root)")
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    return tuple(path for path in paths if path)


def needs_root() -> None:
    """Skip what only root may do, or fail where CI is set."""
    if os.geteuid() == 0:
        return
    if os.environ.get("CI"):
        pytest.fail("needs root")
    pytest.skip("needs root")


def until(condition: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    """Poll until it holds, or fail by name."""
    end = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > end:
            pytest.fail(f"waited {patience_s:g} s in vain: {what}")
        time.sleep(0.02)


@contextmanager
def running(
    command: Sequence[str], log: Path, ready: Callable[[], bool], stop: int = signal.SIGTERM
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server in the foreground until the block ends; its words go to the log."""
    with log.open("wb") as words:
        process = subprocess.Popen(command, stdout=words, stderr=words, stdin=subprocess.DEVNULL)
    try:
        until(lambda: process.poll() is not None or ready(), f"{command[0]} is up")
        if process.poll() is not None:
            pytest.fail(f"{command[0]} ended: {log.read_text('utf-8', 'replace')[-2000:]}")
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(stop)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
