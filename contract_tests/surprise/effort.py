"""What surprising a client may cost, and what it has cost so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

from contract_tests.client.ran import Ran, Stopped
from contract_tests.surprise.surprise import Surprise

Plan = tuple[Surprise, ...]
_LATE = 0.85  # of the time: from then on nothing new is begun, only narrowed
_END = 0.95  # of the time: what still runs is stopped; the rest is for beginning and telling
_NARROWING = 1 / 3  # of the time, and of the runs, that narrowing may take


class Trial(Protocol):
    """Runs a client once with a plan; after `limit_s` it is stopped."""

    def __call__(self, plan: Plan, limit_s: float | None = None) -> Ran:
        """Return how it went."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How much may be done: `time_s` of seconds, `runs` of the client, `jobs` at once."""

    time_s: float = 60.0
    runs: int = 10**9
    jobs: int = 1
    seed: int = 0


class Effort:
    """Runs a client as long as the budget lasts; may be asked from several threads.

    `given` are the ids of all that was done to answers, `ran_out` says that a run was refused, or
    stopped because the time was over; `is_stopped`, that somebody has asked to end.
    """

    def __init__(
        self,
        trial: Trial,
        budget: Budget,
        clock: Callable[[], float],
        progress: Callable[[str], object],
    ) -> None:
        """Begin to count the seconds of `clock`."""
        self.budget, self.runs = budget, 0
        self.ran_out = self.is_stopped = False
        self.given: set[str] = set()
        self._trial, self._clock, self._progress = trial, clock, progress
        self._began_s = clock()
        self._narrowed_s, self._narrowed_runs = 0.0, 0
        self._lock = Lock()

    @property
    def is_spent(self) -> bool:
        """Whether nothing new is to be begun."""
        is_late = self._spent_s() >= self.budget.time_s * _LATE
        return is_late or self.is_stopped or self.own_runs >= self.budget.runs

    @property
    def own_runs(self) -> int:
        """How many runs there were besides those that narrowed."""
        return self.runs - self._narrowed_runs

    def run(self, plan: Plan, limit_s: float) -> Ran | None:
        """Run the client once more, so many seconds at most; None if enough was done."""
        with self._lock:
            if self.is_spent:
                self.ran_out = True
                return None
            self.runs += 1
        return self._run(plan, limit_s)

    def narrow(self, plan: Plan, limit_s: float) -> Ran | None:
        """Run it to find out what broke it; None if that has taken its share."""
        with self._lock:
            share_s = self.budget.time_s * _NARROWING * self.budget.jobs
            share = self.budget.runs * _NARROWING
            if self._narrowed_s >= share_s or self._narrowed_runs >= share or self._left_s() <= 0:
                return None
            self.runs, self._narrowed_runs = self.runs + 1, self._narrowed_runs + 1
        began_s = self._clock()
        try:
            return self._run(plan, limit_s)
        finally:
            with self._lock:
                self._narrowed_s += self._clock() - began_s

    def _left_s(self) -> float:
        """Return the seconds that are left: none to those who are to stop."""
        if self.is_stopped:
            return 0.0
        return self.budget.time_s * _END - self._spent_s()

    def _spent_s(self) -> float:
        return self._clock() - self._began_s

    def _run(self, plan: Plan, limit_s: float) -> Ran | None:
        self._progress(f"{self.runs} runs, {len(self.given)} surprises")
        granted_s = min(limit_s, max(1.0, self._left_s()))
        try:
            ran = self._trial(plan, granted_s)
        except Stopped:
            self.ran_out = self.is_stopped = True
            return None
        with self._lock:
            self.given |= {name for _, h in ran.heard for name in h.surprise.split("+") if name}
            self.ran_out = self.ran_out or (ran.hung and granted_s < limit_s)
        return ran
