"""What values tell: correct servers are never accused, one that tells them wrongly always is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_rig import judged

from benchmarks.mutation.pingplotter import PingPlotter
from benchmarks.mutation.serving import Answer
from benchmarks.mutation.strangers import StrangePingPlotter
from contract_tests.checks import (
    actions_change_their_target,
    all_new_show_theirs,
    counts_agree,
    created_is_readable,
    deleted_is_gone,
    moments_are_told,
    needs_are_met,
    parts_belong,
    times_move_forward,
    update_is_visible,
)
from contract_tests.findings.finding import Finding, Grade

Item = dict[str, Any]
TOLD, DATED = moments_are_told.RULE, moments_are_told.NEW_RULE
BELONG, NEEDS, TIMES = parts_belong.RULE, needs_are_met.RULE, times_move_forward.RULE
CREATED, EVERY = created_is_readable.RULE, all_new_show_theirs.RULE
DONE = (actions_change_their_target.RULE, update_is_visible.RULE, deleted_is_gone.RULE)


def accused(rule: Any, app: PingPlotter) -> list[Finding]:
    found, _ = judged(rule, "pingplotter", app)
    return [finding for finding in found if finding.grade is not Grade.ASSUMPTION]


def soon(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat(timespec="milliseconds")


class Online(PingPlotter):
    """Correct: an agent is online from the first."""

    def new_agent(self, name: str, **given: Any) -> Item:
        return super().new_agent(name, **{**given, "online": True})


class Live(PingPlotter):
    """Correct: what is shown is of this moment, by a clock that may be another."""

    hours = 0.0
    measured = 0.0

    def status_of_agent(self, agent: Item, query: Item) -> Item:
        shown, heard = super().status_of_agent(agent, query), soon(self.hours)
        quality = [self.moved(one, soon(self.measured)) for one in shown["TargetQuality"]]
        told = {"LastMessageTime": heard, "LastMessageTimestampInMs": self.in_ms(heard)}
        return {**shown, **told, "TargetQuality": quality}

    def moved(self, one: Item, moment: str) -> Item:
        if one["MeasuredAt"] is None:
            return one
        return {**one, "MeasuredAt": moment, "MeasuredAtTimestampInMs": self.in_ms(moment)}


class OtherClock(Live):
    hours = measured = 2.0


class Whole(PingPlotter):
    """Correct: a description is the whole text, and the address shows the address."""

    def new_session(self, agent_id: str, target: str) -> Item:
        session = super().new_session(agent_id, target)
        session["Description"] = target
        return session


class Later(PingPlotter):
    """Correct: an address is shown once the agent has heard of it."""

    def new_session(self, agent_id: str, target: str) -> Item:
        session = super().new_session(agent_id, target)
        session["IpAddress"] = ""
        return session


CORRECT = [PingPlotter, StrangePingPlotter, Online, Live, OtherClock, Whole, Later]


@pytest.mark.parametrize("rule", [TOLD, DATED, BELONG, NEEDS, TIMES, CREATED, EVERY])
@pytest.mark.parametrize("app", CORRECT, ids=lambda it: it.__name__)
def test_a_correct_server_is_not_accused(app: type[PingPlotter], rule: Any) -> None:
    assert accused(rule, app()) == []


@given(count=st.integers(0, 4))
@settings(max_examples=5, deadline=None)
def test_few_or_many_are_not_accused(count: int) -> None:
    for rule in (TOLD, DATED, BELONG, NEEDS, EVERY):
        assert accused(rule, PingPlotter(count)) == []


class MeasuredAhead(Live):
    measured = 2.0


class HeardAhead(Live):
    hours = 2.0


class Undated(PingPlotter):
    def gone(self, agent: Item) -> None:
        super().gone(agent)
        agent["DeletionDate"] = None


class EndedBefore(PingPlotter):
    def gone(self, agent: Item) -> None:
        super().gone(agent)
        agent["DeletionDate"] = "2001-01-01T00:00:00.000Z"


class ScoredWhenever(PingPlotter):
    def qualities(self, session: Item, query: Item) -> list[Item]:
        lost = {"MeasuredAt": None, "MeasuredAtTimestampInMs": None}
        return [{**one, **lost} for one in super().qualities(session, query)]


class TellsOfAll(PingPlotter):
    def status_of_agent(self, agent: Item, query: Item) -> Item:
        every = [super(TellsOfAll, self).status_of_agent(a, query) for a in self.agents.values()]
        told = [quality for one in every for quality in one["TargetQuality"]]
        return {**super().status_of_agent(agent, query), "TargetQuality": told}


class TellsOfNobody(PingPlotter):
    def status_of_agent(self, agent: Item, query: Item) -> Item:
        shown = super().status_of_agent(agent, query)
        for last in shown["TargetQuality"][-1:]:
            last["SessionId"] = "s1:nobody"
        return shown


class UninstallsAll(PingPlotter):
    def delete_agent(self, call: Any) -> Answer:
        return super().delete_agent(replace(call, body=call.body.replace(b"Uninstall", b"X")))


class RefusesAndDoes(PingPlotter):
    def delete_agent(self, call: Any) -> Answer:
        answer = super().delete_agent(replace(call, body=call.body.replace(b"Uninstall", b"X")))
        return self.error(409, "offline") if b"Uninstall" in call.body else answer


class NoTemplates(PingPlotter):
    def new_agent(self, name: str, **given: Any) -> Item:
        return super().new_agent(name, **{**given, "template": False})


class OtherAddress(PingPlotter):
    def new_session(self, agent_id: str, target: str) -> Item:
        session = super().new_session(agent_id, target)
        session["IpAddress"] = "198.51.100.1"
        return session


class AliasLost(PingPlotter):
    def new_session(self, agent_id: str, target: str) -> Item:
        session = super().new_session(agent_id, target)
        session.update(Description=target, IpAddress="")
        return session


@pytest.mark.parametrize(
    ("rule", "broken"),
    [
        (TIMES, MeasuredAhead),
        (TIMES, HeardAhead),
        (DATED, Undated),
        (DATED, EndedBefore),
        (TOLD, ScoredWhenever),
        (BELONG, TellsOfAll),
        (BELONG, TellsOfNobody),
        (NEEDS, UninstallsAll),
        (NEEDS, RefusesAndDoes),
        (CREATED, NoTemplates),
        (CREATED, OtherAddress),
        (EVERY, OtherAddress),
        (CREATED, AliasLost),
        (EVERY, AliasLost),
    ],
    ids=lambda it: getattr(it, "__name__", getattr(it, "name", "")),
)
def test_a_wrong_value_is_always_found(rule: Any, broken: type[PingPlotter]) -> None:
    assert accused(rule, broken()) != []


class CountsAtOnce(PingPlotter):
    def created(self, agent: Item) -> Answer:
        answer = super().created(agent)
        answer.body["TotalSessions"] = 7
        return answer


def test_a_creation_that_counts_what_is_not_there_is_found() -> None:
    assert accused(counts_agree.NEW_RULE, CountsAtOnce()) != []


class Denies(PingPlotter):
    """What is done is answered with false."""

    def answer(self, call: Any) -> Answer:
        answer = super().answer(call)
        answer.body = False if answer.body is True else answer.body
        return answer


@pytest.mark.parametrize("rule", DONE, ids=lambda it: it.name)
def test_an_act_that_was_done_and_denied_is_found(rule: Any) -> None:
    assert [f for f in accused(rule, Denies()) if f.received.startswith("false")]


def test_what_needs_a_state_is_tried_on_what_is_not_in_it() -> None:
    assert judged(NEEDS, "pingplotter", PingPlotter(1)) == ([], [])
    assert judged(NEEDS, "pingplotter", Online(1))[1] != []
