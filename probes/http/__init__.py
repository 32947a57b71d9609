"""The HTTP probe: one URL fetched, redirect by redirect, every phase timed."""

from probes.http.certificate import Certificate
from probes.http.plan import HttpPlan
from probes.http.result import HttpExchange, HttpResult
from probes.http.settings import HttpAuthentication, HttpVersion, IpVersion, TlsVersion

__all__ = [
    "Certificate",
    "HttpAuthentication",
    "HttpExchange",
    "HttpPlan",
    "HttpResult",
    "HttpVersion",
    "IpVersion",
    "TlsVersion",
]
