"""Which kinds of results a test has, and the addresses that its definition gives for them."""

from __future__ import annotations

from dataclasses import dataclass

from mockserver.core.store import Document


@dataclass(frozen=True, slots=True)
class ResultKind:
    """One kind of result: the path of its address, the key that wraps its answers, its list's."""

    path: str
    layer: str
    key: str


NETWORK_METRICS = ResultKind("net/metrics", "net", "metrics")
PATH_VISUALIZATION = ResultKind("net/path-vis", "net", "pathVis")
HTTP_SERVER = ResultKind("web/http-server", "web", "httpServer")
PAGE_LOAD = ResultKind("web/page-load", "web", "pageLoad")
WEB_TRANSACTIONS = ResultKind("web/web-transactions", "web", "webTransaction")
FTP_SERVER = ResultKind("web/ftp-server", "web", "ftpServer")
DNS_TRACE = ResultKind("dns/trace", "dns", "trace")
DNS_SERVER = ResultKind("dns/server", "dns", "server")
DNSSEC = ResultKind("dns/dnssec", "dns", "dnssec")
SIP_SERVER = ResultKind("voice/sip-server", "voice", "sipMetrics")
RTP_STREAM = ResultKind("voice/rtp-stream", "voice", "metrics")

_NETWORK = (NETWORK_METRICS, PATH_VISUALIZATION)
_KINDS: dict[str, tuple[ResultKind, ...]] = {
    "agent-to-server": _NETWORK,
    "agent-to-agent": _NETWORK,
    "http-server": (HTTP_SERVER, *_NETWORK),
    "page-load": (PAGE_LOAD, HTTP_SERVER, *_NETWORK),
    "web-transactions": (WEB_TRANSACTIONS, *_NETWORK),
    "ftp-server": (FTP_SERVER, *_NETWORK),
    "dns-trace": (DNS_TRACE,),
    "dns-server": (DNS_SERVER, *_NETWORK),
    "dns-dnssec": (DNSSEC,),
    "sip-server": (SIP_SERVER, *_NETWORK),
    "voice": (RTP_STREAM, PATH_VISUALIZATION),
}


def result_kinds(test: Document) -> tuple[ResultKind, ...]:
    """Return the kinds of results that a test has; a test may leave the network out."""
    kinds = _KINDS[test["type"]]
    if test["settings"].get("networkMeasurements", 1):
        return kinds
    return tuple(kind for kind in kinds if kind.layer != "net")


def api_links(test: Document, base_url: str) -> list[Document]:
    """Return the addresses of a test's definition and of each kind of result."""
    root, test_id = f"{base_url}/v6", test["testId"]
    data = [
        {"rel": "data", "href": f"{root}/{kind.path}/{test_id}"} for kind in result_kinds(test)
    ]
    return [{"rel": "self", "href": f"{root}/tests/{test_id}"}, *data]
