"""Which clients were found: a line each as they are tried, a table at the end."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.clients.mutant import CLIENTS
from benchmarks.clients.mutants import CORRECT, HABIT, REACTION, REQUEST, of
from benchmarks.clients.trial import Trial, Verdict

Results = list[tuple[Trial, Verdict]]
_INNOCENT = {CORRECT, HABIT}
_GUILTY = (REQUEST, REACTION)


def show(results: Iterable[tuple[Trial, Verdict]]) -> int:
    """Print results as they come, then the table; 1 if one is missed or wrongly accused."""
    console, seen = Console(), Results()
    for trial, verdict in results:
        seen.append((trial, verdict))
        console.print(_line(trial, verdict), highlight=False, markup=False, soft_wrap=True)
    console.print(_table(seen))
    return 1 if any(_is_bad(trial, verdict) for trial, verdict in seen) else 0


def _is_bad(trial: Trial, verdict: Verdict) -> bool:
    return verdict.said_no is (trial.kind in _INNOCENT)


def _line(trial: Trial, verdict: Verdict) -> str:
    guilty, innocent = ("killed", "ALIVE"), ("ACCUSED", "clean")
    words = innocent if trial.kind in _INNOCENT else guilty
    word = words[0] if verdict.said_no else words[1]
    name = f"{trial.client} {trial.kind} {trial.name} (seed {trial.seed})"
    how = "surprised: " if verdict.surprised else ""
    said = "; ".join(sorted(verdict.findings)[:3]) or _says(trial)
    return f"{word:7} {verdict.seconds:5.1f} s  {name}  {how}{said}"


def _says(trial: Trial) -> str:
    return "" if trial.name == CORRECT else of(trial.client)[trial.name].says


def _table(seen: Results) -> Table:
    head = (
        "client",
        *(f"{kind}s killed" for kind in _GUILTY),
        "false alarms",
        "median s",
        "max s",
    )
    table = Table(*head)
    for client in (*CLIENTS, ""):
        own = [(t, v) for t, v in seen if client in {"", t.client}]
        if own:
            table.add_row(client or "all", *_row(own))
    return table


def _row(own: Results) -> list[str]:
    innocent = [v for t, v in own if t.kind in _INNOCENT]
    wolves = f"{sum(v.said_no for v in innocent)}/{len(innocent)}"
    seconds = [v.seconds for _, v in own]
    return [*(_share(own, kind) for kind in _GUILTY), wolves, *_times(seconds)]


def _share(own: Results, kind: str) -> str:
    chosen = [v for t, v in own if t.kind == kind]
    return f"{sum(v.said_no for v in chosen)}/{len(chosen)}"


def _times(seconds: list[float]) -> tuple[str, str]:
    return f"{median(seconds):.1f}", f"{max(seconds):.1f}"
