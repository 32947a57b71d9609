"""HAR 1.2: the exchanges themselves, as any browser's tools open them; secrets are masked."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from io import StringIO
from urllib.parse import parse_qsl, urlsplit

import harfile

from contract_tests.reports.product import NAME, product_version
from contract_tests.reports.record import Report
from contract_tests.wire.exchange import Exchange, Headers, Request, Response

_HTTP = "HTTP/1.1"


def har(report: Report) -> str:
    """Return the exchanges that were kept; one that was not answered has the status 0."""
    text = StringIO()
    creator = harfile.Creator(NAME, product_version())
    with harfile.HarFile(text, creator=creator) as log:
        for exchange in report.exchanges:
            add(log, exchange, exchange.failure or exchange.operation_id)
    return text.getvalue() + "\n"


def add(log: harfile.HarFile, exchange: Exchange, comment: str = "") -> None:
    """Write an exchange as the next entry; it is masked already."""
    spent_ms = 1000 * (exchange.response.elapsed_s if exchange.response else 0.0)
    log.add_entry(
        startedDateTime=datetime.fromtimestamp(exchange.at, UTC),
        time=spent_ms,
        request=_request(exchange),
        response=_response(exchange.response),
        timings=harfile.Timings(send=0, wait=spent_ms, receive=0),
        comment=comment or None,
    )


def _request(exchange: Exchange) -> harfile.Request:
    request = exchange.request
    query = parse_qsl(
        urlsplit(exchange.url).query, keep_blank_values=True, errors="backslashreplace"
    )
    return harfile.Request(
        method=request.method,
        url=exchange.url,
        httpVersion=_HTTP,
        headers=_records(request.headers),
        queryString=_records(tuple(query)),
        postData=_posted(request),
        bodySize=len(request.body),
    )


def _posted(request: Request) -> harfile.PostData | None:
    if not request.body:
        return None
    named = (value for name, value in request.headers if name.lower() == "content-type")
    # The format has no word for a request's bytes, so what is no text is shown escaped.
    return harfile.PostData(
        mimeType=next(named, "application/octet-stream"),
        text=request.body.decode("utf-8", "backslashreplace"),
    )


def _response(response: Response | None) -> harfile.Response:
    if response is None:
        return harfile.Response(status=0, statusText="", httpVersion=_HTTP)
    return harfile.Response(
        status=response.status,
        statusText="",
        httpVersion=_HTTP,
        headers=_records(response.headers),
        content=_content(response),
        redirectURL=response.header("Location") or "",
        bodySize=len(response.body),
    )


def _content(response: Response) -> harfile.Content:
    kind = response.header("Content-Type") or ""
    try:
        text, encoding = response.body.decode(), None
    except ValueError:
        text, encoding = base64.b64encode(response.body).decode(), "base64"
    return harfile.Content(
        size=len(response.body), mimeType=kind, text=text or None, encoding=encoding
    )


def _records(pairs: Headers) -> list[harfile.Record]:
    return [harfile.Record(name, value) for name, value in pairs]
