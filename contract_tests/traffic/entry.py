"""One entry of a HAR, in whatever dialect it is written, as an exchange."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from contract_tests.proxy.decoding import NotDecoded, decoded
from contract_tests.proxy.recording import ANSWER_CUT, GIVEN_UP, REQUEST_CUT, SEPARATOR
from contract_tests.traffic.moments import moment_s, span_s
from contract_tests.wire.exchange import Exchange, Headers, Request, Response

_FORM = "application/x-www-form-urlencoded"
_AS_IT_IS = "!#$%&'()*+,/:;=?@[]~-._"


class NotEntry(Exception):
    """An entry cannot be read, or is none of a request that was sent; the message says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An exchange; its target is that of the whole URL. `began_s` is None where it is untold."""

    exchange: Exchange
    began_s: float | None
    spent_s: float
    given_up: bool
    request_cut: bool
    answer_cut: bool


def entry(told: Any) -> Entry:
    """Read an entry; NotEntry where there is nothing to be judged."""
    if not isinstance(told, dict) or not isinstance(told.get("request"), dict):
        raise NotEntry("entries have no request")
    asked = told["request"]
    url = _url(asked)
    headers = _headers(asked.get("headers"))
    if told.get("_fromCache"):
        raise NotEntry("requests were answered by the browser's cache")
    method = str(asked.get("method") or "GET").upper()
    if method == "OPTIONS" and _has(headers, "access-control-request-method"):
        raise NotEntry("requests were preflights of the browser")
    body, lacks_body = _sent(asked)
    response, lacks_answer = _got(told.get("response"), span_s(told.get("time")))
    comment = str(told.get("comment") or "")
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    exchange = Exchange(
        url=url,
        request=Request(method, target, headers, body),
        response=response,
        failure="" if response else _failure(told, comment),
    )
    return Entry(
        _plain(exchange),
        moment_s(told.get("startedDateTime")),
        span_s(told.get("time")),
        given_up=GIVEN_UP in comment,
        request_cut=lacks_body or REQUEST_CUT in comment,
        answer_cut=lacks_answer or ANSWER_CUT in comment,
    )


def _url(asked: dict[str, Any]) -> str:
    text = str(asked.get("url") or "").partition("#")[0]
    try:
        parts = urlsplit(text)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_whole = False
    scheme = text.partition(":")[0][:20]
    if scheme.lower() not in {"http", "https"}:
        raise NotEntry(f"requests are not of http ({scheme or 'no URL'})")
    if not is_whole:
        raise NotEntry("requests have an address that cannot be (host or port)")
    # Some write an address as it is shown to people.
    return text if text.isascii() and " " not in text else quote(text, safe=_AS_IT_IS)


def _headers(told: Any) -> Headers:
    pairs = told.items() if isinstance(told, dict) else _pairs(told)
    # HTTP/2 has pseudo headers, and some join the values of one name by line ends.
    return tuple(
        (str(name), line)
        for name, value in pairs
        if name and not str(name).startswith(":")
        for line in str("" if value is None else value).split("\n")
    )


def _pairs(told: Any) -> Iterator[tuple[Any, Any]]:
    for each in told if isinstance(told, list) else ():
        if isinstance(each, dict):
            yield each.get("name"), each.get("value")


def _has(headers: Headers, name: str) -> bool:
    return any(key.lower() == name for key, _ in headers)


def _sent(asked: dict[str, Any]) -> tuple[bytes, bool]:
    """Return the body of a request, and whether there was one that is not told."""
    posted = asked.get("postData")
    if not isinstance(posted, dict):
        return b"", _number(asked.get("bodySize")) > 0
    text = posted.get("text")
    if isinstance(text, str) and text:
        return _bytes(text, posted.get("encoding"))
    pairs = [(str(n or ""), str(v or "")) for n, v in _pairs(posted.get("params"))]
    is_form = str(posted.get("mimeType") or _FORM).lower().startswith(_FORM)
    if pairs and is_form:
        return urlencode(pairs).encode(), False
    return b"", bool(pairs) or _number(asked.get("bodySize")) > 0


def _got(told: Any, spent_s: float) -> tuple[Response | None, bool]:
    """Return an answer, and whether its body is not told."""
    status = int(_number(told.get("status"))) if isinstance(told, dict) else 0
    if not isinstance(told, dict) or not 100 <= status <= 999:
        return None, False
    content = told.get("content")
    content = content if isinstance(content, dict) else {}
    headers = _headers(told.get("headers"))
    text = content.get("text")
    if isinstance(text, str) and text:
        body, lacks = _bytes(text, content.get("encoding"))
    else:
        sizes = (content.get("size"), told.get("bodySize"), told.get("_transferSize"))
        lengths = [value for name, value in headers if name.lower() == "content-length"]
        body, lacks = b"", any(_number(size) > 0 for size in (*sizes[:2], *lengths[:1]))
        # Nothing is told of its size at all: nobody looked.
        lacks = lacks or (not content and status not in {204, 304})
    return Response(status, headers, body, spent_s), lacks


def _bytes(text: str, encoding: Any) -> tuple[bytes, bool]:
    if str(encoding or "").lower() != "base64":
        return text.encode("utf-8", "surrogatepass"), False
    try:
        return base64.b64decode("".join(text.split()), validate=True), False
    except (binascii.Error, ValueError):
        return b"", True


def _number(told: Any) -> float:
    try:
        return float(told)
    except (TypeError, ValueError):
        return 0.0


def _failure(told: dict[str, Any], comment: str) -> str:
    answer = told.get("response")
    error = answer.get("_error") if isinstance(answer, dict) else None
    why = error or told.get("_error") or comment.partition(SEPARATOR)[0]
    return str(why or "no answer was recorded")


def _plain(exchange: Exchange) -> Exchange:
    # Some keep a body as it was on the wire; most have decoded it.
    try:
        return decoded(exchange)
    except NotDecoded:
        return exchange
