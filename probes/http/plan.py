"""What an HTTP measurement is told, checked before anything is sent."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from probes.errors import PlanInvalid
from probes.http import settings
from probes.http.location import Url
from probes.http.settings import (
    Header,
    HttpAuthentication,
    HttpVersion,
    IpVersion,
    Pem,
    TlsVersion,
)
from probes.resolve import literal_address

if TYPE_CHECKING:
    from probes.http.result import HttpResult
    from probes.live import LiveNetwork
    from probes.simulated import SimulatedNetwork

USER_AGENT = "probes (netmon-in-a-box)"


@dataclass(frozen=True, slots=True)
class HttpPlan:
    """One URL to fetch, redirects included.

    `timeout_s` runs from the first name to the last byte of the last answer. Without a
    `desired_status` any from 200 to 399 will do. `body_match` is a regular expression that is to
    be found in the first 1 MiB of the decompressed body. A download ends, without failure, after
    `download_limit_bytes` of it. Methods that redirects change: see `redirects.py`.

    `headers` go to every host, `root_headers` to the one the URL names, `domain_headers` to those
    whose name they are filed under. User and password, client certificate, and the headers
    Authorization, Cookie and Host of `headers` go only where scheme, host and port are the URL's.

    `dns_override` gives names an address, which the target policy judges as any other.
    PEM texts may be given as bytes or as the path of a file; a client certificate without
    `client_key` holds its key as well.
    """

    most_at_once: ClassVar[int] = 100

    target: str
    method: str = "GET"
    http_version: HttpVersion = HttpVersion.AUTO
    headers: tuple[Header, ...] = field(default=(), repr=False)
    root_headers: tuple[Header, ...] = field(default=(), repr=False)
    domain_headers: Mapping[str, tuple[Header, ...]] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    desired_status: int | None = None
    body_match: str | None = None
    authentication: HttpAuthentication = HttpAuthentication.BASIC
    user: str | None = None
    password: str = field(default="", repr=False)
    client_certificate: Pem | None = field(default=None, repr=False)
    client_key: Pem | None = field(default=None, repr=False)
    client_key_password: str | None = field(default=None, repr=False)
    verify_certificate: bool = True
    ca: Pem | None = None
    least_tls: TlsVersion | None = None
    last_tls: TlsVersion | None = None
    dns_override: Mapping[str, str] = field(default_factory=dict)
    ip_version: IpVersion = IpVersion.ANY
    follow_redirects: bool = True
    most_redirects: int = 10
    user_agent: str = USER_AGENT
    download_limit_bytes: int | None = None
    timeout_s: float = 5.0

    def __post_init__(self) -> None:
        """Refuse what no server could be asked."""
        self._check_request()
        self._check_answer()
        self._check_connection()

    @property
    def url(self) -> Url:
        """The target taken apart."""
        return settings.checked_url(self.target)

    def address_of(self, host: str) -> str:
        """Return what stands in for a name that is not to be resolved, else the name itself."""
        return {name.lower(): given for name, given in self.dns_override.items()}.get(host, host)

    def _check_request(self) -> None:
        self.url  # noqa: B018 - made to be checked
        settings.check_method(self.method, self.body)
        for headers in (self.headers, self.root_headers, *self.domain_headers.values()):
            settings.check_headers(headers)
        settings.check_text("user agent", self.user_agent)
        settings.check_text("user", self.user or "")
        settings.check_text("password", self.password)
        settings.check_text("client key's password", self.client_key_password or "")
        # Basic authentication ends the user's name at the first colon (RFC 7617, section 2).
        if ":" in (self.user or ""):
            raise PlanInvalid("The user's name may not hold a colon.")

    def _check_answer(self) -> None:
        settings.check_number("desired status", self.desired_status, 100, 599)
        settings.check_number("most redirects", self.most_redirects, 0, 50)
        settings.check_number("download limit in bytes", self.download_limit_bytes, 1, math.inf)
        settings.check_number("timeout in seconds", self.timeout_s, 0.001, 3600)
        settings.check_expression(self.body_match)

    def _check_connection(self) -> None:
        settings.check_choice("HTTP version", HttpVersion, self.http_version)
        settings.check_choice("authentication", HttpAuthentication, self.authentication)
        settings.check_choice("IP version", IpVersion, self.ip_version)
        for bound in (self.least_tls, self.last_tls):
            if bound is not None:
                settings.check_choice("TLS version", TlsVersion, bound)
        if self.least_tls and self.last_tls and self.least_tls > self.last_tls:
            raise PlanInvalid(
                f"No TLS version is {self.least_tls} or more, {self.last_tls} or less."
            )
        if self.http_version is HttpVersion.HTTP_3 and not self.url.encrypted:
            raise PlanInvalid(f"HTTP/3 needs an https URL, not {self.target[:200]!r}.")
        if self.http_version is HttpVersion.HTTP_3 and (self.last_tls or "1.3") < "1.3":
            raise PlanInvalid(f"HTTP/3 needs TLS 1.3, not {self.last_tls} or less.")
        for name, address in self.dns_override.items():
            if literal_address(address) is None:
                raise PlanInvalid(f"{address!r}, given for {name!r}, is no IP address.")

    async def live(self, network: LiveNetwork) -> HttpResult:
        """Fetch it."""
        from probes.http.probe import http  # noqa: PLC0415 - libcurl is for those who measure

        return await http(self, network)

    async def simulated(self, network: SimulatedNetwork) -> HttpResult:
        """Work out what the path would have made of it."""
        from probes.http.simulated import simulate  # noqa: PLC0415 - as above

        return await simulate(self, network)
