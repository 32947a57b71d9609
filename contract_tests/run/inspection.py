"""A run: rules tried on a server in their order, and what came of it."""

from __future__ import annotations

import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from contract_tests.checks import RULES
from contract_tests.checks.rule import Effect, Rule
from contract_tests.findings.causes import grouped
from contract_tests.findings.doubts import Again, Doubts
from contract_tests.findings.echoes import without_echoes
from contract_tests.findings.finding import Finding
from contract_tests.run.company import Company
from contract_tests.run.hearing import GONE, Hearing, is_refused
from contract_tests.run.observer import Observer
from contract_tests.run.outcome import Attempt, Outcome, Verdict
from contract_tests.wire.exchange import Exchange
from contract_tests.wire.limits import OutOfLimits
from contract_tests.world.lasting import lasts
from contract_tests.world.world import NotTried, World

__all__ = ("Inspection", "Outcome", "Step", "inspect", "plan")

_KEPT = 2000


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to try: a rule on one of its subjects."""

    rule: Rule
    name: str
    subject: Any

    def __str__(self) -> str:
        """Name it as the plan does."""
        return f"{self.rule.name}: {self.name}"


def plan(world: World, rules: Iterable[Rule] = RULES) -> tuple[Step, ...]:
    """Return what would be tried, reading rules first; nothing is sent."""
    order = list(Effect)
    chosen = sorted(rules, key=lambda rule: order.index(rule.effect))
    return tuple(step for rule in chosen for step in _steps(world, rule))


def _steps(world: World, rule: Rule) -> list[Step]:
    try:
        return [Step(rule, name, subject) for name, subject in rule.subjects(world)]
    except Exception as error:  # noqa: BLE001  (it is told when the rule's turn comes)
        failure = error

    def check(world: World, subject: Any) -> Iterator[Finding]:
        del world, subject
        raise failure

    return [Step(replace(rule, check=check), "whatever it is about", None)]


def inspect(
    world: World,
    steps: Iterable[Step],
    progress: Callable[[Step], object] = str,
) -> Outcome:
    """Try every step and return what was found; the outcome is whole even if it is cut off."""
    inspection = Inspection(world)
    inspection.run(steps, progress)
    return inspection.done()


class Inspection:
    """One run; `outcome` is what came of it so far."""

    def __init__(
        self, world: World, graded: Callable[[Finding], Finding] = lambda finding: finding
    ) -> None:
        """Listen on the world's wire from now on; `graded` says how grave a finding is."""
        self.outcome = Outcome()
        self._world, self._graded = world, graded
        self._observer = Observer(world.contract)
        self._last: deque[Exchange] = deque(maxlen=_KEPT)
        self.hearing = Hearing(world, self._observer.heard, self._last.append)
        self._company = Company(world)
        self._doubts = Doubts(self.hearing, world.wire, graded, partial(lasts, world))

    def run(self, steps: Iterable[Step], progress: Callable[[Step], object] = str) -> None:
        """Try steps until the end of the limits."""
        for step in steps:
            if self.outcome.cut_off:
                self.leave_out(str(step), step.rule.name, self.outcome.cut_off)
                continue
            progress(step)
            try:
                self.try_step(step)
            except OutOfLimits as limit:
                self.outcome.cut_off = str(limit)

    def try_step(self, step: Step) -> None:
        """Try one step, and again if it found what was not seen before."""

        def again() -> Iterable[Finding]:
            return self._company.weighed(step.rule.check(self._world, step.subject))

        # What strains a server or uses a limit up is not done twice.
        is_repeatable = step.rule.effect not in {Effect.STRAINS, Effect.EXHAUSTS}
        self.attempt(str(step), step.rule.name, again, again if is_repeatable else None)

    def generate(self, name: str, run: Again) -> None:
        """Let another engine try; what it finds is repeated by single requests only."""
        try:
            self.attempt(name, "phases", run, None)
        except OutOfLimits as limit:
            self.outcome.cut_off = str(limit)

    def leave_out(self, name: str, rule: str, reason: str) -> None:
        """Say of something that is planned why it is not tried."""
        self._add(Attempt(name, rule, Verdict.NOT_TRIED, reason=reason))

    def attempt(self, name: str, rule: str, first: Again, again: Again | None) -> None:
        """Try something with a name, and add to the outcome what became of it."""
        before, begin = self._world.wire.allowance.sent, time.monotonic()
        found: list[Finding] = []
        verdict, reason, trace, limit = Verdict.PASSED, "", "", None
        self.hearing.taken()
        try:
            found += first()
        except NotTried as error:
            verdict, reason = Verdict.NOT_TRIED, str(error)
        except OutOfLimits as error:
            verdict, reason, limit = Verdict.NOT_TRIED, str(error), error
        except Exception as error:  # noqa: BLE001  (a fault of ours must not hide the findings)
            verdict, reason = Verdict.ERROR, f"{type(error).__name__}: {error}"
            trace = traceback.format_exc()
        finally:
            heard = self.hearing.taken()
            found = self._blamed([*found, *heard.findings])
            self.outcome.findings += found
        if limit is None:
            more = self._doubts.resolve(found, heard, again if verdict is Verdict.PASSED else None)
            more = self._blamed(more)
            found += more
            self.outcome.findings += more
        sent = self._world.wire.allowance.sent - before
        took_s = time.monotonic() - begin
        seen = Verdict.FOUND if found and verdict is Verdict.PASSED else verdict
        attempt = Attempt(name, rule, seen, tuple(found), reason, trace, sent, took_s)
        self._add(attempt)
        if limit is not None:
            raise limit

    def _blamed(self, found: list[Finding]) -> list[Finding]:
        """Leave out what a server is blamed for that had gone away, but that it did, once."""
        known = [finding for finding in (*self.outcome.findings, *found) if finding.place != GONE]
        told = {id(e) for finding in known for e in finding.exchanges if e.response is None}
        return [
            finding
            for finding in found
            if not any(is_refused(exchange) for exchange in finding.exchanges)
            and not (finding.place == GONE and id(finding.exchanges[-1]) in told)
        ]

    @property
    def has_found(self) -> bool:
        """Whether something certain was found that counts."""
        return bool(self._doubts.grave)

    def done(self) -> Outcome:
        """Stop listening and return the outcome, its findings graded and grouped."""
        outcome, allowance = self.outcome, self._world.wire.allowance
        self.hearing.stop()
        outcome.requests, outcome.elapsed_s = allowance.sent, allowance.elapsed_s
        outcome.exchanges = list(self._last)
        outcome.coverage = self._observer.coverage()
        self.settle(outcome.findings)
        return outcome

    def settle(self, findings: Iterable[Finding]) -> None:
        """Let these be the findings of the run."""
        self.outcome.findings = without_echoes(self._graded(finding) for finding in findings)
        self.outcome.causes = grouped(self.outcome.findings)
        for cause in self.outcome.causes:
            cause.flaky = cause.findings[0].cause in self._doubts.doubtful

    def _add(self, attempt: Attempt) -> None:
        self.outcome.attempts.append(attempt)
        if attempt.verdict is Verdict.NOT_TRIED:
            self.outcome.not_tried[attempt.name] = attempt.reason
        elif attempt.verdict is not Verdict.ERROR:
            self.outcome.tried.append(attempt.name)
