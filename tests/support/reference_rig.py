"""The reference servers of the bench, answering the inspector without sockets."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from inspected import MemoryWire
from requests.structures import CaseInsensitiveDict

import specs
from benchmarks.mutation import ngrok, pingplotter
from benchmarks.mutation.serving import NOTHING, App, Call
from contract_tests.checks.rule import Rule
from contract_tests.findings.finding import Finding
from contract_tests.roles.read import roles_of
from contract_tests.wire.credential import Credential
from contract_tests.wire.exchange import Request, Response
from contract_tests.world.world import NotTried, World

_KEYS = {
    "ngrok": Credential("K", "", headers=(("Authorization", f"Bearer {ngrok.KEY}"),)),
    "pingplotter": Credential("K", "", headers=(("X-API-KEY", pingplotter.KEY),)),
}
_CONTRACTS = {name: specs.load(name) for name in _KEYS}


class Served:
    """Calls an application of the bench as its server does."""

    def __init__(self, app: App) -> None:
        self.app = app

    def __call__(self, request: Request) -> Response:
        parts = urlsplit(request.target)
        answer = self.app.answer(
            Call(
                request.method,
                tuple(unquote(part) for part in parts.path.split("/")[1:]),
                tuple(parse_qsl(parts.query, keep_blank_values=True)),
                CaseInsensitiveDict(request.headers),
                request.body,
                "127.0.0.1:1",
            )
        )
        headers = dict(answer.headers)
        if answer.body is NOTHING:
            return Response(answer.status, tuple(headers.items()), b"")
        headers.setdefault("Content-Type", answer.media)
        sent = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        return Response(answer.status, tuple(headers.items()), sent)


def world_of(vendor: str, app: App, **options: Any) -> World:
    """Return what rules work with, in front of one of the bench's servers."""
    options.setdefault("roles", roles_of(vendor))
    return World(
        contract=_CONTRACTS[vendor],
        wire=MemoryWire(Served(app)),
        credential=_KEYS[vendor],
        **options,
    )


def judged(rule: Rule, vendor: str, app: App, **options: Any) -> tuple[list[Finding], list[str]]:
    """Try a rule on everything it concerns; return what it found and the reasons of not trying."""
    world = world_of(vendor, app, **options)
    found: list[Finding] = []
    reasons: list[str] = []
    for name, subject in rule.subjects(world):
        try:
            found += rule.check(world, subject)
        except NotTried as reason:
            reasons.append(f"{name}: {reason}")
    return found, reasons
