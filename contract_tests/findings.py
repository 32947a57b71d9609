"""What a run found: each finding names operation and check, and a curl line repeats it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schemathesis.engine import Status, events, from_schema

from contract_tests.caller import may_begin_work

if TYPE_CHECKING:
    from schemathesis.engine.recorder import ScenarioRecorder
    from schemathesis.schemas import BaseSchema


@dataclass(frozen=True, slots=True)
class Finding:
    """One way in which a server parts from its contract."""

    operation: str
    check: str
    message: str
    curl: str

    def __str__(self) -> str:
        """Word it for a person."""
        return f"{self.operation}: {self.check}\n{self.message}\n  {self.curl}"


@dataclass(slots=True)
class Tally:
    """How much of a contract a run has seen."""

    requests: int = 0
    operations: frozenset[str] = frozenset()
    phases: frozenset[str] = frozenset()


def run(schema: BaseSchema, tally: Tally | None = None) -> Iterator[Finding]:
    """Run every enabled phase of `schema` and yield findings; errors of the run are findings."""
    tally = tally if tally is not None else Tally()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            _count(event, tally)
            yield from _failures(event.recorder)
        elif isinstance(event, events.NonFatalError):
            yield Finding(event.label, "run", str(event.value), "")
        elif isinstance(event, events.FatalError):
            raise event.exception


def settle_after_writes(schema: BaseSchema, settle: Callable[[], None]) -> None:
    """Have `settle` called whenever `schema` has begun work, so that results are met too."""

    def after_call(context: Any, case: Any, response: Any) -> None:
        del context
        if may_begin_work(case.method, response.status_code):
            settle()

    schema.hook(after_call)


def _count(event: events.ScenarioFinished, tally: Tally) -> None:
    called = {
        case.value.operation.label
        for case_id, case in event.recorder.cases.items()
        if case_id in event.recorder.interactions
    }
    tally.requests += len(event.recorder.interactions)
    tally.operations |= called
    if called:
        tally.phases |= {event.phase.value}


def _failures(recorder: ScenarioRecorder) -> Iterator[Finding]:
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.status == Status.FAILURE and check.failure_info is not None:
                failure = check.failure_info.failure
                operation = recorder.cases[case_id].value.operation.label
                message = f"{failure.title}\n{failure.message}"
                yield Finding(operation, check.name, message, check.failure_info.code_sample)
