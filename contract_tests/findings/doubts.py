"""Whether a finding shows itself again: what never does is called flaky, and does not count."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from contract_tests.findings.finding import Finding, Grade
from contract_tests.run.hearing import Heard, Hearing, is_failure, is_safe
from contract_tests.wire.exchange import Exchange
from contract_tests.wire.limits import OutOfLimits
from contract_tests.wire.wire import Wire
from contract_tests.world.snapshot import Change

Key = tuple[str, str, str]
Again = Callable[[], Iterable[Finding]]
_TIMES = 2


@dataclass(slots=True)
class Doubts:
    """Which causes were seen once only, and which of them for good.

    `certain` have shown themselves twice, or could not be tried again under the same conditions;
    `grave` are those of them that are no assumptions.
    `doubtful` were tried again and never showed themselves. `lasts` says of a change that it has
    stayed: what was done once and for good cannot be seen to happen again.
    """

    hearing: Hearing
    wire: Wire
    graded: Callable[[Finding], Finding]
    lasts: Callable[[Change], bool] = lambda _: False
    certain: set[Key] = field(default_factory=set)
    grave: set[Key] = field(default_factory=set)
    doubtful: set[Key] = field(default_factory=set)

    def resolve(self, findings: list[Finding], heard: Heard, again: Again | None) -> list[Finding]:
        """Try what was found once more, as a request or as a whole step, and settle each cause.

        `again` repeats the step; None where it must not be. Returns what the repetitions found.
        """
        more: list[Finding] = []
        pending = self._pending(findings)
        if pending and self._is_time(heard):
            self._by_request(pending, heard)
            more = self._by_step(pending, again) if again else []
        self.certain |= pending.keys()
        self.doubtful -= self.certain
        for finding in findings:
            if finding.cause in self.certain - self.grave and self._counts(finding):
                self.grave.add(finding.cause)
        return more

    def _counts(self, finding: Finding) -> bool:
        return self.graded(finding).grade is not Grade.ASSUMPTION

    def _pending(self, findings: list[Finding]) -> dict[Key, Finding]:
        """Return the causes that count and were seen in one place only, with their finding."""
        shown: dict[Key, list[Finding]] = {}
        for finding in findings:
            shown.setdefault(finding.cause, []).append(finding)
        seen_before = self.doubtful & shown.keys()
        twice = {key for key, group in shown.items() if _places(group) > 1}
        self.certain |= twice | seen_before
        return {
            key: group[0]
            for key, group in shown.items()
            if key not in self.certain and self._counts(group[0])
        }

    def _is_time(self, heard: Heard) -> bool:
        """Say whether there is time and leave for repetitions without ending the run by them."""
        took_s = sum(e.response.elapsed_s if e.response else 0.0 for e in heard.exchanges)
        left = self.wire.allowance
        return left.left_s > 3 * took_s + 1 and left.left_requests > 3 * len(heard.exchanges)

    def _by_request(self, pending: dict[Key, Finding], heard: Heard) -> None:
        """Send again what only reads and nothing has been written after."""
        for key, finding in list(pending.items()):
            exchange = finding.exchanges[-1] if finding.exchanges else None
            if exchange is None or not is_safe(exchange) or not self._tells(finding, exchange):
                continue
            shown = self._shown(key, exchange)
            if shown:
                self.certain.add(key)
            if shown is False and not heard.wrote_after(exchange):
                self.doubtful.add(key)
            if shown or key in self.doubtful:
                del pending[key]

    def _tells(self, finding: Finding, exchange: Exchange) -> bool:
        """Say whether the answer alone tells the finding: by its words, or as a failure."""
        return is_failure(exchange) or finding.cause in self._causes(exchange)

    def _shown(self, key: Key, exchange: Exchange) -> bool | None:
        """Say whether a request shows the cause again; None where nothing can be told."""
        for _ in range(_TIMES):
            try:
                answer = self.wire.again(exchange)
            except OutOfLimits:
                return None
            if answer is None or answer.status == 429:
                return None
            if key in self._causes(answer) or (is_failure(exchange) and is_failure(answer)):
                return True
            if answer.status // 100 != exchange.status // 100 and not is_failure(exchange):
                return None
        return False

    def _causes(self, exchange: Exchange) -> set[Key]:
        return {finding.cause for finding in self.hearing.judged(exchange)}

    def _by_step(self, pending: dict[Key, Finding], again: Again) -> list[Finding]:
        """Repeat the step: what could have shown itself again and did not is flaky."""
        more: list[Finding] = []
        could: set[Key] = set()
        for _ in range(_TIMES):
            if not pending:
                break
            self.hearing.taken()
            try:
                own = list(again())
            except Exception:  # noqa: BLE001  (not the same conditions: it stays as it was)
                return more
            heard = self.hearing.taken()
            found = [*own, *heard.findings]
            more += found
            could |= {key for key, finding in pending.items() if _comparable(finding, heard)}
            for key in {finding.cause for finding in found} & pending.keys():
                del pending[key]
                self.certain.add(key)
        for key in could & pending.keys():
            finding = pending.pop(key)
            is_seen = self._is_for_good(finding)
            (self.certain if is_seen else self.doubtful).add(key)
        return more

    def _is_for_good(self, finding: Finding) -> bool:
        try:
            return finding.change is not None and self.lasts(finding.change)
        except OutOfLimits:
            return False


def _places(findings: list[Finding]) -> int:
    """Count the exchanges that show a cause, those of one finding as one."""
    return len({tuple(map(id, finding.exchanges)) for finding in findings})


def _comparable(finding: Finding, heard: Heard) -> bool:
    return all(heard.met(exchange) for exchange in finding.exchanges[-1:])
