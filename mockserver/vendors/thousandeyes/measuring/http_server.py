"""An http-server test: one request, its phases, its headers and the certificates it met."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from mockserver.core.clock import utc_datetime
from mockserver.core.store import Document
from mockserver.vendors.thousandeyes.measuring.entries import known, whole_ms
from mockserver.vendors.thousandeyes.measuring.faults import fault
from mockserver.vendors.thousandeyes.measuring.http_plans import http_plan, url_of
from mockserver.vendors.thousandeyes.measuring.network_layer import network_layer, nothing_below
from mockserver.vendors.thousandeyes.measuring.task import Findings, Task
from probes.errors import ProbeError
from probes.http.certificate import Certificate
from probes.http.result import Headers, HttpExchange, HttpResult
from probes.network import Network

_PATH = "web/http-server"


async def measure(network: Network, task: Task) -> Findings:
    """Fetch the URL, then measure the network towards its host."""
    return {_PATH: [await fetched(network, task)], **await network_below(network, task)}


async def fetched(network: Network, task: Task) -> Document:
    """Return the entry of `web/http-server`; also for tests that add more to it."""
    try:
        result = await network.measure(http_plan(task))
    except ProbeError as error:
        return fault(error)
    return _entry(result, task)


async def network_below(network: Network, task: Task) -> Findings:
    """Measure the network towards the host of a web test; nothing where its URL is none."""
    try:
        url = url_of(task.settings)
    except ProbeError as error:
        return nothing_below(task, error)
    return await network_layer(
        network, task, task.settings.get("dnsOverride") or url.host, url.port
    )


def _entry(result: HttpResult, task: Task) -> Document:
    last = result.last
    figures = {
        "serverIp": last.address,
        "responseCode": last.status,
        "numRedirects": result.redirects,
        "redirectTime": whole_ms(result.redirect_ms),
        **_times(last),
        "wireSize": last.content_bytes,
        "throughput": _throughput(last),
        "requestHeaders": _request(last),
        "responseHeaders": _response(last),
        "sslCipher": last.tls_cipher,
        "sslVersion": last.tls_version,
        "sslCerts": [_certificate(one, task.now_ms) for one in last.certificates] or None,
    }
    return known(figures) | fault(result.failure)


def _times(last: HttpExchange) -> Document:
    encrypted = last.url.startswith("https:")
    response, receive = whole_ms(last.response_ms), whole_ms(last.receive_ms)
    known = response is not None and receive is not None
    return {
        "dnsTime": whole_ms(last.dns_ms),
        "connectTime": whole_ms(last.connect_ms),
        "sslTime": whole_ms(last.tls_ms) if encrypted else None,
        "waitTime": whole_ms(last.wait_ms),
        "receiveTime": receive,
        "responseTime": response,
        "totalTime": (response or 0) + (receive or 0) if known else None,
    }


def _throughput(last: HttpExchange) -> int | None:
    # In bytes a second; a small answer comes in one piece, which says nothing of the path.
    return round(last.content_bytes / last.receive_ms * 1000) if last.receive_ms else None


def _request(last: HttpExchange) -> str | None:
    if not last.request_headers:
        return None
    path = last.url.partition("://")[2].partition("/")[2]
    return _lines(f"{last.method} /{path} HTTP/{last.http_version or '1.1'}", last.request_headers)


def _response(last: HttpExchange) -> str | None:
    if last.status is None:
        return None
    known = last.status in HTTPStatus._value2member_map_
    # HTTP/2 and 3 have no reason phrase (RFC 9113, section 8.3.2).
    spoken = known and str(last.http_version).startswith("1")
    phrase = f" {HTTPStatus(last.status).phrase}" if spoken else ""
    return _lines(f"HTTP/{last.http_version} {last.status}{phrase}", last.response_headers)


def _lines(first: str, headers: Headers) -> str:
    return "".join(f"{line}\r\n" for line in (first, *(f"{k}: {v}" for k, v in headers)))


def _certificate(certificate: Certificate, now_ms: int) -> Document:
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    days = certificate.days_until_expiry(now)
    shown: Document = {
        "subjectName": certificate.subject_common_name or certificate.subject,
        "issuerName": certificate.issuer_common_name or certificate.issuer,
        "subjectAltNames": list(certificate.sans) or None,
        "notValidBefore": _moment(certificate.not_before),
        "notValidAfter": _moment(certificate.not_after),
        "daysUntilExpiry": None if days is None else max(days, 0),
        "fetchDateInValidCertDateRange": certificate.is_valid_at(now),
    }
    return known(shown)


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else utc_datetime(int(moment.timestamp() * 1000))
