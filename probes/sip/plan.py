"""What a SIP measurement is told, checked before anything is sent."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeVar

from probes.errors import PlanInvalid
from probes.sip.timers import Timers

if TYPE_CHECKING:
    from probes.live import LiveNetwork
    from probes.simulated import SimulatedNetwork
    from probes.sip.result import SipResult

K = TypeVar("K", bound=StrEnum)

MOST_HEADERS = 20
_TOKEN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+")
_HOST = re.compile(r"[A-Za-z0-9\-._:\[\]]+")
_USER = re.compile(r"[A-Za-z0-9\-_.!~*'()&=+$,;?/%]+")
_OURS = frozenset(
    (
        *("via", "from", "to", "call-id", "cseq", "contact", "max-forwards", "expires"),
        *("content-length", "content-type", "route", "record-route"),
        *("authorization", "proxy-authorization"),
    )
)


class SipMethod(StrEnum):
    """What is asked of the server."""

    OPTIONS = "OPTIONS"
    REGISTER = "REGISTER"
    INVITE = "INVITE"
    """A call without media, acknowledged and hung up as soon as it is answered."""


class SipTransport(StrEnum):
    """What carries the messages."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"

    @property
    def reliable(self) -> bool:
        """Whether nothing has to be sent again."""
        return self is not SipTransport.UDP

    @property
    def usual_port(self) -> int:
        """Port where none is given (RFC 3261, section 19.1.2)."""
        return 5061 if self is SipTransport.TLS else 5060


@dataclass(frozen=True, slots=True)
class SipPlan:
    """Requests to one server, one after another, in the order of `methods`.

    `target` is the registrar: its name stands in the URIs unless `domain` does. Packets go to
    its address (A and AAAA; no NAPTR or SRV), or to that of the outbound `proxy` if there is
    one, at `port`. `timeout_s` runs from the resolved name to the last final response. Redirects
    are followed `most_redirects` times. Success is a 2xx to each method, and `desired_code` to
    the last one if that is given; `options_regex` must be found in the response to OPTIONS.
    A registration is left to end after `expires_s`. RFC 3261 unless another is named.
    """

    most_at_once: ClassVar[int] = 200

    target: str
    methods: tuple[SipMethod, ...] = (SipMethod.OPTIONS,)
    transport: SipTransport = SipTransport.UDP
    port: int | None = None
    proxy: str | None = None
    domain: str | None = None
    user: str = "probe"
    callee: str | None = None
    auth_user: str | None = None
    password: str | None = field(default=None, repr=False)
    expires_s: int = 60
    headers: tuple[tuple[str, str], ...] = ()
    desired_code: int | None = None
    options_regex: str | None = None
    most_redirects: int = 5
    verify_certificate: bool = True
    ca_file: Path | None = None
    timeout_s: float = 5.0
    timers: Timers = field(default_factory=Timers)

    def __post_init__(self) -> None:
        """Refuse what could not be written, or would never end."""
        methods = tuple(_chosen(SipMethod, "methods", method) for method in self.methods)
        object.__setattr__(self, "methods", methods)
        transport = _chosen(SipTransport, "transport", self.transport)
        object.__setattr__(self, "transport", transport)
        _number(self)
        _match(_HOST, "target", self.host)
        _match(_HOST, "server", self.server)
        for name in ("user", "callee"):
            _match(_USER, name, getattr(self, name))
        for name in ("auth_user", "password"):
            _printable(name, getattr(self, name))
        _headers(self.headers)
        _within("port", self.port, 1, 65_535)
        _within("expiry in seconds", self.expires_s, 1, 86_400)
        _within("desired code", self.desired_code, 200, 699)
        _within("number of redirects", self.most_redirects, 0, 20)
        _expression(self.options_regex)
        if not (math.isfinite(self.timeout_s) and self.timeout_s > 0):
            raise PlanInvalid(f"The timeout must be more than zero seconds, not {self.timeout_s}.")

    @property
    def server(self) -> str:
        """Name or address that packets go to first."""
        return (self.proxy or self.target).strip("[]")

    @property
    def server_port(self) -> int:
        """Port that packets go to first."""
        return self.port or self.transport.usual_port

    @property
    def host(self) -> str:
        """What stands in the URIs after the @."""
        return bracketed(self.domain or self.target)

    async def live(self, network: LiveNetwork) -> SipResult:
        """Speak SIP with the server."""
        from probes.sip.probe import sip  # noqa: PLC0415 - the codec is for those who measure

        return await sip(self, network)

    async def simulated(self, network: SimulatedNetwork) -> SipResult:
        """Speak with a made-up server at the end of the path, through the same machinery."""
        from probes.sip.simulated import simulate  # noqa: PLC0415 - as above

        return await simulate(self, network)


def bracketed(host: str) -> str:
    """Write a host as it stands in a URI."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _chosen(kind: type[K], name: str, given: str) -> K:
    """Take a choice by its name as well."""
    try:
        return kind(given)
    except ValueError:
        choices, shown = ", ".join(kind), str(given)[:40]
        raise PlanInvalid(f"The {name} must be one of {choices}, not {shown!r}.") from None


def _number(plan: SipPlan) -> None:
    if not plan.methods:
        raise PlanInvalid(f"The methods must be some of {', '.join(SipMethod)}.")
    if len(plan.methods) > 10:
        raise PlanInvalid(f"At most 10 methods can follow one another, not {len(plan.methods)}.")


def _match(pattern: re.Pattern[str], name: str, text: str | None) -> None:
    if text is not None and not (pattern.fullmatch(text) and len(text) <= 253):
        raise PlanInvalid(f"The {name} {text[:80]!r} cannot stand in a SIP URI.")


def _printable(name: str, text: str | None) -> None:
    if text is not None and not (text.isprintable() and len(text) <= 255):
        raise PlanInvalid(f"The {name} must be printable and at most 255 characters long.")


def _headers(headers: tuple[tuple[str, str], ...]) -> None:
    if len(headers) > MOST_HEADERS:
        raise PlanInvalid(f"At most {MOST_HEADERS} headers can be added, not {len(headers)}.")
    for name, value in headers:
        if not _TOKEN.fullmatch(name) or not value.isprintable() or len(value) > 500:
            raise PlanInvalid(f"The header {name[:80]!r} cannot be sent as it is.")
        if name.lower() in _OURS or len(name) == 1:
            raise PlanInvalid(f"The header {name!r} is the probe's own.")


def _within(name: str, value: int | None, low: int, high: int) -> None:
    if value is not None and not low <= value <= high:
        raise PlanInvalid(f"The {name} must be {low} to {high}, not {value}.")


def _expression(text: str | None) -> None:
    try:
        re.compile(text or "")
    except re.error as error:
        raise PlanInvalid(f"{text!r} is no regular expression: {error}.") from None
