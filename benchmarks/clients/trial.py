"""One client under `contract-tests client`: as it is, and then surprised if that is asked for."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.clients.mutant import CLIENTS
from benchmarks.clients.mutants import REACTION, REQUEST, kind_of, text_of
from benchmarks.mutation.contestants import room
from benchmarks.servers import ROOT, BenchError
from benchmarks.timed import timed

_PROGRAMS = {".py": sys.executable, ".mjs": "node", ".sh": "sh"}
_CONFORMS, _FINDINGS, _COULD_NOT_RUN = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried; `name` is `correct` or that of a mutant or habit.

    It is surprised for `surprises_s` seconds, 0 for not at all.
    """

    client: str
    name: str
    seed: int
    surprises_s: int = 60

    @property
    def kind(self) -> str:
        """Whether it is `correct`, a `habit`, or a fault in a `request` or a `reaction`."""
        return kind_of(self.client, self.name)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was said of a client: rules and places, and whether surprises were needed for it."""

    findings: frozenset[str]
    seconds: float
    surprised: bool

    @property
    def said_no(self) -> bool:
        """Whether there is anything that fails a run."""
        return bool(self.findings)


def tried(trials: Iterable[Trial], jobs: int) -> Iterator[tuple[Trial, Verdict]]:
    """Yield each trial with its verdict, `jobs` of them at a time, in their order."""
    with ThreadPoolExecutor(jobs) as pool:
        trials = list(trials)
        yield from zip(trials, pool.map(verdict, trials), strict=True)


def verdict(trial: Trial) -> Verdict:
    """Run a client as it is; surprise it if nothing was found and it is not about a request."""
    with room() as folder:
        program = Path(folder) / CLIENTS[trial.client].program
        program.write_text(text_of(trial.client, trial.name), "utf-8")
        found, seconds = _judged(trial, program, ())
        if found or trial.kind == REQUEST or not trial.surprises_s:
            return Verdict(found, seconds, surprised=False)
        limit = str(trial.surprises_s)
        options = ("--surprise", "--seed", str(trial.seed), "--time-limit", limit)
        more, longer = _judged(trial, program, options)
        return Verdict(more, seconds + longer, surprised=True)


def _judged(trial: Trial, program: Path, options: Sequence[str]) -> tuple[frozenset[str], float]:
    report = program.with_suffix(".json")
    command = [sys.executable, "-m", "contract_tests", "client", *options]
    command += ["--vendor", CLIENTS[trial.client].vendor, "--exit-code", "ours"]
    command += ["--report", f"json={report}", "--", _PROGRAMS[program.suffix], str(program)]
    code, text, seconds = timed(command, ROOT)
    if _plainly_failed(trial, code):
        return frozenset(), seconds
    if code not in {_CONFORMS, _FINDINGS} or not report.exists():
        raise BenchError(f"{trial}: exit code {code}\n{text[-2000:]}")
    entries = json.loads(report.read_text("utf-8"))["entries"]
    grave = [entry for entry in entries if entry["grade"] != "assumption"]
    return frozenset(f"{entry['rule']} {entry['field']}".strip() for entry in grave), seconds


def _plainly_failed(trial: Trial, code: int) -> bool:
    """Tell whether a faulty client would not even run, so that there was nothing to judge."""
    return code == _COULD_NOT_RUN and trial.kind in {REQUEST, REACTION}
