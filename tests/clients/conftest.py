"""Clients that others wrote: each in an environment of its own, against a process of ours."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import textwrap
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
LOCKS = ROOT / "requirements" / "clients"
ENVIRONMENTS = ROOT / ".cache" / "clients"
READY = "mockserver ready on "
START_LIMIT_S = 60
SCRIPT_LIMIT_S = 60
_PRELUDE = """
import json, sys
address = sys.argv[1]
def show(**facts):
    print(json.dumps(facts))
"""

Environment = Callable[[str], Path]
Script = Callable[[str], Any]
Serve = Callable[[str], str]


@pytest.fixture(scope="session")
def client_python() -> Environment:
    """Return the interpreter of a client's environment, made from its lock file if need be."""
    return _interpreter


@pytest.fixture(scope="session")
def client_modules() -> Environment:
    """Return the folder of a client's npm packages, made from its lock file if need be."""
    return _modules


@pytest.fixture(scope="session")
def example_modules() -> Environment:
    """Return the folder of an example's npm packages, made from its lock file if need be."""
    return lambda name: _packages(f"example-{name}", EXAMPLES / name)


@pytest.fixture(scope="module")
def served() -> Iterator[Serve]:
    """Serve one vendor in a process; give its address. At the end it must leave with code 0."""
    with tempfile.TemporaryFile("w+") as complaints:
        processes: list[subprocess.Popen[str]] = []

        def serve(vendor: str) -> str:
            process = _start(vendor, complaints)
            processes.append(process)
            return f"{_address(process)}/{vendor}"

        try:
            yield serve
        finally:
            codes = [_stop(process) for process in processes]
        complaints.seek(0)
        # Answers that break the contract are complained of there.
        assert complaints.read() == ""
        assert codes == [0] * len(codes)


@pytest.fixture(scope="session")
def script_runner() -> Callable[[Path, str, str], Script]:
    """Return `runner(python, address, prelude)`, which runs scripts and returns what they show."""
    return lambda python, address, prelude: partial(_run, python, address, prelude)


def _run(python: Path, address: str, prelude: str, script: str) -> Any:
    text = _PRELUDE + prelude + textwrap.dedent(script)
    done = subprocess.run(
        # -I: nothing of ours, and nothing of the caller's, can be imported by the client.
        [python, "-I", "-c", text, address],
        capture_output=True,
        text=True,
        timeout=SCRIPT_LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _start(vendor: str, complaints: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "mockserver", "serve", "--port", "0", "--vendor", vendor]
    return subprocess.Popen(
        [*command, "--rate-limit", "all=off"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=complaints,
        text=True,
    )


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    # A server that neither gets ready nor ends must not hold up the tests.
    watchdog = threading.Timer(START_LIMIT_S, process.kill)
    watchdog.start()
    try:
        ready = next((line for line in process.stdout if line.startswith(READY)), None)
    finally:
        watchdog.cancel()
    assert ready, "the server did not get ready"
    return ready.removeprefix(READY).strip()


def _stop(process: subprocess.Popen[str]) -> int:
    with process:
        process.terminate()
        try:
            return process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def _interpreter(name: str) -> Path:
    folder = ENVIRONMENTS / name
    lock = LOCKS / f"{name}.txt"
    python = folder / "bin" / "python"
    made_of = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()[:16]
    stamp = folder / f".ready-{made_of}"
    with _alone(name):
        if not stamp.exists():
            shutil.rmtree(folder, ignore_errors=True)
            _call(sys.executable, "-m", "venv", folder)
            _call(python, "-m", "pip", "install", "-q", "--require-hashes", "-r", lock)
            stamp.touch()
    return python


def _modules(name: str) -> Path:
    return _packages(name, LOCKS / name)


def _packages(name: str, source: Path) -> Path:
    folder = ENVIRONMENTS / name
    lock = source / "package-lock.json"
    stamp = folder / f".ready-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
    with _alone(name):
        if not stamp.exists():
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(source, folder, ignore=shutil.ignore_patterns("node_modules"))
            _call("npm", "ci", "--silent", "--ignore-scripts", "--prefix", folder)
            stamp.touch()
    return folder


def _call(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr


@contextmanager
def _alone(name: str) -> Iterator[None]:
    # Several workers of pytest-xdist may want the same environment: one makes it, others wait.
    ENVIRONMENTS.mkdir(parents=True, exist_ok=True)
    with (ENVIRONMENTS / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
