"""One block of load: wrk sends one request for a while, and the server's CPU is read around it."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cases import Case
from benchmarks.servers import BenchError, Server, program

_SCRIPT = Path(__file__).parent / "wrk.lua"


@dataclass(frozen=True, slots=True)
class Load:
    """How hard a server is pressed: open connections, and seconds for each block."""

    connections: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Sample:
    """What one block measured."""

    requests_per_s: float
    cpu_us_per_request: float


def press(server: Server, case: Case, load: Load) -> Sample:
    """Return what one block measures; BenchError if any answer was not the expected one."""
    before = server.cpu_s()
    counted = _wrk(server, case, load)
    cpu_s = server.cpu_s() - before
    requests = counted["requests"]
    expected_refusals = requests if case.status >= 400 else 0
    if not requests or counted["lost"] or counted["refused"] != expected_refusals:
        raise BenchError(
            f"{server.name}, {case.name}: not every answer was a {case.status}: {counted}"
        )
    per_s = requests / counted["duration_us"] * 1e6
    return Sample(per_s, cpu_s / requests * 1e6)


def _wrk(server: Server, case: Case, load: Load) -> dict[str, int]:
    request = case.request
    headers = [f"{name}: {value}" for name, value in request.headers.items()]
    how = ["--threads", "1", "--connections", str(load.connections)]
    how += ["--duration", f"{load.seconds}s", "--script", str(_SCRIPT)]
    what = [server.url + request.path, "--", request.method, request.body, *headers]
    run = subprocess.run(
        [program("wrk"), *how, *what], check=True, capture_output=True, text=True, timeout=120
    )
    counted: dict[str, int] = json.loads(run.stdout.splitlines()[-1])
    return counted
