"""Requests of a client, and what the kit says of them."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import specs
from contract_tests.conduct.heard import Heard
from contract_tests.conduct.judge import Conduct
from contract_tests.findings.finding import Finding
from contract_tests.roles.read import roles_of
from contract_tests.wire.exchange import Exchange, Headers, Request, Response

KEYS: dict[str, tuple[str, str]] = {
    "ngrok": ("Authorization", "Bearer 2abcDEFghiJKLmnoPQRstuVWXyz_5tuVWXyz0123456789abc"),
    "pingplotter": ("X-API-KEY", "mock-pingplotter-key"),
    "thousandeyes": ("Authorization", "Bearer d320dbc5-a3c9-4c57-b2dc-6d2b46dbee13"),
    "wisphub": ("Authorization", "Bearer header.claims.signature"),
}
OFTEN: dict[str, Headers] = {"ngrok": (("Ngrok-Version", "2"),)}


@cache
def contract(vendor: str) -> Any:
    """Return a vendor's contract."""
    return specs.load(vendor)


def conduct(vendor: str, **options: Any) -> Conduct:
    """Return a judge that has heard nothing yet."""
    return Conduct(contract(vendor), roles_of(vendor), vendor=vendor, **options)


def heard(vendor: str, line: str, body: Any = None, **changed: Any) -> Heard:
    """Return a request as it was heard: `line` is method and target.

    The credential and the headers that every request needs are there, unless `headers` names
    others with the same names; None takes one away. `status` and `answer` are those of the answer.
    """
    method, _, target = line.partition(" ")
    headers = {
        name.lower(): (name, value) for name, value in [KEYS[vendor], *OFTEN.get(vendor, ())]
    }
    content, media = encoded(body)
    if media:
        headers["content-type"] = ("Content-Type", media)
    for name, value in changed.get("headers", {}).items():
        headers[name.lower()] = (name, value)
    sent = tuple((name, value) for name, value in headers.values() if value is not None)
    sent += changed.get("more", ())
    response = Response(
        changed.get("status", 200), changed.get("answer_headers", ()), changed.get("answer", b"")
    )
    return Heard(
        Exchange(
            changed.get("url", f"http://127.0.0.1:8080/{vendor}{target}"),
            Request(method, target, sent, content),
            response,
        ),
        number=changed.get("number", 1),
        began_s=1.0,
        ended_s=2.0,
        recorded=changed.get("recorded", False),
        request_cut=changed.get("request_cut", False),
    )


def encoded(body: Any) -> tuple[bytes, str]:
    """Return bytes and media type: JSON, but for bytes, which have no type."""
    if body is None:
        return b"", ""
    if isinstance(body, bytes):
        return body, ""
    return json.dumps(body).encode(), "application/json"


_JUDGES: dict[str, Conduct] = {}


def found(vendor: str, line: str, body: Any = None, **changed: Any) -> list[Finding]:
    """Return what is found in one request."""
    judge = _JUDGES.setdefault(vendor, conduct(vendor))
    return list(judge.hear(heard(vendor, line, body, **changed)))


def said(vendor: str, line: str, body: Any = None, **changed: Any) -> list[str]:
    """Return `rule place grade` of what is found in one request."""
    return [f"{f.rule} {f.place} {f.grade}" for f in found(vendor, line, body, **changed)]
