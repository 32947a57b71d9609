"""What came of a run: everything that reports tell, and nothing that they must work out."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from contract_tests.findings.baseline import Comparison
from contract_tests.findings.causes import Cause
from contract_tests.findings.finding import Finding
from contract_tests.run.coverage import Coverage
from contract_tests.wire.exchange import Exchange
from contract_tests.wire.limits import Limits


class Verdict(StrEnum):
    """What became of one step."""

    PASSED = "passed"
    FOUND = "found"
    NOT_TRIED = "not tried"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One step that a run came to: its name as in the plan, and what became of it.

    `reason` says why it was not tried, or which exception ended it (`trace` is its traceback).
    `findings` are its own and those about the answers that it met.
    """

    name: str
    rule: str
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    trace: str = ""
    requests: int = 0
    elapsed_s: float = 0.0


@dataclass(frozen=True, slots=True)
class About:
    """What was held to which contract, and how.

    `target` is the address without any secret, `contract` the vendor's name or the file's,
    `vendor` empty for a contract that is not ours. `credential` is the name of a variable.
    `command` is what was run as a client, `child_code` the code that it ended with.
    """

    target: str = ""
    contract: str = ""
    contract_file: Path | None = None
    vendor: str = ""
    mode: str = "full"
    credential: str = ""
    seed: int = 0
    shard: str = ""
    limits: Limits = field(default_factory=Limits)
    began_at: float = 0.0
    command: str = ""
    child_code: int | None = None


@dataclass(slots=True)
class Outcome:
    """What a run saw.

    `findings` are all that count, graded; `causes` are the same in groups, flaky ones among them
    (`Cause.flaky`). `not_tried` maps steps to reasons, `attempts` tells of every step in order,
    `errors` are those that ended in an exception. `cut_off` says why the run ended early.
    `left_over` names what the run made and could not remove. `exchanges` are the last ones, a
    bounded number. `comparison` is there if a baseline was; `coverage` is what was counted by an
    `Observer` (a listener) of what the contract has.
    """

    findings: list[Finding] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    not_tried: dict[str, str] = field(default_factory=dict)
    requests: int = 0
    cut_off: str = ""
    about: About = field(default_factory=About)
    causes: list[Cause] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    left_over: list[str] = field(default_factory=list)
    elapsed_s: float = 0.0
    comparison: Comparison | None = None
    coverage: Coverage | None = None

    @property
    def errors(self) -> list[Attempt]:
        """The steps that ended in an exception of ours."""
        return [attempt for attempt in self.attempts if attempt.verdict is Verdict.ERROR]

    @property
    def flaky(self) -> list[Cause]:
        """The causes that did not show themselves again: listed, and no reason to fail."""
        return [cause for cause in self.causes if cause.flaky]
