"""What one simulated request meets, and the record of an exchange that got so far."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.utils import formatdate
from typing import Any

from probes.http.judgement import Content
from probes.http.plan import HttpPlan
from probes.http.redirects import Request, headers_for, starred
from probes.http.result import HttpExchange
from probes.http.scenery import Page, Site, page_at, site_at
from probes.http.settings import HttpVersion
from probes.journey import FIRST_RETRANSMISSION_MS
from probes.simulated import SimulatedNetwork

MOVED = Page(301, b"<p>Moved Permanently</p>\n", 25, 0.5)
CONTENT_TYPE = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Scene:
    """A request, and the site and page it is for; `now_s` is when it arrives."""

    plan: HttpPlan
    request: Request
    site: Site
    page: Page
    now_s: float

    @property
    def body(self) -> bytes:
        """The decompressed body as far as it is downloaded."""
        if self.request.method == "HEAD":
            return b""
        return self.page.body[: self.plan.download_limit_bytes]

    @property
    def content(self) -> Content | None:
        """The same with its digest; None where there is none."""
        body = self.body
        return Content(body, CONTENT_TYPE) if body else None

    @property
    def content_bytes(self) -> int:
        """The body as it travels."""
        return self.page.packed_bytes * len(self.body) // len(self.page.body)

    @property
    def version(self) -> str:
        """The version that both sides agree on."""
        if self.plan.http_version is not HttpVersion.AUTO:
            return str(self.plan.http_version)
        return "2" if self.request.url.encrypted and self.site.speaks_http2 else "1.1"

    @property
    def request_headers(self) -> tuple[tuple[str, str], ...]:
        """What a real probe would have sent."""
        return (
            ("Host", str(self.request.url).split("/")[2]),
            ("User-Agent", self.plan.user_agent),
            ("Accept", "*/*"),
            ("Accept-Encoding", "deflate, gzip, br"),
            *starred(headers_for(self.plan, self.request)),
        )

    @property
    def response_headers(self) -> tuple[tuple[str, str], ...]:
        """What a server says."""
        page = self.page
        packed = page.packed_bytes < len(page.body)
        moved = replace(self.request.url, scheme="https", port=443)
        return (
            ("server", self.site.server),
            ("date", formatdate(self.now_s, usegmt=True)),
            ("content-type", CONTENT_TYPE),
            ("content-length", str(page.packed_bytes)),
            *((("content-encoding", "gzip"),) if packed else ()),
            *((("location", str(moved)),) if page is MOVED else ()),
        )


def scene_at(network: SimulatedNetwork, plan: HttpPlan, request: Request) -> Scene:
    """Set it; a site that moved to https has nothing else to say at port 80."""
    url, now_s = request.url, network.clock.now_ms() / 1000
    site = site_at(network, url.host)
    moved = site.moves_to_https and not url.encrypted and url.port == 80
    page = MOVED if moved else page_at(network, url)
    return Scene(plan, request, site, page, now_s)


def recorded(scene: Scene, address: str, times_ms: Mapping[str, float]) -> HttpExchange:
    """Record an exchange with the phases that it finished, and what was known after each."""
    request = scene.request
    exchange = HttpExchange(str(request.url), request.method, address)
    times: dict[str, Any] = {f"{phase}_ms": took_ms for phase, took_ms in times_ms.items()}
    exchange = replace(exchange, **times)
    for phase, add in _LEARNED.items():
        if phase in times_ms:
            exchange = add(scene, exchange)
    return exchange


def _connected(scene: Scene, exchange: HttpExchange) -> HttpExchange:
    """Add what the kernel would know: how often the SYN went out again, and the round trip."""
    if scene.plan.http_version is HttpVersion.HTTP_3:
        return exchange
    connect_ms = exchange.connect_ms or 0.0
    again = int(math.log2(connect_ms / FIRST_RETRANSMISSION_MS + 1))
    rtt_ms = connect_ms - FIRST_RETRANSMISSION_MS * (2**again - 1)
    return replace(exchange, tcp_rtt_ms=rtt_ms, retransmitted=again)


def _secured(scene: Scene, exchange: HttpExchange) -> HttpExchange:
    if not scene.request.url.encrypted:
        return exchange
    version, cipher = scene.site.tls(scene.plan.last_tls)
    chain = scene.site.certificates
    return replace(exchange, tls_version=version, tls_cipher=cipher, certificates=chain)


def _sent(scene: Scene, exchange: HttpExchange) -> HttpExchange:
    return replace(exchange, request_headers=scene.request_headers)


def _answered(scene: Scene, exchange: HttpExchange) -> HttpExchange:
    headers, version, status = scene.response_headers, scene.version, scene.page.status
    lines = [f"HTTP/{version} {status} ", *map(": ".join, headers), ""]
    return replace(
        exchange,
        status=status,
        http_version=version,
        response_headers=headers,
        header_bytes=sum(len(line) + 2 for line in lines),
    )


def _received(scene: Scene, exchange: HttpExchange) -> HttpExchange:
    size = len(scene.body)
    return replace(
        exchange,
        content_bytes=scene.content_bytes,
        body_bytes=size,
        truncated=0 < size < len(scene.page.body),
    )


_LEARNED = {
    "connect": _connected,
    "tls": _secured,
    "send": _sent,
    "wait": _answered,
    "receive": _received,
}
