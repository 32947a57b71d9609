"""What a SIP measurement found."""

from dataclasses import dataclass
from typing import ClassVar

from probes.failure import Failure


@dataclass(frozen=True, slots=True)
class SipStep:
    """One request and its final response, as they stood on the wire (at most 8 192 characters).

    A request that was challenged, redirected or refused an expiry is a step, and so is the one
    that follows it. `time_ms` runs from the first sending to the final response. No step holds
    the password, only what RFC 7616 makes of it.
    """

    method: str
    time_ms: float | None
    code: int | None
    reason: str | None
    retransmissions: int
    request: str
    response: str | None


@dataclass(frozen=True, slots=True)
class SipResult:
    """Phases in milliseconds, in the order in which they follow one another; None: not reached.

    The names are those of the ThousandEyes SIP server test (v6, `voice/sip-server`).
    """

    SUMMARY: ClassVar = (
        "ok",
        "availability_percent",
        "response_ms",
        "total_ms",
        "options_request",
        "options_response",
    )

    target: str
    address: str | None
    port: int
    transport: str
    dns_ms: float | None = None
    """Resolving the name."""
    connect_ms: float | None = None
    """The TCP handshake; None over UDP."""
    tls_ms: float | None = None
    """The TLS handshake; None over UDP and TCP."""
    wait_ms: float | None = None
    """From the first request to the first response to it, a provisional one included."""
    register_ms: float | None = None
    """From REGISTER to the response that ends it, challenges included, redirects apart."""
    options_ms: float | None = None
    """The same of OPTIONS."""
    invite_ms: float | None = None
    """The same of INVITE: until the call was answered; hanging up is not counted."""
    redirect_ms: float | None = None
    """What requests took that were redirected, and connections to where they led."""
    redirects: int = 0
    retransmissions: int = 0
    """Requests that were sent again because no answer came."""
    ignored: int = 0
    """Datagrams or messages that could not be read as a response."""
    response_code: int | None = None
    """The last final response."""
    response_reason: str | None = None
    steps: tuple[SipStep, ...] = ()
    failure: Failure | None = None

    @property
    def ok(self) -> bool:
        """Whether every method ended as it was to."""
        return self.failure is None

    @property
    def availability_percent(self) -> float:
        """100 where the service did what was asked of it, else 0."""
        return 100.0 if self.ok else 0.0

    @property
    def response_ms(self) -> float | None:
        """Time to the first byte: DNS, connect, TLS and wait together."""
        parts = (self.dns_ms, self.connect_ms, self.tls_ms, self.wait_ms)
        return None if self.wait_ms is None else sum(part or 0.0 for part in parts)

    @property
    def total_ms(self) -> float | None:
        """All phases together; None where one was not reached."""
        parts = (
            *(self.dns_ms, self.connect_ms, self.tls_ms, self.redirect_ms),
            *(self.register_ms, self.options_ms, self.invite_ms),
        )
        return sum(part or 0.0 for part in parts) if self.ok else None

    @property
    def time_ms(self) -> float | None:
        """The figure that stands for all: the total."""
        return self.total_ms

    @property
    def options_request(self) -> str | None:
        """The last OPTIONS request, whole."""
        return next((step.request for step in self._options()), None)

    @property
    def options_response(self) -> str | None:
        """What was answered to it, whole."""
        return next((step.response for step in self._options()), None)

    def _options(self) -> list[SipStep]:
        return [step for step in reversed(self.steps) if step.method == "OPTIONS"]
