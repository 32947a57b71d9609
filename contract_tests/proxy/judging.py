"""What is heard is judged beside the event loop, one after the other, as it comes."""

from __future__ import annotations

import queue
import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import replace

from contract_tests.conduct.heard import Heard
from contract_tests.conduct.judge import Conduct
from contract_tests.findings.finding import Finding
from contract_tests.proxy.decoding import NotDecoded, decoded
from contract_tests.proxy.hiding import Hiding
from contract_tests.proxy.recording import Recording
from contract_tests.reports.counted import counted
from contract_tests.run.outcome import Outcome
from contract_tests.wire.exchange import Exchange

Told = Callable[[Exchange, tuple[Finding, ...]], None]
_MOST_WAITING_BYTES = 256 * 2**20
_MOST_LATER = 2000
_PAUSE_S = 0.003


class Judging:
    """A thread that judges; `hear` never waits.

    `told` is called with every exchange, masked, and what is wrong with it. `past` is a base URL:
    answers that name it lead a client past the proxy, and are counted.
    """

    def __init__(
        self,
        conduct: Conduct,
        hiding: Hiding,
        told: Told,
        *,
        recording: Recording | None = None,
        past: str = "",
    ) -> None:
        """Begin to wait for what is heard."""
        self._conduct, self._hiding, self._told = conduct, hiding, told
        self._recording, self._past = recording, past.encode()
        self._waiting: queue.SimpleQueue[Heard | None] = queue.SimpleQueue()
        # Each is written by one thread only.
        self._come_bytes = self._done_bytes = 0
        self._later: deque[Heard] = deque()
        self._left_out: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()
        self._answers = 0
        self._thread = threading.Thread(target=self._judge_all, name="judging", daemon=True)
        self._thread.start()

    def hear(self, vendor: str, heard: Heard) -> None:
        """Take what an Ear has heard."""
        del vendor
        if self._come_bytes - self._done_bytes > _MOST_WAITING_BYTES:
            self._left_out["exchanges came faster than they could be judged: left out"] += 1
            return
        self._come_bytes += _size(heard)
        self._waiting.put(heard)

    def close(self) -> None:
        """Judge what is left, and end."""
        self._waiting.put(None)
        self._thread.join()

    def outcome(self) -> Outcome:
        """Return what was found; what was left out stands in the notes."""
        outcome = self._conduct.outcome()
        outcome.notes += [counted(count, why) for why, count in self._left_out.items()]
        return outcome

    def silence(self) -> str:
        """Return why nothing at all came from the upstream, empty where something did."""
        if self._answers or not self._failures:
            return ""
        (why, _), *_ = self._failures.most_common(1)
        return f"nothing came from the upstream: {why}"

    def _judge_all(self) -> None:
        while (heard := self._next()) is not None:
            self._try(self._take, heard)
            if len(self._later) > _MOST_LATER:
                self._try(self._judge, self._later.popleft())
        while self._later:
            self._try(self._judge, self._later.popleft())

    def _next(self) -> Heard | None:
        """Return what was heard next; while nothing comes, judge what came before.

        Both threads share one interpreter: judging at once would hold up who asks again at once.
        """
        while self._later:
            try:
                return self._waiting.get(timeout=_PAUSE_S)
            except queue.Empty:
                while self._later and self._waiting.empty():
                    self._try(self._judge, self._later.popleft())
        return self._waiting.get()

    def _try(self, do: Callable[[Heard], None], heard: Heard) -> None:
        try:
            do(heard)
        except Exception as error:  # noqa: BLE001  (a fault of ours must not stop the traffic)
            why = f"exchanges could not be judged ({type(error).__name__}): a fault of ours"
            self._left_out[why] += 1

    def _take(self, heard: Heard) -> None:
        """Write an exchange down at once: a crash may come at any time."""
        self._later.append(heard)
        if self._recording is not None:
            plain, _ = _plain(heard)
            hidden = self._hiding.hidden(plain.exchange)
            self._recording.add(replace(plain, exchange=hidden))

    def _judge(self, heard: Heard) -> None:
        self._done_bytes += _size(heard)
        if heard.exchange.response is None:
            self._failures[heard.exchange.failure] += 1
        else:
            self._answers += 1
        plain, why = _plain(heard)
        if why:
            self._left_out[f"bodies were not judged: {why}"] += 1
        if plain.exchange.response and self._past and self._past in plain.exchange.response.body:
            self._left_out[_PAST] += 1
        found = self._conduct.hear(plain)
        self._told(self._hiding.hidden(plain.exchange), found)


_PAST = (
    "answers hold links past the proxy: --rewrite-links turns them, else what follows is unseen"
)


def _size(heard: Heard) -> int:
    answer = heard.exchange.response
    return len(heard.exchange.request.body) + (len(answer.body) if answer else 0)


def _plain(heard: Heard) -> tuple[Heard, str]:
    """Return what was heard with its answer decoded, or why that cannot be."""
    try:
        return replace(heard, exchange=decoded(heard.exchange)), ""
    except NotDecoded as error:
        # The end of one that was cut is missing, and so is its proof.
        return replace(heard, answer_cut=True), "" if heard.answer_cut else str(error)
