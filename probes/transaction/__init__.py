"""The transaction probe: a journey through pages, with named steps, each of them timed."""

from probes.transaction.actions import Action, Step
from probes.transaction.plan import TransactionPlan
from probes.transaction.result import Marker, StepResult, TransactionResult
from probes.transaction.script import parse_script, read_script

__all__ = [
    "Action",
    "Marker",
    "Step",
    "StepResult",
    "TransactionPlan",
    "TransactionResult",
    "parse_script",
    "read_script",
]
