"""What the proxy says itself, so that nobody takes it for the upstream's word."""

from __future__ import annotations

import asyncio
import json
import ssl
from dataclasses import dataclass

import h11

from contract_tests.listening.ear import Message, Send

HEADER = b"x-contract-tests-proxy"
WHO = "contract-tests proxy"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer of the proxy's own; `reason` is a sentence for a person."""

    status: int
    reason: str


BAD_GATEWAY, GATEWAY_TIMEOUT, NOT_IMPLEMENTED, BAD_REQUEST = 502, 504, 501, 400
NO_UPGRADE = Refusal(NOT_IMPLEMENTED, "this proxy passes HTTP requests on, and no WebSocket")
NO_TUNNEL = Refusal(
    NOT_IMPLEMENTED,
    "this proxy opens no tunnel (CONNECT): give its address to the client as the base URL, "
    "not as a proxy",
)


def of_failure(error: Exception, timeout_s: float) -> Refusal:
    """Say why the upstream could not be asked."""
    if isinstance(error, h11.LocalProtocolError):
        return Refusal(BAD_REQUEST, f"the request cannot be passed on: {error}")
    if isinstance(error, TimeoutError):
        return Refusal(GATEWAY_TIMEOUT, f"the upstream did not answer within {timeout_s:g} s")
    return Refusal(BAD_GATEWAY, _worded(error))


def _worded(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "the upstream refuses connections"
    if isinstance(error, ssl.SSLCertVerificationError):
        why = error.verify_message
        return f"the upstream's certificate cannot be trusted ({why}); --cacert FILE trusts it"
    if isinstance(error, ssl.SSLError):
        return f"TLS with the upstream failed ({error.reason})"
    if isinstance(error, h11.RemoteProtocolError):
        return f"the upstream's answer is no proper HTTP/1.1, or ended early ({error})"
    if isinstance(error, ConnectionResetError | asyncio.IncompleteReadError):
        return "the upstream ended the connection without an answer"
    return f"the upstream cannot be reached ({error})"


def content(refusal: Refusal) -> bytes:
    """Return the body of a refusal."""
    told = {"error": refusal.reason, "status": refusal.status, "from": WHO}
    return json.dumps(told, indent=2).encode() + b"\n"


async def say(refusal: Refusal, send: Send, *, ends: bool = False) -> None:
    """Answer by a refusal; `ends` closes the connection after it."""
    body = content(refusal)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (HEADER, b"refused"),
    ]
    if ends:
        headers.append((b"connection", b"close"))
    start: Message = {
        "type": "http.response.start",
        "status": refusal.status,
        "headers": headers,
    }
    await send(start)
    await send({"type": "http.response.body", "body": body})
