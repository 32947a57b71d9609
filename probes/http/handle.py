"""One libcurl handle for one exchange: everything it is told, and the one socket it may open."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from typing import Any

import pycurl

from probes.http.answer import Answer
from probes.http.credentials import Credentials
from probes.http.plan import HttpPlan
from probes.http.redirects import Request, at_home, headers_for
from probes.http.settings import HttpAuthentication, HttpVersion, TlsVersion
from probes.targets import Address, zoneless

_VERSIONS = {
    HttpVersion.AUTO: pycurl.CURL_HTTP_VERSION_2TLS,
    HttpVersion.HTTP_1_1: pycurl.CURL_HTTP_VERSION_1_1,
    HttpVersion.HTTP_2: pycurl.CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE,
    HttpVersion.HTTP_3: pycurl.CURL_HTTP_VERSION_3ONLY,
}
_AUTHENTICATIONS = {
    HttpAuthentication.BASIC: pycurl.HTTPAUTH_BASIC,
    HttpAuthentication.DIGEST: pycurl.HTTPAUTH_DIGEST,
}
_LEAST_TLS = {
    None: pycurl.SSLVERSION_DEFAULT,
    TlsVersion.TLS_1_0: pycurl.SSLVERSION_TLSv1_0,
    TlsVersion.TLS_1_1: pycurl.SSLVERSION_TLSv1_1,
    TlsVersion.TLS_1_2: pycurl.SSLVERSION_TLSv1_2,
    TlsVersion.TLS_1_3: pycurl.SSLVERSION_TLSv1_3,
}
_LAST_TLS = {
    None: pycurl.SSLVERSION_MAX_DEFAULT,
    TlsVersion.TLS_1_0: pycurl.SSLVERSION_MAX_TLSv1_0,
    TlsVersion.TLS_1_1: pycurl.SSLVERSION_MAX_TLSv1_1,
    TlsVersion.TLS_1_2: pycurl.SSLVERSION_MAX_TLSv1_2,
    TlsVersion.TLS_1_3: pycurl.SSLVERSION_MAX_TLSv1_3,
}
# Each read costs a system call and a call of the debug function; libcurl's own size is 16 KiB.
_READ_BYTES = 512 << 10
_OLD_TLS = (TlsVersion.TLS_1_0, TlsVersion.TLS_1_1)


@dataclass(frozen=True, slots=True)
class Asking:
    """Everything that one exchange is to know."""

    plan: HttpPlan
    request: Request
    credentials: Credentials
    address: Address
    dns_ms: float
    patience_s: float


@dataclass(slots=True)
class Door:
    """Opens the exchange's socket, to the pinned address and port and to nothing else."""

    address: Address
    port: int
    opened: socket.socket | None = None
    error: str | None = None

    def open(self, _purpose: int, peer: Any) -> socket.socket | int:
        """Do what CURLOPT_OPENSOCKETFUNCTION is asked."""
        asked = zoneless(ipaddress.ip_address(peer.addr[0].partition("%")[0]))
        if (asked, peer.addr[1]) != (zoneless(self.address), self.port):
            self.error = f"libcurl asked for {asked}, which is not what was admitted"
            return int(pycurl.SOCKET_BAD)
        self.close()
        try:
            self.opened = socket.socket(peer.family, peer.socktype, peer.protocol)
        except OSError as error:
            self.error = f"no socket can be opened here ({error.strerror})"
            return int(pycurl.SOCKET_BAD)
        return self.opened

    def close(self) -> None:
        """Give this side's descriptor back; libcurl has one of its own."""
        if self.opened is not None:
            self.opened.close()


def make_handle(asking: Asking, door: Door, answer: Answer) -> pycurl.Curl:
    """Make a handle that asks for this once, over a connection of its own."""
    plan, request = asking.plan, asking.request
    options = {
        **_confined(request, door),
        **_asking(plan, request),
        **_securing(plan, request, asking.credentials),
        **_watching(answer),
        pycurl.TIMEOUT_MS: max(1, round(asking.patience_s * 1000)),
    }
    handle = pycurl.Curl()
    for option, value in options.items():
        handle.setopt(option, value)
    return handle


