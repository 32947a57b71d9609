"""Every vendor's judge at once: told of exchanges as they end, judging beside the run."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from queue import SimpleQueue

import specs
from contract_tests.conduct.heard import Heard
from contract_tests.conduct.judge import Conduct
from contract_tests.findings.finding import Finding
from contract_tests.roles.read import roles_of
from contract_tests.run.outcome import About, Attempt, Outcome, Verdict
from contract_tests.wire.credential import Credential

_OURS = "__mock"
Told = tuple[Outcome, Callable[[Finding], str]]


class Court:
    """Judges what a client asks of several vendors.

    `hear` takes an exchange from any thread and returns at once; a thread of its own judges, so
    that the client is not slowed. `requests` and `found` count what was judged so far. What began
    before `since_s` is not heard: somebody else had this port before.
    """

    def __init__(self) -> None:
        """Listen, and judge nothing before it begins."""
        self._conducts: dict[str, Conduct] = {}
        self.requests = self.found = 0
        self.since_s = 0.0
        self.errors: list[Attempt] = []
        self._queue: SimpleQueue[tuple[str, Heard] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._judge, daemon=True)

    def begin(
        self, vendors: Sequence[str], keys: Iterable[Credential] = (), *, answers: bool = False
    ) -> None:
        """Judge by the contracts of `vendors`; `keys` are masked wherever they are seen.

        `answers` are judged too where they are not our own.
        """
        secrets = tuple(keys)
        for name in vendors:
            contract, roles = specs.load(name), roles_of(name)
            self._conducts[name] = Conduct(
                contract, roles, vendor=name, secrets=secrets, answers=answers
            )
        self._thread.start()

    def hear(self, vendor: str, heard: Heard) -> None:
        """Take an exchange, as it came."""
        if vendor != _OURS and heard.began_s >= self.since_s:
            self._queue.put((vendor, heard))

    def close(self) -> None:
        """Judge what has come, and take no more."""
        self._queue.put(None)
        self._thread.join()

    def outcomes(self, about: Mapping[str, About], elapsed_s: float) -> list[Told]:
        """Return what was found, vendor by vendor: those that were asked, else all of them."""
        asked = {n: c for n, c in self._conducts.items() if c.course().heard} or self._conducts
        found = [(c.outcome(), c.sentence, about[n]) for n, c in asked.items()]
        for outcome, _, described in found:
            outcome.about, outcome.elapsed_s = described, elapsed_s
        found[0][0].attempts += self.errors
        return [(outcome, sentence) for outcome, sentence, _ in found]

    def _judge(self) -> None:
        while (item := self._queue.get()) is not None:
            name, heard = self._placed(*item)
            try:
                self.found += len(self._conducts[name].hear(heard))
            except Exception as error:  # noqa: BLE001  (told as an error of ours, and the run goes on)
                self.errors.append(_error(error))
            self.requests += 1

    def _placed(self, vendor: str, heard: Heard) -> tuple[str, Heard]:
        """Return whose request it is: of a path that is nobody's, that of the nearest name."""
        if vendor in self._conducts:
            return vendor, heard
        names = list(self._conducts)
        nearest = (get_close_matches(vendor, names, n=1, cutoff=0.0) or names)[0]
        request = heard.exchange.request
        target = f"/{vendor}{request.target}"
        exchange = replace(heard.exchange, request=replace(request, target=target))
        return nearest, replace(heard, exchange=exchange)


def _error(error: Exception) -> Attempt:
    # The text of an exception may hold what was sent: its place says enough.
    trace = "".join(traceback.format_tb(error.__traceback__))
    name = f"judging a request: {type(error).__name__}"
    return Attempt(name, "judging", Verdict.ERROR, reason=type(error).__name__, trace=trace)
