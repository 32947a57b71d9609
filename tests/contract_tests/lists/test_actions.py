"""Actions: the rule never accuses the reference servers, and always one that moves others."""

# Servers with a fault keep the signatures of the correct one.
# ruff: noqa: ARG002, FBT001, FBT003

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_rig import judged

from benchmarks.mutation.pingplotter import PingPlotter
from benchmarks.mutation.serving import Answer
from benchmarks.mutation.strangers import StrangePingPlotter
from contract_tests.checks.actions_change_their_target import RULE
from contract_tests.findings.finding import Finding, Grade
from contract_tests.world.world import Permits

Item = dict[str, Any]


def found_at(app: PingPlotter, **options: Any) -> list[Finding]:
    return judged(RULE, "pingplotter", app, **options)[0]


def accused(app: PingPlotter) -> list[Finding]:
    return [finding for finding in found_at(app) if finding.grade is not Grade.ASSUMPTION]


@given(
    count=st.integers(0, 3),
    words=st.lists(st.text(st.characters(codec="utf-8")), min_size=3, max_size=3, unique=True),
    states=st.lists(st.sampled_from(["active", "paused", "closed"]), max_size=9),
)
@settings(max_examples=15, deadline=None)
def test_correct_actions_are_never_accused(
    count: int, words: list[str], states: list[str]
) -> None:
    app = PingPlotter(count)
    app.words = dict(zip(("active", "paused", "closed"), words, strict=True))
    for session in app.sessions.values():
        session["Status"] = app.words["active"]
    for session, state in zip(app.sessions.values(), states, strict=False):
        session["Status"] = app.words[state]
    assert found_at(app) == []


class StartsPaused(PingPlotter):
    def new_session(self, agent_id: str, target: str) -> Item:
        session = super().new_session(agent_id, target)
        session["Status"] = self.words["paused"]
        return session


class NoCreation(PingPlotter):
    def create_sessions(self, call: Any) -> Any:
        return self.error(403, "this key only reads")


@pytest.mark.parametrize(
    "app", [StrangePingPlotter, StartsPaused, NoCreation], ids=lambda it: it.__name__
)
def test_another_correct_server_is_not_accused(app: Callable[[], PingPlotter]) -> None:
    assert accused(app()) == []


def test_existing_items_are_left_as_they_were_found() -> None:
    app = NoCreation(3)
    before = {session_id: dict(session) for session_id, session in app.sessions.items()}
    found_at(app)
    assert {i: s for i, s in app.sessions.items() if i in before} == before


def test_what_was_there_before_is_not_touched_without_leave() -> None:
    app = NoCreation(3)
    _, reasons = judged(RULE, "pingplotter", app, permits=Permits(writing=True, existing=False))
    assert len(reasons) == 1


class Forgets(PingPlotter):
    """Shows nowhere what is closed."""

    def close(self, session_id: str) -> Answer:
        self.session(session_id)
        del self.sessions[session_id]
        return Answer(200, True)


def test_what_is_closed_and_gone_is_an_assumption() -> None:
    assert {finding.grade for finding in found_at(Forgets())} == {Grade.ASSUMPTION}


