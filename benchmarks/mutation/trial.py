"""One tool before one server: the server is started, judged and ended."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.mutation.contestants import CONTESTANTS, Verdict, room
from benchmarks.servers import ROOT, BenchError


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried; `server` is `correct`, `stranger` or the name of a mutant."""

    tool: str
    api: str
    server: str
    seed: int


def tried(trials: Iterable[Trial], jobs: int) -> Iterator[tuple[Trial, Verdict]]:
    """Yield each trial with its verdict, `jobs` of them at a time, in their order."""
    with ThreadPoolExecutor(jobs) as pool:
        trials = list(trials)
        yield from zip(trials, pool.map(_verdict, trials), strict=True)


def _verdict(trial: Trial) -> Verdict:
    command = [sys.executable, "-m", "benchmarks.mutation.serve", trial.api]
    command += ["--mutant", trial.server]
    with room() as folder, subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as server:
        try:
            url = server.stdout.readline().decode().strip() if server.stdout else ""
            if not url:
                raise BenchError(f"the server {trial.server} did not come up")
            return CONTESTANTS[trial.tool](trial.api, url, trial.seed, Path(folder))
        finally:
            server.terminate()
            server.wait()
