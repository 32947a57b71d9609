"""The rules about the life of things before a stand-in, over real sockets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import specs
from contract_tests.checks import RULES
from contract_tests.findings.finding import Finding
from contract_tests.roles.read import roles_of
from contract_tests.target import stand_in
from contract_tests.wire.credential import Credential
from contract_tests.wire.wire import Wire
from contract_tests.world.world import NotTried, World

pytestmark = pytest.mark.slow
LIFE = {
    "reading_changes_nothing",
    "ids_agree",
    "references_resolve",
    "unknown_is_not_found",
    "created_is_readable",
    "created_together",
    "update_is_visible",
    "repeating_is_documented",
    "unknown_changes_nothing",
    "failure_changes_nothing",
    "deleted_is_gone",
}


def swallowing(method: str, path: str, status: int, body: bytes) -> Callable[[Any], Any]:
    """Return what answers some requests in place of a stand-in, which never hears of them."""

    def wrap(app: Any) -> Any:
        async def answer(scope: Any, receive: Any, send: Any) -> None:
            asked = scope["type"] == "http" and scope["method"] == method
            if not asked or not re.fullmatch(path, scope["path"]):
                await app(scope, receive, send)
                return
            headers = [(b"content-type", b"application/json")]
            headers += [(b"content-length", str(len(body)).encode())] if body else []
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})

        return answer

    return wrap


@contextmanager
def world_of(vendor: str, wrap: Callable[[Any], Any] | None = None) -> Iterator[World]:
    with stand_in(wrap, vendor=(vendor,)) as house:
        target, contract = house.target(vendor, "life"), specs.load(vendor)
        headers = tuple(target.headers(contract).items())
        key = Credential("KEY", target.key, headers=headers)
        wire = Wire(target.url, secrets=(key,))
        yield World(contract, roles_of(vendor), wire, key, settle=house.settle)


def found(world: World, *names: str) -> list[Finding]:
    findings: list[Finding] = []
    for rule in RULES:
        if rule.name in names:
            for _, subject in rule.subjects(world):
                try:
                    findings += rule.check(world, subject)
                except NotTried:
                    continue
    return findings


@pytest.mark.parametrize("vendor", ["ngrok", "pingplotter"])
def test_the_stand_in_is_not_accused(vendor: str) -> None:
    with world_of(vendor) as world:
        assert [str(finding) for finding in found(world, *LIFE)] == []


@pytest.mark.parametrize(
    ("vendor", "swallowed", "rule"),
    [
        ("ngrok", ("GET", "/ngrok/app/users/.+", 404, b"{}"), "ids_agree"),
        ("ngrok", ("DELETE", "/ngrok/app/sessions/.+", 204, b""), "deleted_is_gone"),
        ("pingplotter", ("POST", "/pingplotter/sessions", 200, b"true"), "created_is_readable"),
        ("pingplotter", ("PUT", "/pingplotter/agents/[^/]+", 200, b"true"), "update_is_visible"),
    ],
)
def test_what_is_said_and_not_done_is_found(
    vendor: str, swallowed: tuple[str, str, int, bytes], rule: str
) -> None:
    with world_of(vendor, swallowing(*swallowed)) as world:
        assert found(world, rule)
