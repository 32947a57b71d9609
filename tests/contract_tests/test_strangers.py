"""Credentials: a correct server is never accused, one that lets strangers in always is."""

# ruff: noqa: ARG002  (a broken server does not need all that it is given)
from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspected import KEY, tried
from notebook import OTHER, Notebook, world_of

from contract_tests.calls import impostors
from contract_tests.checks import accounts_are_apart, strangers_are_refused
from contract_tests.checks.rule import Rule
from contract_tests.findings.finding import Finding, Grade
from contract_tests.wire.credential import Credential, joined, placed
from contract_tests.wire.exchange import Request, Response
from contract_tests.wire.ring import Ring
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import Permits

IDS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), unique=True)


def found(rule: Rule, server: Notebook, **options: Any) -> list[Finding]:
    world = world_of(server, **options)
    return [f for _, subject in rule.subjects(world) for f in tried(rule.check(world, subject))]


def strangers(server: Notebook, **options: Any) -> list[Finding]:
    rules = (strangers_are_refused.RULE, strangers_are_refused.CHANGING_RULE)
    return [finding for rule in rules for finding in found(rule, server, **options)]


def accounts(server: Notebook) -> list[Finding]:
    return found(accounts_are_apart.RULE, server, other=OTHER)


@given(IDS)
def test_a_server_that_refuses_strangers_is_not_accused(ids: list[str]) -> None:
    assert strangers(Notebook(tuple(ids))) == []


@given(IDS)
def test_a_server_that_keeps_accounts_apart_is_not_accused(ids: list[str]) -> None:
    assert accounts(Notebook(tuple(ids))) == []


class Lenient(Notebook):
    """Takes whatever `takes` says."""

    def account(self, key: str) -> str | None:
        return KEY.secret if self.takes(key) else super().account(key)

    def takes(self, key: str) -> bool:
        raise NotImplementedError


class AnyKey(Lenient):
    def takes(self, key: str) -> bool:
        return bool(key)


class NoKey(Lenient):
    def takes(self, key: str) -> bool:
        return not key


class Prefix(Lenient):
    def takes(self, key: str) -> bool:
        return key.startswith(KEY.secret[:4])


class WholePrefix(Lenient):
    def takes(self, key: str) -> bool:
        return key.startswith(KEY.secret)


class Cut(Lenient):
    def takes(self, key: str) -> bool:
        return bool(key) and KEY.secret.startswith(key)


class SameLength(Lenient):
    def takes(self, key: str) -> bool:
        return len(key) == len(KEY.secret)


class AnyCase(Lenient):
    def takes(self, key: str) -> bool:
        return key.lower() == KEY.secret.lower()


class Unguarded(Notebook):
    """Asks for no key where `method` and length of the path are these."""

    where = ("DELETE", 2)

    def refused(self, request: Request, path: list[str], said: dict[str, str]) -> Response | None:
        is_open = (request.method, len(path)) == self.where
        said = {**said, "X-API-KEY": KEY.secret} if is_open else said
        return super().refused(request, path, said)


class UnguardedPing(Unguarded):
    where = ("GET", 2)


class DeletesAllTheSame(Notebook):
    """Says 401, and deletes."""

    def refused(self, request: Request, path: list[str], said: dict[str, str]) -> Response | None:
        refusal = super().refused(request, path, said)
        if refusal and refusal.status == 401 and request.method == "DELETE":
            self.notes[KEY.secret].pop(path[1], None)
        return refusal


class CreatesAllTheSame(Notebook):
    """Says 401, and creates."""

    def refused(self, request: Request, path: list[str], said: dict[str, str]) -> Response | None:
        refusal = super().refused(request, path, said)
        if refusal and refusal.status == 401 and request.method == "POST" and path == ["notes"]:
            self.create(self.notes[KEY.secret], request)
        return refusal


class UpdatesAllTheSame(Notebook):
    """Says 401 to a wrong key, and updates."""

    def refused(self, request: Request, path: list[str], said: dict[str, str]) -> Response | None:
        refusal = super().refused(request, path, said)
        if refusal and refusal.status == 401 and request.method == "PUT" and "X-API-KEY" in said:
            self.on_one(self.notes[KEY.secret][path[1]], request)
        return refusal


class Hides(Notebook):
    """Says 404 to strangers."""

    def error(self, status: int, **headers: str) -> Response:
        return super().error(404 if status == 401 else status, **headers)


class ShutHealth(Notebook):
    """Asks for a key where the contract asks for none."""

    def refused(self, request: Request, path: list[str], said: dict[str, str]) -> Response | None:
        if path == ["health"] and "X-API-KEY" not in said:
            return self.error(401)
        return super().refused(request, path, said)


BROKEN = [
    AnyKey,
    NoKey,
    Prefix,
    WholePrefix,
    Cut,
    SameLength,
    AnyCase,
    Unguarded,
    UnguardedPing,
    DeletesAllTheSame,
    CreatesAllTheSame,
    UpdatesAllTheSame,
    Hides,
    ShutHealth,
]


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("ids", [(), ("a",), ("ä b", "c/d", "e?f")])
def test_a_server_that_lets_a_stranger_in_is_accused(
    broken: type[Notebook], ids: tuple[str, ...]
) -> None:
    assert strangers(broken(ids))


