"""A job that was started ends in a documented state, stays there, and no other id finds one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from contract_tests.calls import pointer
from contract_tests.calls.uses import alike
from contract_tests.checks.rule import Effect, Rule
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import Job
from contract_tests.wire.exchange import Exchange
from contract_tests.world.world import NotTried, World

NAME = "jobs_end"
_MOST_LOOKS = 12
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 10.0


def subjects(world: World) -> Iterable[tuple[str, Job]]:
    """Select every job."""
    return [(job.start, job) for job in world.roles.jobs if world.has(job.start)]


def check(world: World, job: Job) -> Iterator[Finding]:
    """Start one, look until it ends, look again, and look for one that nobody started."""
    started = world.call(job.start, job.arguments)
    if not started.ok:
        raise NotTried(f"{job.start} answered {started.status}")
    job_id = pointer.read(started.body(), job.id, None)
    if job_id is None:
        raise NotTried(f"{job.start} told no id at {job.id}")
    watch = _Watch(world, job, job_id, started)
    yield from watch.until_it_ends()
    yield from watch.unknown()


@dataclass(slots=True)
class _Watch:
    """One job that was started; `seen` are the answers about it, in their order."""

    world: World
    job: Job
    id: Any
    started: Exchange
    seen: list[Exchange] = field(default_factory=list)

    def until_it_ends(self) -> Iterator[Finding]:
        """Yield what speaks against it: an end, that is documented, in time, and for good."""
        pause_s, waited_s = _FIRST_PAUSE_S, 0.0
        for number in range(_MOST_LOOKS):
            look = self._look(self.id)
            yield from self._undocumented(look)
            if not look.ok or not self._waits(look):
                break
            self.world.settle()
            # The first time only what keeps its own time is asked to go on.
            if number and waited_s < self.job.within_s:
                self.world.rest(pause_s)
                waited_s, pause_s = waited_s + pause_s, min(pause_s * 2, _LONGEST_PAUSE_S)
        else:
            yield self._finding(
                "end", "The job does not end.", self._state(self.seen[-1]), "an end"
            )
            return
        yield from self._stays()

    def unknown(self) -> Iterator[Finding]:
        """Yield what speaks against it: an id that no job has finds nothing."""
        other = alike(self.id, {self.id}, self.world.random(NAME, self.job.start))
        look = self._look(other)
        if look.ok:
            message = "A job that nobody started is found."
            yield self._finding("unknown id", message, look.status, "404")

    def _stays(self) -> Iterator[Finding]:
        last = self.seen[-1]
        if not last.ok:
            label = self.world.label(self.job.read)
            message = "The job that was started is not found, or cannot be read."
            yield self._finding("answer", message, f"{label}: {last.status}", "its state")
            return
        self.world.settle()
        again = self._look(self.id)
        yield from self._undocumented(again)
        if self._state(again) != self._state(last) or not again.ok:
            message = "The job had ended, and then its state is another."
            yield self._finding("after the end", message, self._state(again), self._state(last))

    def _look(self, job_id: Any) -> Exchange:
        self.seen.append(self.world.call(self.job.read, {self.job.at: job_id}))
        return self.seen[-1]

    def _undocumented(self, look: Exchange) -> Iterator[Finding]:
        known = (*self.job.waiting, *self.job.ended)
        if look.ok and self.job.ended and self._state(look) not in known:
            wanted = ", ".join(map(str, known))
            message = "The state of the job is none that is documented."
            yield self._finding("state", message, self._state(look), f"one of {wanted}")

    def _state(self, look: Exchange) -> Any:
        return pointer.read(look.body(), self.job.state, None)

    def _waits(self, look: Exchange) -> bool:
        return self._state(look) in self.job.waiting

    def _finding(self, place: str, message: str, received: object, expected: object) -> Finding:
        return Finding(
            NAME,
            self.world.label(self.job.read),
            place,
            message,
            str(received)[:200],
            str(expected)[:200],
            (self.started, *self.seen[-2:]),
            source=self.job.source,
        )


RULE = Rule(
    name=NAME,
    sentence="A job that was started ends in a documented state and stays there.",
    effect=Effect.CREATES,
    subjects=subjects,
    check=check,
)
