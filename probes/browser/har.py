"""Components as an HTTP Archive: HAR 1.2 (softwareishard.com/blog/har-12-spec)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from probes.browser.component import Component, PageView, Phases
from probes.browser.settings import Pairs

Document = dict[str, Any]

NOT_APPLICABLE = -1


def as_har(
    began: datetime, pages: Sequence[PageView], components: Sequence[Component]
) -> Document:
    """Write what was measured as a document that browsers' developer tools open.

    Times are in milliseconds and -1 where a phase did not take place. As the format wants it,
    `connect` includes `ssl` there. Bodies and cookies are left out.
    """
    log = {
        "version": "1.2",
        "creator": {"name": "probes", "version": _version()},
        "pages": [_page(began, index, page) for index, page in enumerate(pages)],
        "entries": [_entry(began, len(pages), component) for component in components],
    }
    return {"log": log}


def _version() -> str:
    try:
        return version("netmon-in-a-box")
    except PackageNotFoundError:
        return "0"


def _at(began: datetime, offset_ms: float) -> str:
    return (began + timedelta(milliseconds=offset_ms)).isoformat(timespec="milliseconds")


def _page(began: datetime, index: int, page: PageView) -> Document:
    def after_ms(moment_ms: float | None) -> float:
        return NOT_APPLICABLE if moment_ms is None else round(moment_ms - page.started_ms, 3)

    return {
        "startedDateTime": _at(began, page.started_ms),
        "id": f"page_{index}",
        "title": page.title or page.url,
        "pageTimings": {
            "onContentLoad": after_ms(page.dom_content_loaded_ms),
            "onLoad": after_ms(page.load_ms),
        },
    }


def _entry(began: datetime, pages: int, component: Component) -> Document:
    entry: Document = {
        "startedDateTime": _at(began, component.started_ms),
        "time": round(component.phases.total_ms, 3),
        "request": _request(component),
        "response": _response(component),
        "cache": {},
        "timings": _timings(component.phases),
    }
    if component.page < pages:
        entry["pageref"] = f"page_{component.page}"
    if component.address:
        entry["serverIPAddress"] = component.address
    if component.failure:
        entry["comment"] = str(component.failure)
    return entry


def _request(component: Component) -> Document:
    return {
        "method": component.method,
        "url": component.url,
        "httpVersion": component.protocol or "",
        "cookies": [],
        "headers": _pairs(component.request_headers),
        "queryString": _pairs(_query(component.url)),
        "headersSize": NOT_APPLICABLE,
        "bodySize": NOT_APPLICABLE,
    }


def _response(component: Component) -> Document:
    return {
        "status": component.status or 0,
        "statusText": component.status_text,
        "httpVersion": component.protocol or "",
        "cookies": [],
        "headers": _pairs(component.response_headers),
        "content": {"size": component.body_bytes, "mimeType": component.mime},
        "redirectURL": component.redirect_url or "",
        "headersSize": NOT_APPLICABLE,
        "bodySize": NOT_APPLICABLE,
        "_transferSize": component.wire_bytes,
    }


def _timings(phases: Phases) -> Document:
    connect_ms, tls_ms = phases.connect_ms, phases.tls_ms
    both_ms = connect_ms if tls_ms is None else (connect_ms or 0.0) + tls_ms
    return {
        "blocked": _or_none(phases.blocked_ms),
        "dns": _or_none(phases.dns_ms),
        "connect": _or_none(both_ms),
        "ssl": _or_none(tls_ms),
        # The format has no -1 for these three.
        "send": max(0.0, _or_none(phases.send_ms)),
        "wait": max(0.0, _or_none(phases.wait_ms)),
        "receive": max(0.0, _or_none(phases.receive_ms)),
    }


def _or_none(value_ms: float | None) -> float:
    return NOT_APPLICABLE if value_ms is None else round(value_ms, 3)


def _pairs(pairs: Pairs) -> list[Document]:
    return [{"name": name, "value": value} for name, value in pairs]


def _query(url: str) -> Pairs:
    return tuple(parse_qsl(urlsplit(url).query, keep_blank_values=True))
