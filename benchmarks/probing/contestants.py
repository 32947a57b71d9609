"""Programs that ping many targets: how each is called, what it took, what it reported."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO

from benchmarks.probing.room import targets

Rtts = Mapping[str, Sequence[float | None]]
_LIMIT_S = 300


@dataclass(frozen=True, slots=True)
class Run:
    """One run: what it cost, and each target's round trips in ms (None where lost)."""

    elapsed_s: float
    cpu_s: float
    rtts_ms: Rtts

    @property
    def probes(self) -> int:
        """Requests that were sent."""
        return sum(map(len, self.rtts_ms.values()))

    @property
    def lost(self) -> int:
        """Requests without an answer; on loopback each is a false one."""
        return sum(rtt is None for rtts in self.rtts_ms.values() for rtt in rtts)

    @property
    def cpu_us_per_probe(self) -> float:
        """Processor time, the kernel's included."""
        return self.cpu_s / self.probes * 1e6

    @property
    def probes_per_s(self) -> float:
        """How many got through."""
        return self.probes / self.elapsed_s


def worker(name: str, number: int, count: int, interval_s: float) -> Run:
    """Run ours or icmplib in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.probing.workers", name]
    command += [str(number), str(count), str(interval_s)]
    run = subprocess.run(command, check=True, capture_output=True, text=True, timeout=_LIMIT_S)
    told = json.loads(run.stdout)
    rtts = dict(zip(targets(number), told["rtts_ms"], strict=True))
    return Run(told["elapsed_s"], told["cpu_s"], rtts)


def fping(number: int, count: int, interval_s: float) -> Run:
    """Run fping: no gap between targets, the interval between probes of one."""
    period = ["-i", "0", "-p", str(max(10, round(interval_s * 1000)))]
    options = ["-q", "-C", str(count), "-B", "1", "-r", "0", "-t", "1000", *period]
    elapsed_s, cpu_s, words = _timed(["fping", *options, *targets(number)])
    rows = re.findall(r"^(\S+)\s+: (.+)$", words, re.MULTILINE)
    found = {target: [_figure(word) for word in row.split()] for target, row in rows}
    return Run(elapsed_s, cpu_s, found)


def ping(number: int, count: int, interval_s: float) -> Run:
    """Run one ping process for each target, all at once."""
    options = ["-n", "-c", str(count), "-i", str(interval_s), "-W", "1"]
    began = time.perf_counter()
    runs = [_started(["ping", *options, target]) for target in targets(number)]
    told = [_ended(process, out) for process, out in runs]
    elapsed_s, cpu_s = time.perf_counter() - began, sum(cpu for cpu, _ in told)
    times = [[float(word) for word in re.findall(r"time=([\d.]+) ms", text)] for _, text in told]
    rtts = [[*seen, *[None] * (count - len(seen))] for seen in times]
    return Run(elapsed_s, cpu_s, dict(zip(targets(number), rtts, strict=True)))


def _figure(word: str) -> float | None:
    return None if word == "-" else float(word)


def _timed(command: Sequence[str]) -> tuple[float, float, str]:
    began = time.perf_counter()
    cpu_s, words = _ended(*_started(command))
    return time.perf_counter() - began, cpu_s, words


def _started(command: Sequence[str]) -> tuple[subprocess.Popen[bytes], IO[bytes]]:
    # A file, not a pipe: nobody reads while hundreds of processes write.
    words = TemporaryFile()  # noqa: SIM115 - closed when its program has ended
    return subprocess.Popen(command, stdout=words, stderr=words), words


def _ended(process: subprocess.Popen[bytes], words: IO[bytes]) -> tuple[float, str]:
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    with words:
        words.seek(0)
        return used.ru_utime + used.ru_stime, words.read().decode("utf-8", "replace")
