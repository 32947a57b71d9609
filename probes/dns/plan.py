"""What to ask a name server, and how."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from probes.errors import PlanInvalid

if TYPE_CHECKING:
    from probes.dns.result import DnsResult
    from probes.live import LiveNetwork
    from probes.simulated import SimulatedNetwork

USUAL_PORTS = MappingProxyType({"udp": 53, "tcp": 53, "tls": 853, "https": 443})
"""Each transport's port (RFC 1035, 4.2; RFC 7858, 3.1; RFC 8484)."""
USUAL_EDNS_BYTES = 1232
"""What passes every path in one piece (DNS flag day 2020)."""
SMALLEST_EDNS_BYTES = 512
MOST_TRIES = 10


@dataclass(frozen=True, slots=True)
class DnsPlan:
    """One question to the name server `target`.

    `tries` counts how often the question is sent while nothing comes back; each waits
    `timeout_s`. With `fall_back` a truncated answer over UDP is asked for again over TCP.
    `edns_bytes` 0 sends no EDNS. `tls_name` is what the certificate must bear, if it is not the
    target; `ca_file` (PEM) replaces the system's authorities; `path` is for HTTPS alone.
    """

    most_at_once: ClassVar[int] = 500

    target: str
    name: str
    rdtype: str = "A"
    rdclass: str = "IN"
    transport: str = "udp"
    port: int | None = None
    recursion_desired: bool = True
    dnssec_ok: bool = False
    edns_bytes: int = USUAL_EDNS_BYTES
    fall_back: bool = True
    timeout_s: float = 5.0
    tries: int = 1
    tls_name: str | None = None
    verify: bool = True
    ca_file: Path | None = None
    path: str = "/dns-query"

    def __post_init__(self) -> None:
        """Refuse what cannot be asked."""
        # The codec is the one slow import; whoever only reads plans does not pay for it.
        from probes.dns.question import check_question  # noqa: PLC0415

        check_question(self.name, self.rdtype, self.rdclass)
        check_choice("The transport", self.transport, tuple(USUAL_PORTS))
        check_port(self.usual_port)
        check_edns(self.edns_bytes, dnssec_ok=self.dnssec_ok)
        check_patience(self.timeout_s, self.tries)
        if not (self.path.startswith("/") and self.path.isascii() and self.path.isprintable()):
            raise PlanInvalid(f"The path must begin with / and be printable, not {self.path!r}.")

    @property
    def usual_port(self) -> int:
        """The port that was given, or the transport's own."""
        return USUAL_PORTS[self.transport] if self.port is None else self.port

    async def live(self, network: LiveNetwork) -> DnsResult:
        """Ask the server."""
        from probes.dns.probe import dns  # noqa: PLC0415 - the codec is for whoever measures

        return await dns(self, network)

    async def simulated(self, network: SimulatedNetwork) -> DnsResult:
        """Ask an imagined server, whose answer is read like a real one."""
        from probes.dns.simulated import simulate  # noqa: PLC0415 - likewise

        return await simulate(self, network)


def check_choice(what: str, given: str, choices: tuple[str, ...]) -> None:
    """Refuse what is not on the list."""
    if given not in choices:
        raise PlanInvalid(f"{what} must be one of {', '.join(choices)}, not {given!r}.")


def check_port(port: int) -> None:
    """Refuse what is no port."""
    if not 1 <= port <= 65_535:
        raise PlanInvalid(f"The port must be 1 to 65535, not {port}.")


def check_edns(edns_bytes: int, *, dnssec_ok: bool) -> None:
    """Refuse sizes that no datagram has (RFC 6891, 6.2.3), and signatures without EDNS."""
    if edns_bytes == 0 and not dnssec_ok:
        return
    if not SMALLEST_EDNS_BYTES <= edns_bytes <= 65_535:
        bounds = f"{SMALLEST_EDNS_BYTES} to 65535{' (DNSSEC needs EDNS)' if dnssec_ok else ''}"
        raise PlanInvalid(f"The EDNS size must be {bounds}, not {edns_bytes}.")


def check_patience(timeout_s: float, tries: int) -> None:
    """Refuse to wait for ever."""
    if not (math.isfinite(timeout_s) and timeout_s > 0):
        raise PlanInvalid(f"The timeout must be more than zero seconds, not {timeout_s}.")
    if not 1 <= tries <= MOST_TRIES:
        raise PlanInvalid(f"The tries must be 1 to {MOST_TRIES}, not {tries}.")
