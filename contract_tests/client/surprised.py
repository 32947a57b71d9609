"""A client surprised: what was asked for → many runs, what they brought to light, an exit code."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

import click
from rich.console import Console

from contract_tests.client import printed
from contract_tests.client.ran import Ran, Stopped
from contract_tests.client.trial import Trials, trials
from contract_tests.client.wrapped import CouldNotRun, Wrapping, credentials
from contract_tests.conduct.judge import Conduct
from contract_tests.findings.causes import grouped
from contract_tests.run.outcome import About, Attempt, Verdict
from contract_tests.run.signals import Ending
from contract_tests.run.telling import FINDINGS, Told, tell
from contract_tests.surprise import oracle
from contract_tests.surprise.book import Book, book
from contract_tests.surprise.course import (
    Budget,
    CannotSurprise,
    Surprised,
    replayed,
    surprised,
)
from contract_tests.surprise.severable import SeverableProtocol
from contract_tests.surprise.surprise import BadSurprise, parsed
from contract_tests.surprise.surprising import Surprising
from contract_tests.wire.credential import Credential, joined

_BUDGET_S = 60.0
# A client that waits between its attempts, twice as long each time, is not one that hangs.
_ONE_RUN_S = 20.0
_AT_ONCE = 2  # runs a core: clients wait more than they work
_RULES = tuple(oracle.SENTENCES)
Progress = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class _About:
    """What is known of the runs as a whole; `signal` is the number of what ended them, or 0."""

    began_at: float
    secrets: tuple[Credential, ...]
    signal: int = 0

    def of(self, vendor: str, asked: Wrapping, shown: Ran) -> About:
        return About(
            target="a stand-in",
            contract=vendor,
            vendor=vendor,
            mode="surprise",
            seed=asked.seed,
            began_at=self.began_at,
            command=printed.command(asked.args, joined(self.secrets)),
            child_code=shown.code,
        )


def surprise(asked: Wrapping, given: Mapping[str, Any]) -> int:
    """Carry out `--surprise` or `--replay`, and return the exit code."""
    if asked.url or asked.intercepts:
        raise CouldNotRun("--surprise answers by itself: leave out --url and --intercept")
    books = {vendor: book(vendor) for vendor in asked.vendors}
    jobs = given["jobs"] or _AT_ONCE * (os.cpu_count() or 1)
    budget = Budget(asked.time_limit_s or _BUDGET_S, given["runs"] or 10**9, jobs, asked.seed)
    bend = lambda app, plan: Surprising(app, plan, books)  # noqa: E731
    began_at = time.time()
    with (
        trials(
            asked.args,
            asked.vendors,
            bend,
            jobs=1 if given["replay"] else jobs,
            seed=asked.seed,
            time_limit_s=_ONE_RUN_S,
            protocol=SeverableProtocol,
            has_hook=asked.has_hook,
            named=asked.named,
        ) as trial,
        _stopping(trial) as ending,
        _progress() as progress,
    ):
        try:
            found, shown = _found(trial, books, budget, given["replay"], progress)
        except (CannotSurprise, BadSurprise) as error:
            if ending.number:
                return ending.code
            raise CouldNotRun(str(error)) from None
        except Stopped:
            return ending.code
    about = _About(began_at, credentials(trial.keys), ending.number)
    told = _told(asked, books, found, shown, about)
    is_whole = found.is_whole and not given["replay"] and not ending.number
    code = tell(told, asked.how, whole=is_whole, is_aside=True)
    return ending.code if ending.number and code != FINDINGS else code


def _found(
    trial: Trials, books: Mapping[str, Book], budget: Budget, replay: str, progress: Progress
) -> tuple[Surprised, Ran]:
    """Return what came of it, with the run whose end is told."""
    if not replay:
        found = surprised(trial, books, budget, progress=progress)
        return found, found.plain
    found, ran = replayed(trial, books, parsed(replay))
    # What it wrote is what somebody replays it for.
    click.echo(ran.out, nl=False)
    click.echo(ran.err, nl=False, err=True)
    return found, ran


def _told(
    asked: Wrapping, books: Mapping[str, Book], found: Surprised, shown: Ran, about: _About
) -> list[Told]:
    """Judge the plain run as any other, and add what surprises have brought to light."""
    return [
        _outcome(known, found, about.of(vendor, asked, shown), about)
        for vendor, known in books.items()
        if any(name == vendor for name, _ in found.plain.heard)
    ]


def _outcome(known: Book, found: Surprised, described: About, about: _About) -> Told:
    vendor = described.vendor
    conduct = Conduct(known.contract, known.roles, vendor=vendor, secrets=about.secrets)
    for name, heard in found.plain.heard:
        if name == vendor:
            conduct.hear(heard)
    outcome = conduct.outcome()
    own = [finding for name, finding in found.findings if name == vendor]
    outcome.findings = [*outcome.findings, *own]
    outcome.causes = grouped(outcome.findings)
    outcome.attempts += _attempts(own)
    outcome.tried += [*_RULES]
    outcome.notes += found.notes
    outcome.about = described
    outcome.cut_off = f"stopped by {signal.Signals(about.signal).name}" if about.signal else ""
    outcome.elapsed_s = time.time() - about.began_at
    return outcome, conduct.sentence


def _attempts(own: list[Any]) -> Iterator[Attempt]:
    for rule in dict.fromkeys((*_RULES, *(finding.rule for finding in own))):
        seen = tuple(finding for finding in own if finding.rule == rule)
        yield Attempt(rule, rule, Verdict.FOUND if seen else Verdict.PASSED, seen)


@contextmanager
def _stopping(trial: Trials) -> Iterator[Ending]:
    """End all runs when a signal comes, and tell which one it was."""
    ending = Ending()

    def stop(number: int, frame: FrameType | None) -> None:
        del frame
        ending.number = number
        trial.stop()

    heard = (signal.SIGINT, signal.SIGTERM)
    before = {each: signal.signal(each, stop) for each in heard}
    try:
        yield ending
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def _progress() -> Iterator[Progress]:
    """Show how far it is, where somebody looks; the client's own output is not shown meanwhile."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("surprising the client") as status:
        yield status.update


__all__ = ["surprise"]