@pytest.mark.parametrize("broken", [Unguarded, UnguardedPing, AnyKey])
def test_what_opens_is_named(broken: type[Notebook]) -> None:
    finding = strangers(broken(("a",)))[0]
    assert (finding.grade, finding.expected) == (Grade.BREACH, "401")
    assert finding.exchanges


def test_a_run_that_only_reads_sends_nothing_but_readings() -> None:
    world = world_of(Notebook(("a", "b")), permits=Permits(writing=False, existing=False))
    for _, subject in strangers_are_refused.RULE.subjects(world):
        tried(strangers_are_refused.check(world, subject))
    methods = {request.method for request in world.wire.sent}  # type: ignore[attr-defined]
    assert methods == {"GET"}


class Shared(Notebook):
    """Both accounts see the same list."""

    def shown(self, account: str) -> dict[str, dict[str, str]]:
        return {**self.notes[OTHER.secret], **self.notes[KEY.secret]}


class Readable(Notebook):
    """A note is found by its id, whoever asks."""

    def found(self, account: str, note_id: str) -> dict[str, str] | None:
        return next((n[note_id] for n in self.notes.values() if note_id in n), None)


class DeletesWithoutAWord(Notebook):
    """Says 404 to the other account, and deletes."""

    def found(self, account: str, note_id: str) -> dict[str, str] | None:
        note = super().found(account, note_id)
        if note is None:
            self.notes[KEY.secret].pop(note_id, None)
        return note


class OnlyTheEnd(Notebook):
    """Only deletion forgets to ask whose it is."""

    def served(self, request: Request, path: list[str], account: str) -> Response:
        owner = KEY.secret if request.method == "DELETE" else account
        return super().served(request, path, owner)


@pytest.mark.parametrize("broken", [Shared, Readable, DeletesWithoutAWord, OnlyTheEnd])
@pytest.mark.parametrize("ids", [(), ("a",), ("ä b", "c/d", "e?f")])
def test_a_server_that_mixes_accounts_is_accused(
    broken: type[Notebook], ids: tuple[str, ...]
) -> None:
    assert accounts(broken(ids))


KEYS = st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=2)
SCHEMES: list[dict[str, str]] = [
    {"type": "apiKey", "in": "header", "name": "X-Key"},
    {"type": "apiKey", "in": "query", "name": "key"},
    {"type": "apiKey", "in": "cookie", "name": "key"},
    {"type": "http", "scheme": "bearer"},
    {"type": "http", "scheme": "basic"},
]


@given(st.sampled_from(SCHEMES), KEYS)
def test_no_impostor_shows_the_credential_itself(scheme: dict[str, str], key: str) -> None:
    known = placed(scheme, "KEY", key, "ada" if scheme.get("scheme") == "basic" else "", "USER")
    for impostor in impostors.many(known):
        shown = impostor.credential
        assert (shown.headers, shown.query) != (known.headers, known.query), impostor.name


@given(KEYS)
def test_no_part_of_a_key_is_left_when_an_impostor_is_masked(key: str) -> None:
    known = placed(SCHEMES[3], "KEY", f"secret-{key}-end")
    for impostor in impostors.many(known):
        credential: Credential = impostor.credential
        for _, text in credential.headers:
            assert known.secret[:-1] not in known.mask_own(credential.mask_own(text))


BASIC: dict[str, str] = {"type": "http", "scheme": "basic"}
APP: dict[str, str] = {"type": "apiKey", "in": "header", "name": "X-App"}


@pytest.mark.parametrize("step", [1, -1])
def test_of_keys_that_are_shown_together_each_is_bent_alone(step: int) -> None:
    parts = (placed(BASIC, "ONE", "secret-1", "ada", "WHO"), placed(APP, "TWO", "secret-2"))
    known = joined(parts[::step])
    right = {*known.headers}
    kept = [len(right & {*each.credential.headers}) for each in impostors.few(known)]
    assert kept == [0, 1, 1]
    assert all(right - {*each.credential.headers} for each in impostors.many(known))


def test_an_operation_that_wants_another_key_is_tried_with_that_one_bent() -> None:
    sent: list[str] = []

    class Bearers(Notebook):
        def refused(
            self, request: Request, path: list[str], said: dict[str, str]
        ) -> Response | None:
            sent.append(said.get("Authorization", ""))
            said = {**said, "X-API-KEY": sent[-1] and KEY.secret}
            is_bad = sent[-1] not in {"", "Bearer another-secret"}
            return self.error(401) if is_bad else super().refused(request, path, said)

    world = world_of(Bearers())
    bearer = placed(SCHEMES[3], "BEARER", "another-secret")
    world.ring = Ring(world.credential, {"health": bearer, "list_notes": bearer})
    list(strangers_are_refused.check(world, Shelf(world, world.roles.resources[0])))
    assert {text[:-1] for text in sent} >= {"Bearer another-secre"}
    assert len({*sent}) > 2
