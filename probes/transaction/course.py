"""One live journey under way: its clock, its steps so far, its markers."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from probes.browser.screenshot import Screenshot
from probes.browser.session import Session
from probes.failure import Failure
from probes.transaction.actions import Step, verb_of
from probes.transaction.markers import mark
from probes.transaction.plan import TransactionPlan
from probes.transaction.result import Marker, StepResult


@dataclass(slots=True)
class Stage:
    """Where the steps of one journey are performed."""

    session: Session
    plan: TransactionPlan
    lookup_s: float
    patience_s: float = 0.0
    """Of the step that is being performed."""
    picture: Screenshot | None = None
    """What the step that is being performed has captured."""


@dataclass(slots=True)
class Course:
    """What has happened so far; the first step begins after the name was resolved."""

    began_s: float
    lookup_s: float
    steps: list[StepResult] = field(default_factory=list)
    markers: list[Marker] = field(default_factory=list)
    failure: Failure | None = None

    def now_ms(self) -> float:
        """Return how long the journey has taken."""
        return (time.monotonic() - self.began_s + self.lookup_s) * 1000

    def note(self, step: Step, started_ms: float, stage: Stage, failure: Failure | None) -> None:
        """Write a step down that was over just now."""
        ended_ms = self.now_ms()
        took_ms = None if failure else ended_ms - started_ms
        verb, url = verb_of(step.action), stage.session.page.url
        result = StepResult(step.name, verb, started_ms, took_ms, url, failure, stage.picture)
        self.steps.append(result)
        self.failure = failure
        mark(self.markers, step, ended_ms)
