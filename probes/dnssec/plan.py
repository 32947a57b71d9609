"""Which records to prove, from which anchor, fetched from where."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from probes.dns.plan import check_choice, check_patience, check_port
from probes.dns_trace.plan import TRANSPORTS, check_walk
from probes.dns_trace.root_hints import IANA_ROOTS, RootServer
from probes.errors import PlanInvalid

if TYPE_CHECKING:
    from probes.dnssec.result import DnssecResult
    from probes.live import LiveNetwork
    from probes.simulated import SimulatedNetwork

IANA_ANCHORS = (
    ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
    ". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16",
)
"""The root's key-signing keys of 2017 and 2024 (RFC 9718; IANA's root-anchors.xml)."""


@dataclass(frozen=True, slots=True)
class DnssecPlan:
    """A proof of the records of the name `target`.

    `anchors` are DS or DNSKEY records as zone files write them: `OWNER IN DS …`. Everything is
    fetched from `server`, a resolver that passes signatures on, or without one by walking down
    from `roots`. Signatures must hold at `at` (seconds since the epoch; None is now), give or
    take `skew_s`, which is 0: unbound, for one, is more lenient. Proofs by NSEC3 with more than
    `most_iterations` make a zone count as unsigned (RFC 9276, 3.2). `port` is that of the server,
    or of the servers that a walk finds.
    """

    most_at_once: ClassVar[int] = 50

    target: str
    rdtype: str = "A"
    server: str | None = None
    anchors: tuple[str, ...] = IANA_ANCHORS
    roots: tuple[RootServer, ...] = IANA_ROOTS
    transport: str = "udp"
    port: int = 53
    at: float | None = None
    skew_s: float = 0.0
    most_iterations: int = 150
    timeout_s: float = 3.0
    tries: int = 3
    most_queries: int = 200

    def __post_init__(self) -> None:
        """Refuse what cannot be proven."""
        # The codec is the one slow import; whoever only reads plans does not pay for it.
        from probes.dnssec.anchors import check_anchors, check_provable  # noqa: PLC0415

        check_provable(self.target, self.rdtype)
        check_anchors(self.anchors)
        check_walk(self.roots, self.port, self.most_queries)
        check_port(self.port)
        check_choice("The transport", self.transport, TRANSPORTS)
        check_patience(self.timeout_s, self.tries)
        check_moment(self.at, self.skew_s)

    async def live(self, network: LiveNetwork) -> DnssecResult:
        """Fetch the records and prove them."""
        from probes.dnssec.probe import dnssec  # noqa: PLC0415 - for whoever measures

        return await dnssec(self, network)

    async def simulated(self, network: SimulatedNetwork) -> DnssecResult:
        """Prove what an imagined, really signed tree says."""
        from probes.dnssec.simulated import simulate  # noqa: PLC0415 - likewise

        return await simulate(self, network)


def check_moment(at: float | None, skew_s: float) -> None:
    """Refuse times that signatures cannot bear."""
    if not (at is None or 0 <= at < 2**32):
        raise PlanInvalid(f"The time must be seconds since 1970 below 2^32, not {at}.")
    if not (math.isfinite(skew_s) and skew_s >= 0):
        raise PlanInvalid(f"The clock skew must be zero or more seconds, not {skew_s}.")
