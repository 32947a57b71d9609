"""Runs the phases on a world's server, and yields what they find."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import requests
from schemathesis.engine import Status, events, from_schema

from contract_tests.findings.finding import Finding
from contract_tests.phases.aim import PHASES, aimed
from contract_tests.phases.channel import Channel
from contract_tests.phases.exceptions import excuse, repair
from contract_tests.phases.judge import finding_of, silent
from contract_tests.world.world import World

# Schemathesis asks two things about the server before it begins, by itself.
_PROBES = 2
_LONGEST_NOTE = 200


@dataclass(slots=True)
class Tally:
    """How much of a contract a run has seen; `ended` tells why it ended early."""

    requests: int = 0
    operations: frozenset[str] = frozenset()
    phases: frozenset[str] = frozenset()
    errors: list[str] = field(default_factory=list)
    ended: str = ""


def run(  # noqa: PLR0913  (a run has this many parts)
    world: World,
    phases: Iterable[str] = PHASES,
    examples: int = 10,
    *,
    vendor: str = "",
    seconds: float | None = 20.0,
    tally: Tally | None = None,
) -> Iterator[Finding]:
    """Run `phases` and yield what Schemathesis' checks find; its exchanges are heard on the wire.

    `vendor` names what its data cannot know (contract_tests.phases.exceptions). It ends after
    `seconds`, or after too many requests without an answer; OutOfLimits with the run's limits.
    """
    tally = tally if tally is not None else Tally()
    for _ in range(_PROBES):
        world.wire.allowance.take()
    channel = Channel(world, seconds)
    schema = aimed(world, channel, phases, examples)
    repair(vendor, schema)
    excuse(schema)
    stream = from_schema(schema).execute()
    channel.stop = stream.stop
    for event in stream:
        yield from _heard(event, channel, tally)
    tally.ended = channel.ended
    if channel.out_of_limits:
        raise channel.out_of_limits


def _heard(event: events.EngineEvent, channel: Channel, tally: Tally) -> Iterator[Finding]:
    if isinstance(event, events.FatalError):
        raise event.exception
    if isinstance(event, events.NonFatalError) and not channel.ended:
        _note(event, tally)
    for label, exchange in channel.silences():
        yield silent(label, exchange)
    if isinstance(event, events.ScenarioFinished):
        _count(event, tally)
        yield from _failures(event, channel)


def _note(event: events.NonFatalError, tally: Tally) -> None:
    """Keep what Schemathesis could not do; that an answer did not come is a finding."""
    line = f"{event.label}: {event.value}".partition("\n")[0][:_LONGEST_NOTE]
    if line not in tally.errors and not isinstance(event.value, requests.RequestException):
        tally.errors.append(line)


def _count(event: events.ScenarioFinished, tally: Tally) -> None:
    recorder = event.recorder
    called = {
        case.value.operation.label
        for case_id, case in recorder.cases.items()
        if case_id in recorder.interactions
    }
    tally.requests += len(recorder.interactions)
    tally.operations |= called
    tally.phases |= {event.phase.value} if called else set()


def _failures(event: events.ScenarioFinished, channel: Channel) -> Iterator[Finding]:
    recorder = event.recorder
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.status is Status.FAILURE and check.failure_info is not None:
                failure = check.failure_info.failure
                failed = failure.case_id or case_id
                exchange = channel.sent.get(failed)
                if exchange is not None and failed in recorder.cases:
                    yield from finding_of(failure, recorder.cases[failed].value, exchange)
    for case_id in recorder.cases:
        channel.sent.pop(case_id, None)
