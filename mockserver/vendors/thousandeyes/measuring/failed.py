"""What the pages of a test show of an agent that could not measure at all."""

from __future__ import annotations

from mockserver.core.store import Document
from mockserver.vendors.thousandeyes.links import result_kinds
from mockserver.vendors.thousandeyes.measuring.task import Findings


def failed(test: Document, why: str) -> Findings:
    """Return an entry with the error on each page that the test has, as that page spells it."""
    return {kind.path: _entries(test, kind.path, why) for kind in result_kinds(test)}


def _entries(test: Document, path: str, why: str) -> list[Document]:
    fault = {"errorType": "OTHER", "errorDetails": why}
    told: dict[str, Document] = {
        "net/path-vis": {"endpoints": [], "routes": [], **fault},
        "dns/trace": {"errorDetails": why},
        "dns/dnssec": {"valid": 0, "errorDetails": why},
        "voice/sip-server": {"errorType": "OTHER", "problemDetail": why},
        "voice/rtp-stream": {"errorDetail": why},
    }
    if path != "dns/server":
        return [told.get(path, fault)]
    return [
        {"serverId": one["serverId"], "server": one["serverName"], "errorDetails": why}
        for one in test["settings"]["dnsServers"]
    ]
