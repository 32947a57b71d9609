"""What a transaction showed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from probes.browser.component import Component, PageView, Refusal
from probes.browser.har import as_har
from probes.browser.screenshot import Screenshot
from probes.failure import Failure


@dataclass(frozen=True, slots=True)
class StepResult:
    """One step that was begun; times count from the start of the transaction."""

    name: str
    verb: str
    started_ms: float
    duration_ms: float | None
    """None where the step did not succeed."""
    url: str = ""
    """Of the tab when the step was over."""
    failure: Failure | None = None
    screenshot: Screenshot | None = None

    @property
    def ok(self) -> bool:
        """Whether the step did what it was to do."""
        return self.failure is None


@dataclass(frozen=True, slots=True)
class Marker:
    """A named part of the journey; `duration_ms` is None where its end was not reached."""

    name: str
    started_ms: float
    duration_ms: float | None = None


@dataclass(frozen=True, slots=True)
class TransactionResult:
    """One journey; steps that come after a failed one are not begun and not listed."""

    SUMMARY: ClassVar = (
        "ok",
        "time_ms",
        "completed",
        "failed_step",
        "objects",
        "errors",
        "wire_bytes",
        "body_bytes",
    )

    target: str
    address: str | None
    started_at: datetime
    planned: int
    """Number of steps of the plan."""
    failure: Failure | None = None
    """Its phase is the name of the step that failed."""
    total_ms: float | None = None
    """From the beginning of the first step to the end of the last; None if that was not reached.

    The resolving of the target's name is included.
    """
    steps: tuple[StepResult, ...] = ()
    markers: tuple[Marker, ...] = ()
    views: tuple[PageView, ...] = ()
    components: tuple[Component, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    console: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every step succeeded."""
        return self.failure is None and self.completed == self.planned

    @property
    def time_ms(self) -> float | None:
        """The figure that stands for all: the time of the whole journey."""
        return self.total_ms

    @property
    def completed(self) -> int:
        """Number of steps that succeeded."""
        return sum(step.ok for step in self.steps)

    @property
    def failed_step(self) -> str | None:
        """Name of the step that failed."""
        return next((step.name for step in self.steps if not step.ok), None)

    @property
    def objects(self) -> int:
        """Number of requests of all pages."""
        return len(self.components)

    @property
    def errors(self) -> int:
        """Number of requests that failed, were refused or got a status of 400 or more."""
        return sum(component.failure is not None for component in self.components)

    @property
    def wire_bytes(self) -> int:
        """Transferred bytes of all components: heads and bodies, without what TLS adds."""
        return sum(component.wire_bytes for component in self.components)

    @property
    def body_bytes(self) -> int:
        """Bytes of all bodies when unpacked."""
        return sum(component.body_bytes for component in self.components)

    def as_har(self) -> dict[str, Any]:
        """Write the requests as a HAR 1.2 document, a page for each document shown."""
        return as_har(self.started_at, self.views, self.components)
