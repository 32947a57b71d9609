"""What a report tells, as plain records: every format is written from these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from contract_tests.documents.places import Place
from contract_tests.findings.finding import Grade
from contract_tests.run.coverage import Coverage
from contract_tests.wire.exchange import Exchange, Headers

_OF_SERVERS = frozenset({"", "full", "read-only"})


@dataclass(frozen=True, slots=True)
class Message:
    """A request or an answer, to be read: `body` is text, what is no text stands escaped."""

    start: str
    headers: Headers
    body: str
    body_bytes: int


@dataclass(frozen=True, slots=True)
class Talk:
    """One exchange, to be read; `failure` says why there is no answer. Times as in `Report`."""

    request: Message
    response: Message | None
    failure: str
    at: float


@dataclass(frozen=True, slots=True)
class Entry:
    """One cause, shown by its smallest request.

    `sentence` is the rule's; `document` the sentence of the document that is broken, with its
    citation. `operations` are all where it was seen, `count` how often. `state` is what a baseline
    says: `new`, `known` or nothing. `curl` repeats the request. `place` is where in the contract
    the statement stands. `talks` are the exchanges that show it, the last one most of all.
    `caller` is the line of a client's code that sent it (`app/sync.py:31 in fetch`), if known.
    """

    id: str
    rule: str
    sentence: str
    grade: Grade
    operation: str
    operations: tuple[str, ...]
    field: str
    message: str
    received: str
    expected: str
    document: str
    curl: str
    count: int
    flaky: bool
    state: str
    place: Place
    talks: tuple[Talk, ...] = ()
    caller: str = ""

    @property
    def line(self) -> Place:
        """The line of the client's code that sent the request; no file where it is not known."""
        path, _, rest = self.caller.partition(" in ")[0].rpartition(":")
        is_file = bool(path) and rest.isdecimal() and not path.startswith("<")
        return Place(path, int(rest)) if is_file else Place("")

    @property
    def label(self) -> str:
        """What it counts as: its grade, `flaky` or `known`."""
        if self.flaky:
            return "flaky"
        return "known" if self.state == "known" else self.grade.value

    @property
    def is_news(self) -> bool:
        """Whether somebody should look at it: neither flaky, nor known, nor an assumption."""
        return self.label in {Grade.BREACH, Grade.DRIFT}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the run: `verdict` is passed, found, not tried or error; `causes` are ids."""

    name: str
    rule: str
    verdict: str
    reason: str = ""
    trace: str = ""
    causes: tuple[str, ...] = ()
    requests: int = 0
    elapsed_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """A whole run. Times are in seconds, `began_at` is a Unix time; `file` is the contract's.

    `vanished` are causes that a baseline expects and that were not seen, `left_over` is what the
    run made and could not remove. `limits` maps their names to numbers. `exchanges` are those that
    were kept, the oldest first; only HAR shows them. `command` is the client that was run, if one
    was, and `child_code` what it ended with.
    """

    target: str = ""
    contract: str = ""
    file: str = ""
    credential: str = ""
    mode: str = ""
    seed: int = 0
    shard: str = ""
    began_at: float = 0.0
    elapsed_s: float = 0.0
    requests: int = 0
    limits: Mapping[str, float | None] = field(default_factory=dict)
    cut_off: str = ""
    entries: tuple[Entry, ...] = ()
    vanished: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    notes: tuple[str, ...] = ()
    left_over: tuple[str, ...] = ()
    coverage: Coverage | None = None
    exchanges: tuple[Exchange, ...] = ()
    command: str = ""
    child_code: int | None = None

    @property
    def is_of_client(self) -> bool:
        """Whether it was a client that was judged, and not a server."""
        return self.mode not in _OF_SERVERS

    @property
    def counts(self) -> dict[str, int]:
        """How many causes count as `breach`, `drift`, `assumption`, `flaky`, `known`."""
        labels = [entry.label for entry in self.entries]
        return {name: labels.count(name) for name in (*map(str, Grade), "flaky", "known")}

    @property
    def not_tried(self) -> tuple[Step, ...]:
        """The steps that had nothing to try."""
        return tuple(step for step in self.steps if step.verdict == "not tried")

    @property
    def errors(self) -> tuple[Step, ...]:
        """The steps that ended in a fault of the inspector itself."""
        return tuple(step for step in self.steps if step.verdict == "error")

    @property
    def verdict(self) -> str:
        """Say in one line what the run found."""
        found = ", ".join(_counted(n, word) for word, n in self.counts.items() if n)
        gone = f"{len(self.vanished)} known vanished" if self.vanished else ""
        cut = "the run was cut off" if self.cut_off else ""
        return ", ".join(filter(None, (found or "nothing found", gone, cut)))


def _counted(count: int, word: str) -> str:
    plurals = {"breach": "breaches", "assumption": "assumptions", "drift": "drifts"}
    return f"{count} {plurals.get(word, word) if count > 1 else word}"
