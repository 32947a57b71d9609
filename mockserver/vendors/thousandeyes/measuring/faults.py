"""How a measurement that went wrong is told: `errorType` and `errorDetails` of an entry.

The documents show `None` and `OTHER` and say "phase of connection" of the rest, without a list:
the other words are ours, made from the phases of the results.
"""

from __future__ import annotations

from mockserver.core.store import Document
from probes.errors import ProbeError, TargetUnresolvable
from probes.failure import Failure, FailureKind

NO_ERROR: Document = {"errorType": "None", "errorDetails": ""}
_BY_KIND = {
    FailureKind.RESOLVE: "DNS",
    FailureKind.TLS: "SSL",
    FailureKind.REFUSED: "CONNECT",
    FailureKind.UNREACHABLE: "CONNECT",
    FailureKind.AUTHENTICATION: "AUTH",
    FailureKind.STATUS: "HTTP",
    FailureKind.CONTENT: "CONTENT",
}
_BY_PHASE = {
    "dns": "DNS",
    "connect": "CONNECT",
    "tls": "SSL",
    "negotiation": "NEGOTIATION",
    "send": "SEND",
    "wait": "RECEIVE",
    "receive": "RECEIVE",
    "transfer": "RECEIVE",
}


def fault(failure: Failure | ProbeError | None) -> Document:
    """Return the two keys that tell of a failure, or of none."""
    if failure is None:
        return dict(NO_ERROR)
    if isinstance(failure, Failure):
        word = _BY_KIND.get(failure.kind) or _BY_PHASE.get(_phase(failure), "OTHER")
        return {"errorType": word, "errorDetails": str(failure)}
    word = "DNS" if isinstance(failure, TargetUnresolvable) else "OTHER"
    return {"errorType": word, "errorDetails": str(failure)}


def _phase(failure: Failure) -> str:
    return failure.phase.removesuffix("_ms")
