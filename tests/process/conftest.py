"""Served processes: started as a person would start them, ended whatever happens."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parent.parent.parent
KEY = {"Authorization": "Bearer mock_ngrok_key", "Ngrok-Version": "2"}
DEADLINE_S = 30


# Of the rest, each starts a process or several: too slow for the quick tier.
QUICK = {"test_greeting.py", "test_hostile_bytes.py"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent and item.path.name not in QUICK:
            item.add_marker(pytest.mark.slow)


@dataclass
class Server:
    """A process that said that it is ready, and what it said before."""

    process: subprocess.Popen[str]
    greeting: list[str]

    @property
    def url(self) -> str:
        return self.greeting[-1].split()[-1]

    @property
    def address(self) -> tuple[str, int]:
        url = httpx.URL(self.url)
        assert url.port
        return url.host, url.port

    def get(self, path: str, **options: object) -> httpx.Response:
        options.setdefault("headers", KEY)
        return httpx.get(f"{self.url}{path}", timeout=DEADLINE_S, **options)  # type: ignore[arg-type]

    def post(self, path: str, **options: object) -> httpx.Response:
        return httpx.post(f"{self.url}{path}", timeout=DEADLINE_S, **options)  # type: ignore[arg-type]

    def connect(self) -> socket.socket:
        return socket.create_connection(self.address, timeout=DEADLINE_S)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal; return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(DEADLINE_S)

    def rest(self) -> str:
        """Return what the process wrote after its greeting, both streams, once it has ended."""
        self.process.wait(DEADLINE_S)
        assert self.process.stdout
        return self.process.stdout.read()


def launch(
    *args: str, cwd: Path, variables: dict[str, str] | None = None
) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOCKSERVER")}
    return subprocess.Popen(
        [sys.executable, "-m", "mockserver", *args],
        cwd=cwd,
        env={**kept, "PYTHONPATH": str(ROOT), **(variables or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def greeting(process: subprocess.Popen[str]) -> list[str]:
    """Read until the ready line; fail with what was said if it does not come."""
    assert process.stdout
    lines: list[str] = []
    watchdog = threading.Timer(DEADLINE_S, process.kill)
    watchdog.start()
    try:
        while not (lines and lines[-1].startswith("mockserver ready on ")):
            line = process.stdout.readline()
            assert line, lines
            lines.append(line.rstrip("\n"))
    finally:
        watchdog.cancel()
    return lines


def stop(process: subprocess.Popen[str]) -> None:
    with process:
        if process.poll() is None:
            process.kill()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start `mockserver serve` with flags, on a free port, in an empty directory."""
    started: list[subprocess.Popen[str]] = []

    def start(*flags: str, **variables: str) -> Server:
        usual = ("--port", "0", "--vendor", "ngrok")
        process = launch("serve", *usual, *flags, cwd=tmp_path, variables=variables)
        started.append(process)
        return Server(process, greeting(process))

    yield start
    for process in started:
        stop(process)


@pytest.fixture
def launched() -> Callable[..., subprocess.Popen[str]]:
    """Launch the command with any words at all; the caller ends it."""
    return launch


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all the tests of a file: none of them may hurt it."""
    cwd = tmp_path_factory.mktemp("server")
    process = launch("serve", "--port", "0", "--vendor", "ngrok", cwd=cwd)
    try:
        yield Server(process, greeting(process))
    finally:
        stop(process)


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """Run the command to its end; return exit code and output."""

    def running(*args: str, **variables: str) -> tuple[int, str]:
        with launch(*args, cwd=tmp_path, variables=variables) as process:
            output, _ = process.communicate(timeout=DEADLINE_S)
        return process.returncode, output

    return running


@pytest.fixture
def settled() -> Callable[[Server], None]:
    """Wait until a server that was told to stop takes no new connections."""

    def wait(server: Server) -> None:
        ends = time.monotonic() + DEADLINE_S
        while time.monotonic() < ends:
            try:
                server.connect().close()
            except ConnectionError:
                return
        pytest.fail("the server still listens")

    return wait


@pytest.fixture(scope="module")
def begin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Start a server that lasts as long as the file: `begin(cwd, *words, **variables)`."""
    started: list[subprocess.Popen[str]] = []

    def start(cwd: Path, *flags: str, **variables: str) -> Server:
        process = launch("serve", *flags, cwd=cwd, variables=variables)
        started.append(process)
        return Server(process, greeting(process))

    yield start
    for process in started:
        stop(process)
