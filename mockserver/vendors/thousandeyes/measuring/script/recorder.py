"""The journey that a script describes, as it grows while the script is read."""

from __future__ import annotations

from dataclasses import dataclass, field

from tree_sitter import Node

from mockserver.vendors.thousandeyes.measuring.script.syntax import place, refused, shown
from probes.transaction.actions import (
    Action,
    Demand,
    MarkerEnd,
    MarkerStart,
    Screenshot,
    Step,
)

_QUIET = (Demand, MarkerEnd, MarkerStart, Screenshot)
MOST_STEPS = 200


@dataclass(slots=True)
class Recorder:
    """Takes steps down; `limit_s` is the time for the whole journey."""

    limit_s: float
    implicit_s: float = 1.0
    """How long an element is looked for; the script may set it."""
    page_load_s: float | None = None
    viewport: tuple[int, int] | None = None
    steps: list[Step] = field(default_factory=list)
    thrown: dict[str, str] = field(default_factory=dict)
    """By the name of a step: the message of the error that the script throws if it fails."""
    checkpoints: list[str] = field(default_factory=list)
    changes: int = 0
    """How many steps there were that may change what the page says."""
    callers: list[Node] = field(default_factory=list)

    def record(self, node: Node, action: Action, timeout_s: float | None = None) -> Step:
        """Add a step that a node of the script asks for; without a time it has all of it."""
        if len(self.steps) + 2 * len(self.checkpoints) >= MOST_STEPS:
            raise refused(node, f"more than {MOST_STEPS} steps, the next of which is here,")
        patience_s = self.limit_s if timeout_s is None else min(timeout_s, self.limit_s)
        step = Step(self._name(node), action, max(patience_s, 0.001))
        self.steps.append(step)
        self.changes += not isinstance(action, _QUIET)
        return step

    def _name(self, node: Node) -> str:
        where = f"line {place(node)[0]}"
        # The first call is the one that runs the script; what that function calls tells more.
        if len(self.callers) > 1:
            where += f", from line {place(self.callers[1])[0]}"
        return f"{len(self.steps) + 1} {shown(node)} ({where})"
