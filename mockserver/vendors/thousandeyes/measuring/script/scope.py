"""The names that are known at one place of a script."""

from __future__ import annotations

from dataclasses import dataclass, field

from mockserver.vendors.thousandeyes.measuring.script.values import Value


@dataclass(slots=True)
class Scope:
    """A block or function: its own names, and those around it."""

    outer: Scope | None = None
    names: dict[str, Value] = field(default_factory=dict)

    def holder(self, name: str) -> Scope | None:
        """Return the nearest scope that knows the name; None if there is none."""
        scope: Scope | None = self
        while scope is not None and name not in scope.names:
            scope = scope.outer
        return scope
