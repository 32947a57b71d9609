"""Which name to follow down from which roots, and how patiently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from probes.dns.plan import check_choice, check_patience, check_port
from probes.dns_trace.root_hints import IANA_ROOTS, RootServer, is_complete
from probes.errors import PlanInvalid

if TYPE_CHECKING:
    from probes.dns_trace.result import DnsTraceResult
    from probes.live import LiveNetwork
    from probes.simulated import SimulatedNetwork

TRANSPORTS = ("udp", "tcp")


@dataclass(frozen=True, slots=True)
class DnsTracePlan:
    """A walk from the roots to the records of the name `target`.

    `port` is where servers are asked that a delegation names, `timeout_s` the patience with
    each question, `tries` how many questions one zone's servers may leave unanswered.
    """

    most_at_once: ClassVar[int] = 200

    target: str
    rdtype: str = "A"
    rdclass: str = "IN"
    roots: tuple[RootServer, ...] = IANA_ROOTS
    transport: str = "udp"
    port: int = 53
    timeout_s: float = 3.0
    tries: int = 3
    most_queries: int = 100

    def __post_init__(self) -> None:
        """Refuse what cannot be walked."""
        # The codec is the one slow import; whoever only reads plans does not pay for it.
        from probes.dns.question import check_question  # noqa: PLC0415

        check_question(self.target, self.rdtype, self.rdclass)
        check_walk(self.roots, self.port, self.most_queries)
        check_choice("The transport", self.transport, TRANSPORTS)
        check_patience(self.timeout_s, self.tries)

    async def live(self, network: LiveNetwork) -> DnsTraceResult:
        """Ask from the roots down."""
        from probes.dns_trace.probe import dns_trace  # noqa: PLC0415 - for whoever measures

        return await dns_trace(self, network)

    async def simulated(self, network: SimulatedNetwork) -> DnsTraceResult:
        """Walk the same way through imagined servers."""
        from probes.dns_trace.simulated import simulate  # noqa: PLC0415 - likewise

        return await simulate(self, network)


def check_walk(roots: tuple[RootServer, ...], port: int, most_queries: int) -> None:
    """Refuse a walk that cannot begin or need not end."""
    check_port(port)
    if not roots:
        raise PlanInvalid("At least one root server must be given, not none.")
    if wrong := next((root for root in roots if not is_complete(root)), None):
        text = f"{wrong.address[:80]}#{wrong.port}"
        raise PlanInvalid(f"A root server must be a literal ADDRESS#PORT, not {text!r}.")
    if not 1 <= most_queries <= 1000:
        raise PlanInvalid(f"The most queries must be 1 to 1000, not {most_queries}.")
