"""What went wrong on the wire, as a part of a result: kind, phase and one sentence.

What stops a probe before its first packet (a name without address, a closed target, a missing
right, impossible settings) is raised as a ProbeError instead. A time that was not reached is
None beside a failure, never a number.
"""

from dataclasses import dataclass
from enum import StrEnum


class FailureKind(StrEnum):
    """Why a measurement ended before its end."""

    RESOLVE = "resolve"
    """The name system gave an error, or no address, where resolving is what is measured."""
    NOT_ALLOWED = "not_allowed"
    """The peer pointed to an address (redirect, PASV, Contact, glue) that the policy closes."""
    REFUSED = "refused"
    """The connection was refused."""
    UNREACHABLE = "unreachable"
    """No route, or an ICMP error said so."""
    TIMEOUT = "timeout"
    """The answer did not come in time."""
    RESET = "reset"
    """The peer broke the connection off."""
    TLS = "tls"
    """The handshake failed, or the certificate was not accepted."""
    PROTOCOL = "protocol"
    """The peer did not speak the protocol."""
    AUTHENTICATION = "authentication"
    """The credentials were not accepted."""
    STATUS = "status"
    """The peer answered with a status that was not wanted."""
    CONTENT = "content"
    """The answer lacks what it was to hold, or is longer than allowed."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A measurement that ended early; `phase` is the field of the result that was being timed."""

    kind: FailureKind
    phase: str
    message: str

    def __str__(self) -> str:
        """Say it in one line."""
        phase = self.phase.removesuffix("_ms").replace("_", " ")
        return f"{self.kind.replace('_', ' ')} in {phase}: {self.message}"
