"""What a transaction is told."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urljoin

from probes.browser.address import PageAddress, parse_address
from probes.browser.settings import BrowserSettings
from probes.errors import PlanInvalid
from probes.transaction.actions import Goto, MarkerEnd, MarkerStart, Step

if TYPE_CHECKING:
    from probes.live import LiveNetwork
    from probes.simulated import SimulatedNetwork
    from probes.transaction.result import TransactionResult

LONGEST_S = 300.0
MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class TransactionPlan:
    """Go through these steps, in a browser of its own; the first one that fails ends it."""

    most_at_once: ClassVar[int] = 2

    target: str
    """An http:// or https:// URL; what `goto` opens is relative to it."""
    steps: tuple[Step, ...]
    timeout_s: float = 30.0
    """For all steps together; starting the browser does not count."""
    step_timeout_s: float = 10.0
    """For each step that does not bring its own."""
    screenshot_on_failure: bool = False
    browser: BrowserSettings = field(default_factory=BrowserSettings)

    def __post_init__(self) -> None:
        """Refuse a journey that cannot be gone."""
        self.address  # noqa: B018 - made to be checked
        if not 1 <= len(self.steps) <= MOST_STEPS:
            raise PlanInvalid(f"{len(self.steps)} steps: expected 1 to {MOST_STEPS}.")
        for name, value in self._times():
            if not (math.isfinite(value) and 0 < value <= LONGEST_S):
                raise PlanInvalid(f"{name} {value}: expected more than 0, at most {LONGEST_S:g}.")
        _check_order(self)

    @property
    def address(self) -> PageAddress:
        """The target taken apart."""
        return parse_address(self.target)

    def place(self, action: Goto) -> str:
        """Return the whole URL that a step opens."""
        return urljoin(self.target, action.url)

    def patience_s(self, step: Step) -> float:
        """Return how long this step may take."""
        return self.step_timeout_s if step.timeout_s is None else step.timeout_s

    def _times(self) -> Iterator[tuple[str, float]]:
        yield "timeout_s", self.timeout_s
        yield "step_timeout_s", self.step_timeout_s
        for step in self.steps:
            yield f"timeout_s of step {step.name!r}", self.patience_s(step)

    async def live(self, network: LiveNetwork) -> TransactionResult:
        """Go through the steps in Chromium."""
        from probes.transaction.probe import (  # noqa: PLC0415 - playwright takes half a second
            transaction,
        )

        return await transaction(self, network)

    async def simulated(self, network: SimulatedNetwork) -> TransactionResult:
        """Go through the steps over the imagined path."""
        from probes.transaction.simulated import transaction  # noqa: PLC0415 - as above

        return await transaction(self, network)


def _check_order(plan: TransactionPlan) -> None:
    acting = [s.action for s in plan.steps if not isinstance(s.action, MarkerStart | MarkerEnd)]
    if not acting or not isinstance(acting[0], Goto):
        raise PlanInvalid("The first step of a journey must be a goto: there is no page before.")
    running: set[str] = set()
    for step in plan.steps:
        if not step.name or not step.name.isprintable():
            raise PlanInvalid(f"step name {step.name!r}: expected printable characters.")
        _check_action(plan, step, running)


def _check_action(plan: TransactionPlan, step: Step, running: set[str]) -> None:
    action = step.action
    if isinstance(action, Goto):
        parse_address(plan.place(action))
    elif isinstance(action, MarkerStart):
        if action.marker in running:
            raise PlanInvalid(f"marker {action.marker!r} is started again before its end.")
        running.add(action.marker)
    elif isinstance(action, MarkerEnd):
        if action.marker not in running:
            raise PlanInvalid(f"marker {action.marker!r} ends without having been started.")
        running.discard(action.marker)
