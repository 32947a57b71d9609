"""Faults that show in one place only: correct servers are never accused, each broken one is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_rig import judged, world_of

from benchmarks.mutation import ngrok
from benchmarks.mutation.ngrok import Ngrok
from benchmarks.mutation.pingplotter import PingPlotter
from benchmarks.mutation.serving import Answer, App
from benchmarks.mutation.strangers import StrangePingPlotter
from contract_tests.checks import (
    deleted_is_gone,
    foreign_words_are_refused,
    ids_agree,
    pages_are_complete,
    strangers_are_refused,
)
from contract_tests.checks.addresses import other_addresses
from contract_tests.checks.rule import Rule
from contract_tests.findings.finding import Finding, Grade
from contract_tests.wire.credential import Credential

Item = dict[str, Any]
counts = given(count=st.integers(4, 12))
few = settings(max_examples=5, deadline=None)


def found_at(rule: Rule, vendor: str, app: App) -> list[Finding]:
    return judged(rule, vendor, app)[0]


class HoldsFew(Ngrok):
    """A page for which no size is asked holds three."""

    def list(self, call: Any, kind: str) -> Answer:
        if call.last("limit") is None:
            call = call.__class__(
                *(getattr(call, name) for name in ("method", "segments")),
                (*call.query, ("limit", "3")),
                *(getattr(call, name) for name in ("headers", "body", "host")),
            )
        return super().list(call, kind)


class DeletesTheNextToo(Ngrok):
    def delete(self, kind: str, item_id: str) -> Answer:
        ids = [item["id"] for item in self.ordered(kind)]
        for each in ids[ids.index(item_id) + 1 :][:1]:
            del self.items[kind][each]
        return super().delete(kind, item_id)


class DeletesTheOneBefore(Ngrok):
    def delete(self, kind: str, item_id: str) -> Answer:
        ids = [item["id"] for item in self.ordered(kind)]
        for each in ids[max(0, ids.index(item_id) - 1) :][:1]:
            if each != item_id:
                del self.items[kind][each]
        return super().delete(kind, item_id)


class FailsAtCursorsThatAreGone(Ngrok):
    def __init__(self, count: int = 9) -> None:
        self.gone: set[str] = set()
        super().__init__(count)

    def delete(self, kind: str, item_id: str) -> Answer:
        self.gone.add(item_id)
        return super().delete(kind, item_id)

    def list(self, call: Any, kind: str) -> Answer:
        if call.last("before_id") in self.gone:
            return self.error(500, "internal")
        return super().list(call, kind)


class RefersElsewhere(Ngrok):
    """The second session's endpoint has the address of another one."""

    def shown(self, call: Any, item: Item) -> Item:
        shown = super().shown(call, item)
        ids = [each["id"] for each in self.ordered("sessions")]
        if item["id"] in ids[1:2]:
            uri = f"http://{call.host}/endpoints/ep_other"
            shown["endpoint"] = {**(shown["endpoint"] or {"id": "ep_1"}), "uri": uri}
        return shown


BROKEN: list[tuple[Rule, type[Ngrok]]] = [
    (pages_are_complete.RULE, HoldsFew),
    (deleted_is_gone.RULE, DeletesTheNextToo),
    (deleted_is_gone.RULE, DeletesTheOneBefore),
    (deleted_is_gone.RULE, FailsAtCursorsThatAreGone),
    (ids_agree.RULE, RefersElsewhere),
]


@pytest.mark.parametrize(("rule", "broken"), BROKEN)
@counts
@few
def test_a_broken_list_is_accused(rule: Rule, broken: type[Ngrok], count: int) -> None:
    assert found_at(rule, "ngrok", broken(count))


@pytest.mark.parametrize("rule", list({rule.name: rule for rule, _ in BROKEN}.values()))
@given(count=st.integers(0, 12))
@settings(max_examples=8, deadline=None)
def test_a_correct_list_is_not_accused(rule: Rule, count: int) -> None:
    assert found_at(rule, "ngrok", Ngrok(count)) == []


@pytest.mark.parametrize(
    "references",
    [
        [{"id": "edghts_1", "uri": "/edges/https"}],
        [{"id": "e1", "uri": "/e/one"}, {"id": "e2", "uri": "/e/two"}],
        [{"id": 1, "uri": "/e/1"}, {"id": 2, "uri": "/e/2/"}],
        [{"id": "é", "uri": "/e/%C3%A9"}, {"id": 5}, {"id": "x", "uri": None}],
    ],
)
def test_an_address_of_another_form_is_not_accused(references: list[Item]) -> None:
    items = [{"id": "a", "uri": "/a", "edge": reference} for reference in references]
    assert list(other_addresses(items, "id", "uri")) == []


class TakesAnyWord(PingPlotter):
    def text(self, body: Item, name: str) -> str:
        said = super().text(body, name)
        return "pause" if name == "Action" and said not in {"pause", "resume"} else said


@given(count=st.integers(1, 3))
@few
def test_an_action_that_nobody_knows_is_accused_if_it_is_done(count: int) -> None:
    found = found_at(foreign_words_are_refused.RULE, "pingplotter", TakesAnyWord(count))
    assert {finding.statement for finding in found} == {"SessionUpdate.Action"}


@given(count=st.integers(0, 3))
@few
def test_a_server_that_refuses_foreign_words_is_not_accused(count: int) -> None:
    for correct in (PingPlotter(count), StrangePingPlotter()):
        assert found_at(foreign_words_are_refused.RULE, "pingplotter", correct) == []


class TakesAnyScheme(Ngrok):
    def knows(self, authorization: str | None) -> bool:
        return (authorization or "").partition(" ")[2].strip() == ngrok.KEY


class TakesTheBareKey(Ngrok):
    def knows(self, authorization: str | None) -> bool:
        return super().knows(authorization) or authorization == ngrok.KEY


def _strangers(app: Ngrok) -> set[Grade]:
    world = world_of("ngrok", app)
    header = (("Authorization", f"Bearer {ngrok.KEY}"),)
    world.credential = Credential("K", ngrok.KEY, headers=header)
    found: list[Finding] = []
    for _, shelf in strangers_are_refused.RULE.subjects(world):
        found += strangers_are_refused.RULE.check(world, shelf)
    return {finding.grade for finding in found}


@pytest.mark.parametrize(
    ("server", "grades"),
    [
        (Ngrok, set()),
        (TakesAnyScheme, {Grade.BREACH}),
        (TakesTheBareKey, {Grade.ASSUMPTION}),
    ],
)
def test_a_key_under_another_scheme_is_refused(server: type[Ngrok], grades: set[Grade]) -> None:
    assert _strangers(server()) == grades
