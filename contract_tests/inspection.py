"""A run: rules tried on a server in their order, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from contract_tests.checks import RULES
from contract_tests.checks.rule import Effect, Rule
from contract_tests.finding import Finding
from contract_tests.limits import OutOfLimits
from contract_tests.words import Words
from contract_tests.world import NotTried, World


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to try: a rule on one of its subjects."""

    rule: Rule
    name: str
    subject: Any

    def __str__(self) -> str:
        """Name it as the plan does."""
        return f"{self.rule.name}: {self.name}"


@dataclass(slots=True)
class Outcome:
    """What a run saw. `not_tried` maps steps to reasons; `cut_off` says why it ended early."""

    findings: list[Finding] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    not_tried: dict[str, str] = field(default_factory=dict)
    requests: int = 0
    cut_off: str = ""


def plan(world: World, rules: Iterable[Rule] = RULES) -> tuple[Step, ...]:
    """Return what would be tried, reading rules first; nothing is sent."""
    order = list(Effect)
    chosen = sorted(rules, key=lambda rule: order.index(rule.effect))
    return tuple(
        Step(rule, name, subject) for rule in chosen for name, subject in rule.subjects(world)
    )


def inspect(
    world: World,
    steps: Iterable[Step],
    progress: Callable[[Step], object] = str,
) -> Outcome:
    """Try every step and return what was found; the outcome is whole even if it is cut off."""
    outcome, words = Outcome(), Words(world.contract)
    world.wire.listeners.append(lambda exchange: outcome.findings.extend(words.findings(exchange)))
    try:
        for step in steps:
            progress(step)
            outcome.findings += _tried(step, world, outcome)
    except OutOfLimits as limit:
        outcome.cut_off = str(limit)
    outcome.requests = world.wire.allowance.sent
    return outcome


def _tried(step: Step, world: World, outcome: Outcome) -> Iterator[Finding]:
    try:
        yield from step.rule.check(world, step.subject)
        outcome.tried.append(str(step))
    except NotTried as reason:
        outcome.not_tried[str(step)] = str(reason)
