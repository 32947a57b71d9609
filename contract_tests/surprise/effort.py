"""What surprising a client may cost, and what it has cost so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from contract_tests.client.ran import Ran
from contract_tests.surprise.surprise import Surprise

Plan = tuple[Surprise, ...]
Trial = Callable[[Plan], Ran]
_OVERTIME = 2.0


@dataclass(frozen=True, slots=True)
class Budget:
    """How much may be done: `time_s` of seconds, `runs` of the client, `jobs` at once."""

    time_s: float = 60.0
    runs: int = 10**9
    jobs: int = 1
    seed: int = 0


class Effort:
    """Runs a client as long as the budget lasts; may be asked from several threads.

    `given` are the ids of all that was done to answers, `ran_out` says that a run was refused.
    """

    def __init__(
        self,
        trial: Trial,
        budget: Budget,
        clock: Callable[[], float],
        progress: Callable[[str], object],
    ) -> None:
        """Begin to count the seconds of `clock`."""
        self.budget, self.runs, self.ran_out = budget, 0, False
        self.given: set[str] = set()
        self._trial, self._clock, self._progress = trial, clock, progress
        self._began_s = clock()
        self._lock = Lock()

    @property
    def is_spent(self) -> bool:
        """Whether nothing new is to be begun."""
        return self._is_over(1.0)

    def run(self, plan: Plan) -> Ran | None:
        """Run the client once more; None if enough was done."""
        with self._lock:
            if self.is_spent:
                self.ran_out = True
                return None
        return self._run(plan)

    def narrow(self, plan: Plan) -> Ran | None:
        """Run it to find out what broke it: that may take as long again as the budget."""
        return None if self._is_over(_OVERTIME) else self._run(plan)

    def _is_over(self, times: float) -> bool:
        late = self._clock() - self._began_s >= self.budget.time_s * times
        return late or self.runs >= self.budget.runs * times

    def _run(self, plan: Plan) -> Ran:
        with self._lock:
            self.runs += 1
            self._progress(f"{self.runs} runs, {len(self.given)} surprises")
        ran = self._trial(plan)
        with self._lock:
            self.given |= {name for _, h in ran.heard for name in h.surprise.split("+") if name}
        return ran
