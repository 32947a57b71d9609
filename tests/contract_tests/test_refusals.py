"""Methods, media types, required parts and errors: correct servers pass, broken ones never."""

# ruff: noqa: ARG002  (a broken server does not need all that it is given)
from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspected import tried
from notebook import KEY, Notebook, world_of

from contract_tests.checks import (
    errors_are_worded,
    media_types_count,
    methods_are_documented,
    required_is_required,
)
from contract_tests.checks.rule import Rule
from contract_tests.findings.finding import Finding, Grade
from contract_tests.wire.exchange import Request, Response
from contract_tests.world.world import Permits

IDS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), unique=True)
RULES = (
    errors_are_worded.RULE,
    media_types_count.RULE,
    methods_are_documented.RULE,
    required_is_required.RULE,
)


CHANGING = {
    errors_are_worded.NAME: (errors_are_worded.CHANGING_RULE,),
    required_is_required.NAME: (required_is_required.CHANGING_RULE,),
}


def found(rule: Rule, server: Notebook, **options: Any) -> list[Finding]:
    world = world_of(server, **options)
    return [
        f
        for each in (rule, *CHANGING.get(rule.name, ()))
        for _, subject in each.subjects(world)
        for f in tried(each.check(world, subject))
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@given(IDS)
def test_a_correct_server_is_not_accused(rule: Rule, ids: list[str]) -> None:
    assert found(rule, Notebook(tuple(ids))) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_run_that_only_reads_sends_nothing_but_readings(rule: Rule) -> None:
    world = world_of(Notebook(("a",)), permits=Permits(writing=False, existing=False))
    for _, subject in rule.subjects(world):
        tried(rule.check(world, subject))
    assert {r.method for r in world.wire.sent} <= {"GET"}  # type: ignore[attr-defined]


class TakesAnyMethod(Notebook):
    def refused(self, request: Request, path: list[str], said: dict[str, str]) -> Response | None:
        if request.method not in self.methods(path):
            return self.answer(200, {})
        return super().refused(request, path, said)


class TakesOnePatch(Notebook):
    def methods(self, path: list[str]) -> list[str]:
        return [*super().methods(path), *(["PATCH"] if path[0] == "pings" else [])]

    def served(self, request: Request, path: list[str], account: str) -> Response:
        if request.method == "PATCH":
            return self.answer(204)
        return super().served(request, path, account)


class Allows(Notebook):
    """Says what `allow` makes of the true methods."""

    def refused(self, request: Request, path: list[str], said: dict[str, str]) -> Response | None:
        methods = self.methods(path)
        if request.method in methods:
            return super().refused(request, path, said)
        return self.error(405, **self.allow(path, methods))

    def allow(self, path: list[str], methods: list[str]) -> dict[str, str]:
        del path, methods
        return {}


class AllowsTheFirst(Allows):
    def allow(self, path: list[str], methods: list[str]) -> dict[str, str]:
        return {"Allow": methods[0]}


class AllowsOfTheOtherPath(Allows):
    def allow(self, path: list[str], methods: list[str]) -> dict[str, str]:
        return {"Allow": ", ".join(self.methods([path[0], "x"][: 3 - len(path)]))}


class AllowsWhatIsRefused(Allows):
    def allow(self, path: list[str], methods: list[str]) -> dict[str, str]:
        return {"Allow": ", ".join([*methods, "PATCH"])}


class FailsAtOthers(Allows):
    def allow(self, path: list[str], methods: list[str]) -> dict[str, str]:
        raise NotImplementedError

    def refused(self, request: Request, path: list[str], said: dict[str, str]) -> Response | None:
        if request.method not in self.methods(path):
            return self.answer(500, {})
        return super().refused(request, path, said)


METHODS = [
    TakesAnyMethod,
    TakesOnePatch,
    Allows,
    AllowsTheFirst,
    AllowsOfTheOtherPath,
    AllowsWhatIsRefused,
    FailsAtOthers,
]


@pytest.mark.parametrize("broken", METHODS)
def test_a_server_that_is_wrong_about_methods_is_accused(broken: type[Notebook]) -> None:
    assert Grade.BREACH in {f.grade for f in found(methods_are_documented.RULE, broken())}


class AllowsMore(Allows):
    def allow(self, path: list[str], methods: list[str]) -> dict[str, str]:
        return {"Allow": ",".join([*methods, "HEAD", "OPTIONS", "LINK"])}


def test_a_method_more_in_allow_is_drift() -> None:
    assert {f.grade for f in found(methods_are_documented.RULE, AllowsMore())} == {Grade.DRIFT}


class FindsNoMethod(Notebook):
    """Answers 404 in place of 405, and 501 to one."""

    def error(self, status: int, **headers: str) -> Response:
        return super().error(404 if status == 405 else status, **headers)


def test_a_refusal_other_than_405_is_none_of_our_business() -> None:
    assert found(methods_are_documented.RULE, FindsNoMethod()) == []


class AnyMedia(Notebook):
    def refused(self, request: Request, path: list[str], said: dict[str, str]) -> Response | None:
        return super().refused(request, path, {**said, "Content-Type": "application/json"})


class AnyMediaOnUpdates(AnyMedia):
    def refused(self, request: Request, path: list[str], said: dict[str, str]) -> Response | None:
        if request.method == "PUT":
            return super().refused(request, path, said)
        return Notebook.refused(self, request, path, said)


class UsesTheBodyAllTheSame(Notebook):
    """Says 415, and creates."""

    def refused(self, request: Request, path: list[str], said: dict[str, str]) -> Response | None:
        refusal = super().refused(request, path, said)
        if refusal and refusal.status == 415 and request.method == "POST":
            self.create(self.notes[KEY.secret], request)
        return refusal


@pytest.mark.parametrize("broken", [AnyMedia, AnyMediaOnUpdates, UsesTheBodyAllTheSame])
@pytest.mark.parametrize("ids", [(), ("a",), ("ä b", "c/d")])
def test_a_server_that_takes_any_media_type_is_accused(
    broken: type[Notebook], ids: tuple[str, ...]
) -> None:
    assert found(media_types_count.RULE, broken(ids))


class NoVersion(Notebook):
    def refused(self, request: Request, path: list[str], said: dict[str, str]) -> Response | None:
        return super().refused(request, path, {"Version": "2", **said})


class AnyVersion(Notebook):
    def refused(self, request: Request, path: list[str], said: dict[str, str]) -> Response | None:
        version = "2" if "Version" in said else "0"
        return super().refused(request, path, {**said, "Version": version})


class NoVersionToDelete(NoVersion):
    def refused(self, request: Request, path: list[str], said: dict[str, str]) -> Response | None:
        if request.method == "DELETE":
            return super().refused(request, path, said)
        return Notebook.refused(self, request, path, said)


class AnyBody(Notebook):
    def body(self, request: Request) -> dict[str, str] | None:
        return {"text": "none", "kind": "plain", **json.loads(request.body or b"{}")}


class NoKind(Notebook):
    def body(self, request: Request) -> dict[str, str] | None:
        said: dict[str, str] = {"kind": "plain", **json.loads(request.body or b"{}")}
        return said if "text" in said else None


class CreatesHalf(Notebook):
    """Refuses an incomplete creation, and keeps what there was of it."""

    def body(self, request: Request) -> dict[str, str] | None:
        said = super().body(request)
        if said is None and request.method == "POST":
            self.notes[KEY.secret]["half"] = {"id": "half", "text": ""}
        return said


@pytest.mark.parametrize(
    "broken", [NoVersion, AnyVersion, NoVersionToDelete, AnyBody, NoKind, CreatesHalf]
)
@pytest.mark.parametrize("ids", [(), ("a",), ("ä b", "c/d")])
def test_a_server_that_takes_incomplete_requests_is_accused(
    broken: type[Notebook], ids: tuple[str, ...]
) -> None:
    assert found(required_is_required.RULE, broken(ids))


def test_what_is_required_is_named_as_in_the_sources() -> None:
    said = {f.statement for f in found(required_is_required.RULE, AnyBody(("a",)))}
    assert said == {"NewNote.text", "NewNote.kind"}
    said = {f.statement for f in found(required_is_required.RULE, NoVersion(("a",)))}
    assert "DELETE /notes/{id} #Version" in said


class WrongWords(Notebook):
    """Says something else in the body of errors with status `of`."""

    of, over = 404, {"status": 400}

    def answer(self, status: int, body: Any = None, **headers: str) -> Response:
        if status == self.of:
            body = {**body, **self.over}
        return super().answer(status, body, **headers)


class TextForStatus(WrongWords):
    of, over = 401, {"status": "401"}


class AnotherId(WrongWords):
    of, over = 401, {"op": "op0"}


class OneIdForAll(Notebook):
    def answer(self, status: int, body: Any = None, **headers: str) -> Response:
        if status >= 400:
            headers["Op_Id"], body["op"] = "op0", "op0"
        return super().answer(status, body, **headers)


class OddDate(Notebook):
    def __call__(self, request: Request) -> Response:
        got = super().__call__(request)
        kept = tuple((n, v) for n, v in got.headers if n != "Date")
        date = ("Date", "1994-11-06T08:49:37Z")
        return Response(got.status, (*kept, date), got.body)


class Talkative(WrongWords):
    of = 404
    over = {"msg": 'Traceback (most recent call last):\n  File "/srv/app/main.py", line 3'}  # noqa: RUF012


@pytest.mark.parametrize(
    "broken", [WrongWords, TextForStatus, AnotherId, OneIdForAll, OddDate, Talkative]
)
def test_a_server_whose_errors_contradict_themselves_is_accused(broken: type[Notebook]) -> None:
    assert found(errors_are_worded.RULE, broken(("a",)))


def test_an_error_that_repeats_nothing_is_not_accused() -> None:
    class Bare(Notebook):
        def error(self, status: int, **headers: str) -> Response:
            return self.answer(status, {"title": "no"}, **headers)

    assert found(errors_are_worded.RULE, Bare()) == []
