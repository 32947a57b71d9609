"""One reading of a script from its top: what it has come to, and how far it may go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from mockserver.vendors.thousandeyes.measuring.script.calls import Call
from mockserver.vendors.thousandeyes.measuring.script.modules import Modules
from mockserver.vendors.thousandeyes.measuring.script.recorder import Recorder
from mockserver.vendors.thousandeyes.measuring.script.syntax import refused
from mockserver.vendors.thousandeyes.measuring.script.values import (
    Function,
    Namespace,
    Native,
    Value,
)

MOST_CONSTRUCTS = 20_000
DEEPEST = 30


@dataclass(slots=True)
class Reading:
    """The steps so far; `body` carries out the body of a function of the script."""

    recorder: Recorder
    modules: Modules
    body: Callable[[Reading, Function, Sequence[Value]], Value]
    constructs: int = 0
    trying: int = 0
    """How much around this place tries something again until it succeeds: a loop, `wait`."""

    def count(self, node: Node) -> None:
        """Note that one more construct is read; a script must come to an end."""
        self.constructs += 1
        if self.constructs > MOST_CONSTRUCTS:
            raise refused(
                node, f"a script of more than {MOST_CONSTRUCTS} constructs in its course"
            )

    def call(self, callee: Value, arguments: Sequence[Value], node: Node) -> Value:
        """Call a function with arguments; `node` is where."""
        if isinstance(callee, Native | Namespace) and callee.act is not None:
            call = Call(node, callee.name, arguments, self.recorder, self._invoke)
            return callee.act(call)
        if not isinstance(callee, Function):
            raise refused(node, "calling what is no function")
        if len(self.recorder.callers) >= DEEPEST:
            raise refused(node, f"calls more than {DEEPEST} deep")
        self.recorder.callers.append(node)
        try:
            return self.body(self, callee, arguments)
        finally:
            self.recorder.callers.pop()

    def _invoke(self, callee: Value, node: Node) -> Value:
        self.trying += 1
        try:
            return self.call(callee, (), node)
        finally:
            self.trying -= 1
