"""The proxies that are compared, and how each is started in front of the same upstream."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import specs

_PATIENCE_S = 60.0
_PRISM = Path("node_modules/.bin/prism")
_MITMDUMP = Path("build/mitmproxy/bin/mitmdump")
DIRECT = "direct"


@dataclass(frozen=True, slots=True)
class Contestant:
    """`command` takes the ports of the proxy and of the upstream."""

    name: str
    command: Callable[[int, int], list[str]]


@dataclass(frozen=True, slots=True)
class Started:
    """A running process that listens on `port`."""

    name: str
    port: int
    pid: int

    @property
    def peak_mib(self) -> float:
        """The most memory that it has held so far."""
        lines = Path(f"/proc/{self.pid}/status").read_text("ascii").splitlines()
        row = next(line for line in lines if line.startswith("VmHWM"))
        return int(row.split()[1]) / 1024


def contestants() -> list[Contestant]:
    """Return ours, with and without a recording, and those of the others that are installed."""
    found = [Contestant("contract-tests proxy", _ours), Contestant("… --record", _recording)]
    mitmdump = str(_MITMDUMP) if _MITMDUMP.exists() else shutil.which("mitmdump")
    if mitmdump:
        found.append(Contestant("mitmdump", lambda port, up: _mitmdump(mitmdump, port, up)))
    if _PRISM.exists():
        found.append(Contestant("prism proxy", _prism))
    return found


@contextlib.contextmanager
def started(name: str, command: list[str], port: int) -> Iterator[Started]:
    """Run a command until it listens, and end it afterwards."""
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _wait(name, process, port)
        yield Started(name, port, process.pid)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def free_port() -> int:
    """Return a port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def upstream(port: int) -> list[str]:
    """Return the command of what all proxies stand in front of."""
    return [sys.executable, "-m", "benchmarks.proxy.upstream", str(port)]


def _wait(name: str, process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise SystemExit(f"{name} does not listen")


def _ours(port: int, up: int) -> list[str]:
    command = [sys.executable, "-m", "contract_tests", "proxy", "ngrok"]
    return [*command, "--listen", f"127.0.0.1:{port}", "--upstream", f"http://127.0.0.1:{up}"]


def _recording(port: int, up: int) -> list[str]:
    file = Path(tempfile.gettempdir()) / f"benchmark-{port}.har"
    return [*_ours(port, up), "--record", str(file)]


def _mitmdump(program: str, port: int, up: int) -> list[str]:
    command = [program, "-q", "--mode", f"reverse:http://127.0.0.1:{up}"]
    command += ["--set", "stream_large_bodies=1m"]
    return [*command, "--listen-host", "127.0.0.1", "--listen-port", str(port)]


def _prism(port: int, up: int) -> list[str]:
    command = ["node", str(_PRISM), "proxy", str(specs.path_of("ngrok"))]
    command += [f"http://127.0.0.1:{up}", "--verboseLevel", "silent"]
    return [*command, "--host", "127.0.0.1", "--port", str(port)]
