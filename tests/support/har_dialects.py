"""The same two requests as different programs save them; values are our own."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import specs
from contract_tests.traffic.reading import Recorded, recorded

URL = "https://api.ngrok.com/app/sessions?limit=2"
GONE = "https://api.ngrok.com/app/sesions"
KEY = "a-key-of-our-own-42"
BODY = (
    '{"application_sessions": [], "uri": "https://api.ngrok.com/app/sessions", '
    '"next_page_uri": null}'
)
ERROR = (
    '{"error_code": "ERR_NGROK_404", "status_code": 404, "msg": "There is nothing here.", '
    '"details": {"operation_id": "op_2r4XDR110nrzyxJ0b9RJSPhcUNw"}}'
)
Json = dict[str, Any]


def pairs(**values: str) -> list[Json]:
    return [{"name": n.replace("_", "-"), "value": v} for n, v in values.items()]


def entry(url: str = URL, status: int = 200, text: str = BODY, **more: Any) -> Json:
    """Return an entry as the specification has it; `more` are parts of it, by name."""
    request = {
        "method": "GET",
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": pairs(Authorization=f"Bearer {KEY}", Ngrok_Version="2"),
        "queryString": [],
        "headersSize": -1,
        "bodySize": 0,
    }
    answered = pairs(Content_Type="application/json", Date="Thu, 05 Mar 2026 10:00:00 GMT")
    response = {
        "status": status,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": answered,
        "content": {"size": len(text), "mimeType": "application/json", "text": text},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": len(text),
    }
    plain: Json = {
        "startedDateTime": "2026-03-05T10:00:00.125Z",
        "time": 30.5,
        "request": {**request, **more.pop("request", {})},
        "response": {**response, **more.pop("response", {})},
        "cache": {},
        "timings": {"send": 0, "wait": 30, "receive": 0},
    }
    return {**plain, **more}


def log(*entries: Any, creator: str = "somebody", **more: Any) -> Json:
    told = {"version": "1.2", "creator": {"name": creator, "version": "1"}, **more}
    return {"log": {**told, "entries": list(entries)}}


def two(**more: Any) -> list[Json]:
    return [entry(**more), entry(url=GONE, status=404, text=ERROR, **more)]


def chrome() -> bytes:
    """HTTP/2: pseudo headers, small letters, fields with an underscore, no credentials."""
    headers = [{"name": ":authority", "value": "api.ngrok.com"}, {"name": ":path", "value": "/x"}]
    headers += pairs(**{"ngrok-version": "2", "accept": "*/*"})
    more: Json = {
        "_initiator": {"type": "script"},
        "_priority": "High",
        "_resourceType": "fetch",
        "request": {"httpVersion": "http/2.0", "headers": headers},
        "startedDateTime": "2026-03-05T10:00:00.125Z",
    }
    return json.dumps(log(*two(**more), creator="WebInspector", pages=[])).encode()


def firefox() -> bytes:
    """Times with an offset; cached and blocked requests; a byte order mark."""
    blocked = entry(response={"status": 0, "headers": [], "content": {}}, time=-1)
    entries = two(startedDateTime="2026-03-05T11:00:00.125+01:00", time="31")
    return b"\xef\xbb\xbf" + json.dumps(log(*entries, blocked, creator="Firefox")).encode()


def charles() -> bytes:
    """Bodies in base64, as they were on the wire; status -1 where nothing came."""
    wire = [
        (t, base64.b64encode(gzip.compress(t.encode(), mtime=0)).decode()) for t in (BODY, ERROR)
    ]
    entries = two(startedDateTime="2026-03-05T10:00:00.125+00:00")
    for one, (text, raw) in zip(entries, wire, strict=True):
        one["response"]["content"] = {
            "size": len(text),
            "compression": 20,
            "mimeType": "application/json; charset=utf-8",
            "encoding": "base64",
            "text": raw,
        }
        one["response"]["headers"] = [*one["response"]["headers"], *pairs(Content_Encoding="gzip")]
    lost = entry(response={"status": -1, "content": None, "headers": None})
    return json.dumps(log(*entries, lost, creator="Charles Proxy")).encode()


def fiddler() -> bytes:
    """Seven digits of a second, tunnels, and UTF-16."""
    tunnel = entry(url="http://api.ngrok.com:443", request={"method": "CONNECT"})
    entries = two(startedDateTime="2026-03-05T12:00:00.1250000+02:00", comment="[#3]")
    return json.dumps(log(tunnel, *entries, creator="Fiddler")).encode("utf-16")


def mitmproxy() -> bytes:
    """No sizes that are known, and a server's address."""
    entries = two(serverIPAddress="192.0.2.7", request={"headersSize": 120, "postData": None})
    return json.dumps(log(*entries, creator="mitmproxy", pages=[]), indent=4).encode()


def playwright() -> bytes:
    """No time of pages, fields of its own."""
    more = {"_frameref": "frame@1", "_monotonicTime": 12.5, "_apiRequest": True, "pageref": "p"}
    return json.dumps(log(*two(**more), creator="Playwright", browser={"name": "c"})).encode()


def safari() -> bytes:
    """Header names of HTTP/2, sizes missing."""
    entries = two(request={"bodySize": None}, response={"bodySize": None, "_transferSize": 300})
    return json.dumps(log(*entries, creator="WebKit Web Inspector")).encode()


def insomnia() -> bytes:
    """Headers as an object, time as a number."""
    headers = {"authorization": f"Bearer {KEY}", "ngrok-version": "2"}
    entries = two(request={"headers": headers}, startedDateTime=1772704800125)
    return json.dumps(log(*entries, creator="Insomnia REST Client")).encode()


def newman() -> bytes:
    """Nothing that is not needed."""
    entries = two()
    for one in entries:
        del one["cache"], one["timings"], one["time"]
    return json.dumps({"log": {"entries": entries}}).encode()


DIALECTS = (
    chrome,
    firefox,
    charles,
    fiddler,
    mitmproxy,
    playwright,
    safari,
    insomnia,
    newman,
)


def read(tmp_path: Path, content: bytes | dict[str, Any], **options: Any) -> Recorded:
    path = tmp_path / "saved.har"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return recorded([path], specs.load("ngrok"), **options)
