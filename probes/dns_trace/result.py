"""The way down to a name's records, question by question."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from probes.dns.result import DnsRecord, mapped
from probes.failure import Failure


class Outcome(StrEnum):
    """What an answer meant for the walk."""

    REFERRAL = "referral"
    """Servers of a zone further down were named."""
    ANSWER = "answer"
    """The records asked for."""
    ALIAS = "alias"
    """A CNAME or DNAME: the walk goes on with another name."""
    NO_DATA = "no_data"
    """The name exists, but has no such records."""
    NO_NAME = "no_name"
    """The name does not exist."""
    LAME = "lame"
    """The server does not serve the zone it was named for, or says that it cannot."""
    FAILED = "failed"
    """No answer came."""


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One question to one server; `records` are those that decided its outcome."""

    question: str
    zone: str
    server: str
    address: str
    port: int
    outcome: Outcome
    query_ms: float | None = None
    rcode: str | None = None
    records: tuple[DnsRecord, ...] = ()
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class DnsTraceResult:
    """A walk from the roots to the records of a name.

    `final_query_ms` is the time of the last question, if it got the final answer: between the
    kernel's stamps over UDP. `skipped` says which servers were named but not asked, and why.
    """

    SUMMARY: ClassVar = ("ok", "queries", "failed_queries", "mappings")

    target: str
    rdtype: str
    rdclass: str
    address: str | None = None
    """Address of the server that gave the final answer."""
    final_server: str | None = None
    final_query_ms: float | None = None
    rcode: str | None = None
    answers: tuple[DnsRecord, ...] = ()
    """The records asked for, behind the aliases that led to them."""
    steps: tuple[TraceStep, ...] = ()
    skipped: tuple[str, ...] = ()
    failure: Failure | None = None

    @property
    def ok(self) -> bool:
        """Whether the walk ended at records of the type asked for."""
        return self.failure is None and self.rcode == "NOERROR" and bool(self.answers)

    @property
    def time_ms(self) -> float | None:
        """The figure that stands for all: the final query's time."""
        return self.final_query_ms

    @property
    def queries(self) -> int:
        """How many questions were sent, with those that nobody answered."""
        return len(self.steps)

    @property
    def failed_queries(self) -> int:
        """How many of them got no answer, or a useless one."""
        useless = (Outcome.FAILED, Outcome.LAME)
        return sum(step.outcome in useless for step in self.steps)

    @property
    def mappings(self) -> tuple[str, ...]:
        """What the name maps to, each with its type where it is not the one asked for."""
        return mapped(self.answers, self.rdtype)

    @property
    def output(self) -> str:
        """The walk in words: each answer's records, then who gave them in which time."""
        return "\n".join(map(_worded, self.steps))


def _worded(step: TraceStep) -> str:
    time = "no answer" if step.query_ms is None else f"{step.query_ms:.3f} ms"
    where = f"; {step.outcome} from {step.server} ({step.address}) for {step.zone}, {time}"
    return "\n".join([*map(str, step.records), where])
