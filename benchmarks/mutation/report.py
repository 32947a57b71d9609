"""Who found what: a line a mutant as it is tried, a table at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.mutation.contestants import Verdict
from benchmarks.mutation.mutants import MUTANTS
from benchmarks.mutation.trial import Trial

Results = list[tuple[Trial, Verdict]]
_CORRECT = ("correct", "stranger")


def show(results: Iterable[tuple[Trial, Verdict]]) -> int:
    """Print results as they come, then the table; 1 if our own misses one or cries wolf."""
    console, seen = Console(), Results()
    for trial, verdict in results:
        seen.append((trial, verdict))
        console.print(_line(trial, verdict, seen), highlight=False)
    console.print(_table(seen))
    return 1 if any(_is_bad(trial, verdict, seen) for trial, verdict in seen) else 0


def found(trial: Trial, verdict: Verdict, seen: Results) -> frozenset[str]:
    """Return what a tool says of a server that it does not say of the correct one."""
    return verdict.findings - _of_correct(trial, seen)


def _of_correct(trial: Trial, seen: Results) -> frozenset[str]:
    same = (trial.tool, trial.api, trial.seed)
    return frozenset().union(
        *(v.findings for t, v in seen if (t.tool, t.api, t.seed) == same and t.server == "correct")
    )


def _is_bad(trial: Trial, verdict: Verdict, seen: Results) -> bool:
    if trial.tool != "contract-tests":
        return False
    if trial.server in _CORRECT:
        return verdict.said_no or bool(verdict.findings)
    return not verdict.said_no or not found(trial, verdict, seen)


def _line(trial: Trial, verdict: Verdict, seen: Results) -> str:
    if trial.server in _CORRECT:
        word = f"{len(verdict.findings)} findings" if verdict.findings else "clean"
    else:
        word = "killed" if found(trial, verdict, seen) else "[bold]alive[/bold]"
    name = f"{trial.tool} {trial.api} {trial.server} (seed {trial.seed})"
    return f"{word:10} {verdict.seconds:5.1f} s  {name}"


def _table(seen: Results) -> Table:
    table = Table(
        "tool", "API", "words", "deeds", "robustness", "false alarms", "median s", "max s"
    )
    for tool, api in dict.fromkeys((t.tool, t.api) for t, _ in seen):
        own = [(t, v) for t, v in seen if (t.tool, t.api) == (tool, api)]
        kinds = [_share(own, seen, kind) for kind in ("words", "deeds", "robustness")]
        wolves = sum(len(v.findings) for t, v in own if t.server == "correct")
        seconds = [v.seconds for _, v in own]
        last = (f"{median(seconds):.1f}", f"{max(seconds):.1f}")
        table.add_row(tool, api, *kinds, str(wolves), *last)
    return table


def _share(own: Results, seen: Results, kind: str) -> str:
    chosen = list(_of_kind(own, kind))
    return f"{sum(bool(found(t, v, seen)) for t, v in chosen)}/{len(chosen)}"


def _of_kind(own: Results, kind: str) -> Iterator[tuple[Trial, Verdict]]:
    for trial, verdict in own:
        kinds = {mutant.name: mutant.kind for mutant in MUTANTS[trial.api]}
        if kinds.get(trial.server) == kind:
            yield trial, verdict
