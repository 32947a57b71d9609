"""The search for the longest packet that arrives: pure, whoever gives the verdicts."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from probes.failure import Failure, FailureKind
from probes.mtu.result import MtuReport
from probes.mtu.verdict import Fate, Verdict

Probe = Callable[[int], Awaitable[Verdict]]

SMALLEST = {4: 68, 6: 1280}
"""Bytes that every link carries (RFC 791, section 3.2; RFC 8200, section 5)."""
COMMON = (296, 508, 552, 576, 1006, 1280, 1400, 1420, 1450, 1460, 1480, 1492, 1500, 4352, 9000)
"""MTUs worth trying first (RFC 1191, section 7.1, and what tunnels and providers use today)."""


@dataclass(slots=True)
class Search:
    """Narrows the gap between `low`, which arrived, and `high`, which did not."""

    low: int
    high: int
    vanished: bool = False
    """Whether what was as long as `high` met silence."""
    interface: int | None = None
    rtt_ms: float | None = None
    failure: Failure | None = None
    reports: dict[tuple[str, int | None], MtuReport] = field(default_factory=dict)
    hint: int | None = None
    named: int | None = None

    @property
    def black_hole(self) -> bool:
        """Whether longer packets vanish and nobody has named this MTU."""
        named = any(report.mtu_bytes == self.low for report in self.reports.values())
        return self.vanished and not named

    async def run(self, probe: Probe) -> None:
        """Search until the gap is closed; a target that answers nothing is a failure."""
        first = await probe(self.low)
        if first.fate is not Fate.ANSWERED:
            self.failure = _unanswered(first)
            return
        self.rtt_ms, self.hint = first.rtt_ms, self.high - 1
        while self.low + 1 < self.high:
            size = self.hint or next_size(self.low, self.high)
            self._learn(size, await probe(size))

    def _learn(self, size: int, verdict: Verdict) -> None:
        if verdict.fate is Fate.ANSWERED:
            # Whoever named this MTU is taken at his word only if one byte more is too much.
            self.low, self.hint = size, size + 1 if size == self.named else None
        else:
            self._shrink(size, verdict)
        if self.hint is not None and not self.low < self.hint < self.high:
            self.hint = None

    def _shrink(self, size: int, verdict: Verdict) -> None:
        self.high, self.vanished = size, verdict.fate is Fate.SILENT
        self.hint = None
        if verdict.fate is not Fate.TOO_LONG:
            return
        named = verdict.mtu_bytes
        # A number from the wire: what could not be, as from routers older than RFC 1191, is none.
        named = named if named is not None and self.low <= named < size else None
        self.hint = self.named = named
        if verdict.reporter is None:
            self._note_interface(named)
        else:
            report = MtuReport(verdict.reporter, named, size)
            self.reports.setdefault((verdict.reporter, named), report)

    def _note_interface(self, named: int | None) -> None:
        # This machine's own word needs no test.
        self.interface = named
        if named is not None:
            self.high = named + 1


def next_size(low: int, high: int) -> int:
    """Choose a size between both: a common one, the neighbour of a common one, or the middle."""
    between = [size for size in COMMON if low < size < high]
    if between:
        return between[len(between) // 2]
    return low + 1 if low in COMMON else (low + high) // 2


def _unanswered(verdict: Verdict) -> Failure:
    if verdict.fate is Fate.SILENT:
        message = "The target answered not even the smallest packet; try the other protocol."
        return Failure(FailureKind.TIMEOUT, "rtt_ms", message)
    who = verdict.reporter or "This machine"
    text = f"{who} said of the smallest packet: {verdict.reason or verdict.fate.value}."
    return Failure(FailureKind.UNREACHABLE, "rtt_ms", text)
