"""Batches: the rules never accuse the reference servers, and always one that answers wrongly."""

# Servers with a fault keep the signatures of the correct one.
# ruff: noqa: ARG002

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_rig import judged

from benchmarks.mutation.pingplotter import PingPlotter
from benchmarks.mutation.strangers import StrangePingPlotter
from contract_tests.checks import batch_equals_singles, batch_filters_narrow
from contract_tests.findings.finding import Finding, Grade

Item = dict[str, Any]
EQUAL, NARROW = batch_equals_singles.RULE, batch_filters_narrow.RULE


def accused(rule: Any, app: PingPlotter) -> list[Finding]:
    found, _ = judged(rule, "pingplotter", app)
    return [finding for finding in found if finding.grade is not Grade.ASSUMPTION]


@given(
    count=st.integers(0, 4),
    ids=st.lists(st.text(st.characters(codec="utf-8"), min_size=1), unique=True, max_size=4),
)
@settings(max_examples=10, deadline=None)
def test_correct_batches_are_never_accused(count: int, ids: list[str]) -> None:
    app = PingPlotter(count)
    for odd in ids:
        session = app.new_session(next(iter(app.agents)), "192.0.2.77 Odd")
        app.sessions[odd] = {**app.sessions.pop(session["SessionId"]), "SessionId": odd}
    assert accused(EQUAL, app) + accused(NARROW, app) == []


class Restless(PingPlotter):
    """Correct: what is measured is another thing at each answer."""

    def qualities(self, *given: Any) -> list[Item]:
        found = super().qualities(*given)
        return [{**one, "QualityScore": self.chance.random()} for one in found]


class Emptied(PingPlotter):
    """Correct: what is filtered out stays, without anything measured."""

    def session_statuses(self, call: Any) -> Any:
        whole = super().session_statuses(_without_filters(call)).body
        answer = super().session_statuses(call)
        kept = {one["SessionId"]: one for one in answer.body}
        emptied = {one["SessionId"]: {**one, "TargetQuality": []} for one in whole}
        answer.body = list({**emptied, **kept}.values())
        return answer


@pytest.mark.parametrize("app", [Restless, Emptied, StrangePingPlotter], ids=lambda a: a.__name__)
def test_another_correct_server_is_not_accused(app: type[PingPlotter]) -> None:
    assert accused(EQUAL, app()) + accused(NARROW, app()) == []


class Bent(PingPlotter):
    """Both batches pass through one hand."""

    def bend(self, ids: list[str], entries: list[Item], every: list[Item]) -> list[Item]:
        return entries

    def session_statuses(self, call: Any) -> Any:
        answer = super().session_statuses(call)
        every = super().session_statuses(_for(call, "SessionIds", list(self.sessions))).body
        answer.body = self.bend(json.loads(call.body)["SessionIds"], answer.body, every)
        return answer

    def agent_statuses(self, call: Any) -> Any:
        answer = super().agent_statuses(call)
        every = super().agent_statuses(_for(call, "AgentUniqueIds", list(self.agents))).body
        answer.body = self.bend(json.loads(call.body)["AgentUniqueIds"], answer.body, every)
        return answer


class GivesAll(Bent):
    def bend(self, ids: Any, entries: Any, every: Any) -> Any:
        return every


class AllForUnheard(Bent):
    def bend(self, ids: Any, entries: Any, every: Any) -> Any:
        return entries or every


class AllForNone(Bent):
    def bend(self, ids: Any, entries: Any, every: Any) -> Any:
        return entries if ids else every


class FirstOnly(Bent):
    def bend(self, ids: Any, entries: Any, every: Any) -> Any:
        return entries[:1]


class LosesLast(Bent):
    def bend(self, ids: Any, entries: Any, every: Any) -> Any:
        return entries[:-1] if len(entries) > 2 else entries


class AddsOne(Bent):
    def bend(self, ids: Any, entries: Any, every: Any) -> Any:
        return [*entries, *[one for one in every if one not in entries][:1]]


class SwapsContents(Bent):
    """The second of several has the contents of the first."""

    def bend(self, ids: Any, entries: Any, every: Any) -> Any:
        if len(entries) < 2:
            return entries
        key = next(iter(entries[0]))
        return [entries[0], {**entries[0], key: entries[1][key]}, *entries[2:]]


class Repeats(Bent):
    def bend(self, ids: Any, entries: Any, every: Any) -> Any:
        return entries if len(entries) < 2 else [*entries, entries[0]]


class ForgetsQuality(Bent):
    def bend(self, ids: Any, entries: Any, every: Any) -> Any:
        return [*entries[:1], *({**one, "TargetQuality": []} for one in entries[1:])]


class OtherScore(Bent):
    def bend(self, ids: Any, entries: Any, every: Any) -> Any:
        worse = [{**q, "QualityScore": 1} for one in entries[:1] for q in one["TargetQuality"]]
        return [{**one, "TargetQuality": worse} for one in entries[:1]] + entries[1:]


@pytest.mark.parametrize(
    "broken",
    [
        GivesAll,
        AllForUnheard,
        AllForNone,
        FirstOnly,
        LosesLast,
        AddsOne,
        SwapsContents,
        Repeats,
        ForgetsQuality,
        OtherScore,
    ],
    ids=lambda it: it.__name__,
)
def test_a_batch_that_answers_wrongly_is_always_found(broken: type[PingPlotter]) -> None:
    operations = {finding.operation for finding in accused(EQUAL, broken(4))}
    assert operations >= {"POST /sessions/status"}


class IgnoresIp(PingPlotter):
    def fits(self, session: Item, query: Item) -> bool:
        return super().fits(session, {"TargetName": query.get("TargetName")})


class IgnoresName(PingPlotter):
    def fits(self, session: Item, query: Item) -> bool:
        return super().fits(session, {"TargetIp": query.get("TargetIp")})


class FitsNothing(PingPlotter):
    def fits(self, session: Item, query: Item) -> bool:
        return not query.get("TargetIp")


class IgnoresDefinitions(PingPlotter):
    def qualities(self, session: Item, query: Item) -> list[Item]:
        return super().qualities(session, {**query, "QualityDefinitionIds": None})


@pytest.mark.parametrize(
    "broken", [IgnoresIp, IgnoresName, FitsNothing, IgnoresDefinitions], ids=lambda it: it.__name__
)
def test_a_batch_that_is_narrowed_wrongly_is_always_found(broken: type[PingPlotter]) -> None:
    operations = {finding.operation for finding in accused(NARROW, broken(3))}
    several = {"POST /agents/status", "POST /sessions/status"}
    assert operations == {*several, "POST /agents/{uniqueId}/status"}


def _for(call: Any, key: str, ids: list[str]) -> Any:
    return replace(call, body=json.dumps({**json.loads(call.body), key: ids}).encode())


def _without_filters(call: Any) -> Any:
    ids = json.loads(call.body)["SessionIds"]
    return replace(call, body=json.dumps({"SessionIds": ids}).encode())
