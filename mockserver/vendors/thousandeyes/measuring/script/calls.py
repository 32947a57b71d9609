"""One call of a function that is not the script's own: its arguments, taken with care."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from mockserver.vendors.thousandeyes.measuring.script.recorder import Recorder
from mockserver.vendors.thousandeyes.measuring.script.refusal import ScriptRefused
from mockserver.vendors.thousandeyes.measuring.script.syntax import refused
from mockserver.vendors.thousandeyes.measuring.script.values import (
    UNDEFINED,
    Element,
    Locator,
    Value,
)


@dataclass(frozen=True, slots=True)
class Call:
    """Name and arguments of a call; `invoke` calls what is to be tried until it succeeds."""

    node: Node
    name: str
    arguments: Sequence[Value]
    recorder: Recorder
    invoke: Callable[[Value, Node], Value]

    def argument(self, index: int) -> Value:
        """Return an argument; undefined where there is none."""
        return self.arguments[index] if index < len(self.arguments) else UNDEFINED

    def text(self, index: int = 0) -> str:
        """Return an argument that must be a known text."""
        value = self.argument(index)
        if not isinstance(value, str):
            raise self.wrong(index, "a text that is known beforehand")
        return value

    def number(self, index: int, otherwise: float) -> float:
        """Return an argument that must be a number of at least 0; another one where none is."""
        value = self.argument(index)
        if value is UNDEFINED:
            return otherwise
        if isinstance(value, bool) or not isinstance(value, float) or not _is_usable(value):
            raise self.wrong(index, "a number that is known beforehand")
        return value

    def locator(self, index: int = 0) -> Locator:
        """Return an argument that must be made by `By`."""
        value = self.argument(index)
        if not isinstance(value, Locator):
            raise self.wrong(index, "a locator made by By")
        return value

    def element(self, index: int = 0) -> Element:
        """Return an argument that must be an element."""
        value = self.argument(index)
        if not isinstance(value, Element):
            raise self.wrong(index, "an element")
        return value

    def settings(self, index: int = 0) -> dict[str, Value]:
        """Return an argument that must be an object literal."""
        value = self.argument(index)
        if not isinstance(value, dict):
            raise self.wrong(index, "an object that is known beforehand")
        return value

    def wrong(self, index: int, expected: str) -> ScriptRefused:
        """Return the refusal of an argument."""
        which = f"argument {index + 1} of {self.name}, where {expected} is expected,"
        return refused(self.node, which)

    def refused(self, what: str) -> ScriptRefused:
        """Return the refusal of the call, naming what in it."""
        return refused(self.node, what)


def _is_usable(value: float) -> bool:
    return math.isfinite(value) and value >= 0
