"""`if (…) throw new Error(…)` and `assert(…)` about a page → what is demanded of the page."""

from __future__ import annotations

from tree_sitter import Node

from mockserver.vendors.thousandeyes.measuring.script.operators import as_text
from mockserver.vendors.thousandeyes.measuring.script.recorder import Recorder
from mockserver.vendors.thousandeyes.measuring.script.syntax import parts, refused, words
from mockserver.vendors.thousandeyes.measuring.script.values import Claims, Thrown, Value
from probes.transaction.actions import Demand

# What a branch may do before it throws; a failure is told, and pictured by the probe, anyhow.
_PASSED_OVER = ("console.", "await driver.takeScreenshot(", "driver.takeScreenshot(")


def thrown_by(node: Node) -> Node | None:
    """Return what a branch throws; None if it does anything else."""
    if node.type == "throw_statement":
        return parts(node)[0]
    if node.type != "statement_block":
        return None
    *before, last = parts(node) or [node]
    if last.type != "throw_statement" or not all(map(_is_passed_over, before)):
        return None
    return parts(last)[0]


def demand(recorder: Recorder, node: Node, condition: Claims, error: Value) -> None:
    """Record that a condition must hold now, else the script throws that error."""
    if condition.any and len(condition.claims) > 1:
        raise refused(node, "throwing only if several things are so at once")
    if condition.changes != recorder.changes:
        raise refused(node, "comparing a text that was read before a later step")
    for claim in condition.claims:
        action = Demand(claim.reading, claim.comparison, claim.expected, claim.selector)
        step = recorder.record(node, action)
        message = error.message if isinstance(error, Thrown) else as_text(error)
        recorder.thrown[step.name] = message


def _is_passed_over(node: Node) -> bool:
    return node.type == "expression_statement" and words(node).startswith(_PASSED_OVER)