class Hides(PingPlotter):
    """Lists no more what was to be closed, and shows it as before."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.hidden: set[str] = set()

    def close(self, session_id: str) -> Answer:
        self.hidden.add(self.session(session_id)["SessionId"])
        return Answer(200, True)

    def list_sessions(self, call: Any) -> Answer:
        kept = self.sessions
        self.sessions = {i: one for i, one in kept.items() if i not in self.hidden}
        try:
            return super().list_sessions(call)
        finally:
            self.sessions = kept


def test_what_is_hidden_and_not_closed_is_found() -> None:
    assert accused(Hides())


class Moves(PingPlotter):
    """What else is moved with a session."""

    def move(self, session: Item, pausing: bool) -> None:
        super().move(session, pausing)
        self.also(session, pausing)

    def also(self, session: Item, pausing: bool) -> None:
        raise NotImplementedError

    def siblings(self, session: Item) -> list[Item]:
        ids = self.sessions_of(session["AgentUniqueId"])
        return [one for one in ids if one is not session]


class PausesSiblings(Moves):
    def also(self, session: Item, pausing: bool) -> None:
        for one in self.siblings(session):
            if pausing:
                one["Status"] = self.words["paused"]


class ResumesSiblings(Moves):
    def also(self, session: Item, pausing: bool) -> None:
        for one in self.siblings(session):
            if not pausing:
                one["Status"] = self.words["active"]


class ResumesLastOfAll(Moves):
    def also(self, session: Item, pausing: bool) -> None:
        if not pausing:
            list(self.sessions.values())[-1]["Status"] = self.words["active"]


class Renames(Moves):
    def also(self, session: Item, pausing: bool) -> None:
        if pausing:
            session["Description"] = "paused"


class DoesNothing(PingPlotter):
    def move(self, session: Item, pausing: bool) -> None:
        return


class NeverResumes(PingPlotter):
    def move(self, session: Item, pausing: bool) -> None:
        if pausing:
            super().move(session, pausing)


class ClosesInsteadOfResuming(PingPlotter):
    def move(self, session: Item, pausing: bool) -> None:
        super().move(session, pausing)
        if not pausing:
            session["Status"] = self.words["closed"]


class Swapped(PingPlotter):
    def move(self, session: Item, pausing: bool) -> None:
        super().move(session, not pausing)


class PausesAllOfAll(PingPlotter):
    def update_all(self, call: Any, agent_id: str) -> Any:
        for agent in list(self.agents):
            answer = super().update_all(call, agent)
        return answer


class AllButTheLast(PingPlotter):
    def update_all(self, call: Any, agent_id: str) -> Any:
        *_, last = self.sessions_of(agent_id)
        state = last["Status"]
        answer = super().update_all(call, agent_id)
        last["Status"] = state
        return answer


class FirstOfAllOnly(PingPlotter):
    def update_all(self, call: Any, agent_id: str) -> Any:
        kept = {s["SessionId"]: s["Status"] for s in self.sessions_of(agent_id)[1:]}
        answer = super().update_all(call, agent_id)
        for session_id, state in kept.items():
            self.sessions[session_id]["Status"] = state
        return answer


class ResumesAllOfAll(PingPlotter):
    def update_all(self, call: Any, agent_id: str) -> Any:
        agents = list(self.agents) if call.last("action") == "1" else [agent_id]
        for agent in agents:
            answer = super().update_all(call, agent)
        return answer


class ActionsTurnedRound(PingPlotter):
    def update_all(self, call: Any, agent_id: str) -> Any:
        action = {"0": "1", "1": "0"}.get(call.last("action") or "", "2")
        return super().update_all(replace(call, query=(("action", action),)), agent_id)


class OneWayOnly(PingPlotter):
    """The way through the agent answers, and does nothing."""

    def update_session(self, call: Any, agent_id: str | None = None) -> Any:
        return super().update_session(call) if agent_id is None else Answer(200, True)


class SiblingsThroughTheAgent(PingPlotter):
    """The way through the agent resumes all that it has."""

    def update_session(self, call: Any, agent_id: str | None = None) -> Any:
        answer = super().update_session(call, agent_id)
        for one in self.sessions_of(agent_id) if agent_id and b"resume" in call.body else ():
            one["Status"] = self.words["active"]
        return answer


class Switch(PingPlotter):
    """Pausing all that are paused resumes them."""

    def move(self, session: Item, pausing: bool) -> None:
        super().move(session, pausing and session["Status"] == self.words["active"])


class ClosesAll(PingPlotter):
    def close(self, session_id: str) -> Any:
        for one in self.sessions_of(self.session(session_id)["AgentUniqueId"]):
            one["Status"] = self.words["closed"]
        return super().close(session_id)


class CloseDoesNothing(PingPlotter):
    def close(self, session_id: str) -> Any:
        return Answer(200, True)


class Removes(PingPlotter):
    def close(self, session_id: str) -> Any:
        self.sessions.pop(session_id)
        return Answer(200, True)


class ReadsAnother(PingPlotter):
    """Reading one shows the state before; the list shows the new one."""

    def session_operations(self, call: Any, session_id: str, rest: Any) -> Any:
        found = super().session_operations(call, session_id, rest)
        if rest == ():
            shown = {**self.sessions.get(session_id, {}), "Status": self.words["active"]}
            found["GET"] = lambda: Answer(200, self.shown_session({**shown, "Target": ""}))
        return found


class UnheardPauses(PingPlotter):
    def update_session(self, call: Any, agent_id: str | None = None) -> Any:
        body = self.body(call, dict)
        self.move(self.session(body["SessionId"]), body["Action"] != "resume")
        return Answer(200, True)


BROKEN = [
    PausesSiblings,
    ResumesSiblings,
    ResumesLastOfAll,
    Renames,
    DoesNothing,
    NeverResumes,
    ClosesInsteadOfResuming,
    Swapped,
    PausesAllOfAll,
    AllButTheLast,
    FirstOfAllOnly,
    ResumesAllOfAll,
    ActionsTurnedRound,
    OneWayOnly,
    SiblingsThroughTheAgent,
    Switch,
    ClosesAll,
    CloseDoesNothing,
    ReadsAnother,
    UnheardPauses,
]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda it: it.__name__)
def test_a_server_whose_actions_are_wrong_is_always_found(broken: type[PingPlotter]) -> None:
    assert accused(broken(2)) != []


def test_resuming_all_that_resumes_closed_ones_is_an_assumption() -> None:
    class ResumesClosed(PingPlotter):
        def update_all(self, call: Any, agent_id: str) -> Any:
            answer = super().update_all(call, agent_id)
            for session in self.sessions_of(agent_id):
                self.move(session, call.last("action") == "0")
            return answer

    assert {finding.grade for finding in found_at(ResumesClosed(1))} == {Grade.ASSUMPTION}
