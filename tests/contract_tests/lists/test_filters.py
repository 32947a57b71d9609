"""Filters: the rules never accuse the reference servers, and always one that filters wrongly."""

# Servers with a fault keep the signatures of the correct one.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_rig import judged

from benchmarks.mutation.pingplotter import PingPlotter
from benchmarks.mutation.strangers import StrangePingPlotter
from contract_tests.checks import filters_find_new, filters_match
from contract_tests.findings.finding import Finding, Grade

Item = dict[str, Any]
RULES = (filters_match.RULE, filters_find_new.RULE)
WORDS = st.text(st.characters(codec="utf-8"), max_size=6)
SESSIONS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["a.example", "192.0.2.1", "192.0.2.7"]), WORDS),
    max_size=9,
)


def accused(rule: Any, app: PingPlotter) -> list[Finding]:
    found, _ = judged(rule, "pingplotter", app)
    return [finding for finding in found if finding.grade is not Grade.ASSUMPTION]


def with_sessions(app: PingPlotter, sessions: list[tuple[int, str, str]]) -> PingPlotter:
    app.sessions.clear()
    agents = list(app.agents)
    for index, address, alias in sessions:
        app.new_session(agents[index], f"{address} {alias}".strip(" "))
    return app


@given(sessions=SESSIONS)
@settings(max_examples=15, deadline=None)
def test_correct_filters_are_never_accused(sessions: list[tuple[int, str, str]]) -> None:
    for rule in RULES:
        assert accused(rule, with_sessions(PingPlotter(3), sessions)) == []


@pytest.mark.parametrize("app", [StrangePingPlotter, lambda: PingPlotter(0), PingPlotter])
def test_other_correct_servers_are_not_accused(app: Any) -> None:
    assert [finding for rule in RULES for finding in accused(rule, app())] == []


class Either(PingPlotter):
    """OR in place of AND."""

    def list_sessions(self, call: Any) -> Any:
        answer = super().list_sessions(call)
        if len(call.query) < 2:
            return answer
        found = {}
        for pair in call.query:
            for session in super().list_sessions(_asked(call, (pair,))).body:
                found[session["SessionId"]] = session
        answer.body = list(found.values())
        return answer


class Ignores(PingPlotter):
    """One parameter is not looked at, or only where another stands beside it."""

    name, only_beside_others = "", False

    def list_sessions(self, call: Any) -> Any:
        if self.only_beside_others and len(call.query) == 1:
            return super().list_sessions(call)
        rest = tuple(pair for pair in call.query if pair[0] != self.name)
        return super().list_sessions(_asked(call, rest))


class IgnoresAgent(Ignores):
    name = "agentUniqueId"


class IgnoresName(Ignores):
    name = "targetName"


class IgnoresIp(Ignores):
    name = "targetIp"


class IgnoresSecond(Ignores):
    name, only_beside_others = "targetIp", True


class IgnoresAgentBesideOthers(Ignores):
    name, only_beside_others = "agentUniqueId", True


class LosesLast(PingPlotter):
    def list_sessions(self, call: Any) -> Any:
        answer = super().list_sessions(call)
        if call.query and len(answer.body) > 1:
            answer.body = answer.body[:-1]
        return answer


class FirstOnly(PingPlotter):
    def list_sessions(self, call: Any) -> Any:
        answer = super().list_sessions(call)
        answer.body = answer.body[:1] if call.last("agentUniqueId") else answer.body
        return answer


class AddsOne(PingPlotter):
    def list_sessions(self, call: Any) -> Any:
        answer = super().list_sessions(call)
        if call.last("targetIp"):
            ids = [session["SessionId"] for session in answer.body]
            rest = [s for s in self.sessions.values() if s["SessionId"] not in ids]
            answer.body += [self.shown_session(session) for session in rest[:1]]
        return answer


class Prefix(PingPlotter):
    """An address fits if it begins like the one that is asked for."""

    def fits(self, session: Item, query: Item) -> bool:
        address = (query.get("TargetIp") or "")[:-1]
        other = {"TargetName": query.get("TargetName")}
        return super().fits(session, other) and session["IpAddress"].startswith(address)


class Begins(PingPlotter):
    """What begins with the address that is asked for fits."""

    def fits(self, session: Item, query: Item) -> bool:
        other = {"TargetName": query.get("TargetName")}
        return super().fits(session, other) and session["IpAddress"].startswith(
            query.get("TargetIp") or ""
        )


class NothingMeansAll(PingPlotter):
    def list_sessions(self, call: Any) -> Any:
        answer = super().list_sessions(call)
        return answer if answer.body else super().list_sessions(_asked(call, ()))


class Refuses(PingPlotter):
    def list_sessions(self, call: Any) -> Any:
        return self.error(400, "no") if call.last("targetIp") else super().list_sessions(call)


def _asked(call: Any, query: Any) -> Any:
    return replace(call, query=query)


BROKEN = [
    Either,
    IgnoresAgent,
    IgnoresName,
    IgnoresIp,
    IgnoresSecond,
    IgnoresAgentBesideOthers,
    LosesLast,
    FirstOnly,
    AddsOne,
    NothingMeansAll,
    Refuses,
]


@pytest.mark.parametrize("broken", [*BROKEN, Prefix, Begins], ids=lambda it: it.__name__)
def test_a_server_that_filters_wrongly_is_always_found(broken: type[PingPlotter]) -> None:
    assert accused(filters_match.RULE, broken(3)) != []


@pytest.mark.parametrize("broken", BROKEN, ids=lambda it: it.__name__)
@pytest.mark.parametrize("count", [0, 1])
def test_it_is_found_among_new_items_where_there_were_none(
    broken: type[PingPlotter], count: int
) -> None:
    assert accused(filters_find_new.RULE, broken(count)) != []


class ShowsAGhost(PingPlotter):
    def list_sessions(self, call: Any) -> Any:
        answer = super().list_sessions(call)
        if call.last("targetIp") and answer.body:
            answer.body += [{**answer.body[0], "SessionId": "a ghost"}]
        return answer


def test_only_what_the_whole_list_does_not_hold_is_counted_as_such() -> None:
    received = {finding.received for finding in accused(filters_match.RULE, ShowsAGhost(3))}
    assert any(text.endswith("1 of which the whole list does not hold") for text in received)
