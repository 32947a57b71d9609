"""The two servers as processes: started, asked, measured from outside, ended."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import specs
from benchmarks.cases import Request

ROOT = Path(__file__).parent.parent
OURS, PRISM = "mockserver", "prism"
NAMES = (OURS, PRISM)
_HOST = "127.0.0.1"
_START_LIMIT_S = 60
_POLL_S = 0.005
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class BenchError(Exception):
    """The run would not mean anything; the message says why."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    start_ms: float

    @property
    def url(self) -> str:
        """Return the address it listens on."""
        return f"http://{_HOST}:{self.port}"

    def ask(self, request: Request) -> tuple[int, bytes]:
        """Return status and body of one answer."""
        return _ask(self.port, request)

    def cpu_s(self) -> float:
        """Return the seconds of CPU, user and system, that all its threads have used."""
        # The name in field 2 may hold spaces; user and system time are fields 14 and 15.
        fields = _proc(self.process.pid, "stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S

    def memory_mb(self) -> float:
        """Return how much of its memory is resident."""
        status = _proc(self.process.pid, "status")
        kilobytes = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(kilobytes.split()[1]) / 1024

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(name: str, vendor: str, first: Request, environment: Mapping[str, str]) -> Server:
    """Start a server and wait until it answers `first`; BenchError if it does not."""
    port = _free_port()
    begin = time.monotonic()
    process = subprocess.Popen(
        _command(name, vendor, port), cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        _wait(process, port, first)
    except BaseException:
        process.kill()
        process.wait()
        raise
    return Server(name, port, process, (time.monotonic() - begin) * 1000)


def _wait(process: subprocess.Popen[bytes], port: int, first: Request) -> None:
    give_up = time.monotonic() + _START_LIMIT_S
    while not _answers(port, first):
        if process.poll() is not None or time.monotonic() > give_up:
            raise BenchError(f"a server did not come up: {process.args!r}")
        time.sleep(_POLL_S)


def program(name: str) -> str:
    """Return the path of a program that must be installed; BenchError if it is not."""
    path = shutil.which(name)
    if path is None:
        raise BenchError(f"{name} is needed and not installed: .ci/bench would see to that")
    return path


def _command(name: str, vendor: str, port: int) -> list[str]:
    if name == OURS:
        serve = [sys.executable, "-m", "mockserver", "serve", "--vendor", vendor]
        return [*serve, "--host", _HOST, "--port", str(port), "--rate-limit", "all=off"]
    # Its log takes more than half of its time; silenced, it shows what it can do.
    prism = [program("node"), "node_modules/.bin/prism", "mock", "--errors"]
    prism += ["--verboseLevel", "silent"]
    return [*prism, "--host", _HOST, "--port", str(port), str(specs.path_of(vendor))]


def _answers(port: int, first: Request) -> bool:
    try:
        status, _ = _ask(port, first)
    except OSError:
        return False
    if status != http.HTTPStatus.OK:
        raise BenchError(f"{first.path} was answered {status} by the server on port {port}")
    return True


def _ask(port: int, request: Request) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(_HOST, port, timeout=10)
    try:
        body = request.body or None
        connection.request(request.method, request.path, body, dict(request.headers))
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _proc(pid: int, name: str) -> str:
    return Path(f"/proc/{pid}/{name}").read_text("utf-8")