def _confined(request: Request, door: Door) -> dict[int, Any]:
    address = str(door.address).replace("%", "%25")
    pinned = f"[{address}]" if ":" in address else address
    return {
        pycurl.URL: str(request.url),
        pycurl.PROTOCOLS: pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS,
        pycurl.CONNECT_TO: [f"::{pinned}:{door.port}"],
        pycurl.OPENSOCKETFUNCTION: door.open,
        pycurl.FOLLOWLOCATION: 0,
        # Neither the environment nor files of the user's may change the way or add secrets.
        pycurl.PROXY: "",
        pycurl.NOPROXY: "*",
        pycurl.NETRC: pycurl.NETRC_IGNORED,
        pycurl.NOSIGNAL: 1,
        # A connection or session of before would make the handshake look quick. The answer to
        # a challenge goes over the connection that brought it.
        pycurl.FRESH_CONNECT: 1,
        pycurl.SSL_SESSIONID_CACHE: 0,
        pycurl.HTTP09_ALLOWED: 0,
        pycurl.ACCEPT_ENCODING: "",
    }


def _asking(plan: HttpPlan, request: Request) -> dict[int, Any]:
    lines = [
        f"{name}: {value}" if value else f"{name};" for name, value in headers_for(plan, request)
    ]
    options: dict[int, Any] = {
        pycurl.HTTP_VERSION: _VERSIONS[plan.http_version],
        # Else a body of more than a megabyte first waits for "100 Continue".
        pycurl.HTTPHEADER: [line.encode() for line in ("Expect:", *lines)],
        pycurl.USERAGENT: plan.user_agent.encode(),
    }
    if plan.user is not None and at_home(plan, request.url):
        options[pycurl.HTTPAUTH] = _AUTHENTICATIONS[plan.authentication]
        options[pycurl.USERNAME] = plan.user.encode()
        options[pycurl.PASSWORD] = plan.password.encode()
    challenged = plan.authentication is HttpAuthentication.DIGEST
    options[pycurl.FORBID_REUSE] = int(not challenged)
    return options | _method(request)


def _method(request: Request) -> dict[int, Any]:
    if request.method == "HEAD":
        return {pycurl.NOBODY: 1}
    if request.body is not None or request.method == "POST":
        return {pycurl.POSTFIELDS: request.body or b"", pycurl.CUSTOMREQUEST: request.method}
    return {pycurl.HTTPGET: 1, pycurl.CUSTOMREQUEST: request.method}


def _securing(plan: HttpPlan, request: Request, credentials: Credentials) -> dict[int, Any]:
    if not request.url.encrypted:
        return {}
    options: dict[int, Any] = {
        pycurl.SSLVERSION: _tls_versions(plan),
        pycurl.SSL_VERIFYPEER: int(plan.verify_certificate),
        pycurl.SSL_VERIFYHOST: 2 if plan.verify_certificate else 0,
        pycurl.OPT_CERTINFO: 1,
    }
    if plan.least_tls in _OLD_TLS or plan.last_tls in _OLD_TLS:
        # OpenSSL 3 refuses what is older than TLS 1.2 at its usual level.
        options[pycurl.SSL_CIPHER_LIST] = "DEFAULT@SECLEVEL=0"
    options |= credentials.trust()
    return options | credentials.identity() if at_home(plan, request.url) else options


def _tls_versions(plan: HttpPlan) -> int:
    """Say both bounds; libcurl's own lower one is TLS 1.2."""
    least = plan.least_tls or (plan.last_tls if plan.last_tls in _OLD_TLS else None)
    return int(_LEAST_TLS[least] | _LAST_TLS[plan.last_tls])


def _watching(answer: Answer) -> dict[int, Any]:
    return {
        pycurl.VERBOSE: 1,
        pycurl.DEBUGFUNCTION: answer.on_debug,
        pycurl.HEADERFUNCTION: answer.on_header,
        pycurl.WRITEFUNCTION: answer.on_body,
        pycurl.BUFFERSIZE: _READ_BYTES,
    }
