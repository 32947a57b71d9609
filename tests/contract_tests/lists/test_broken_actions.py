"""Actions: a server that moves something else, or nothing, is always accused."""

# Servers with a fault keep the signatures of the correct one.
# ruff: noqa: ARG002, FBT001, FBT003

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from reference_rig import judged

from benchmarks.mutation.pingplotter import PingPlotter
from benchmarks.mutation.serving import Answer
from contract_tests.checks.actions_change_their_target import RULE
from contract_tests.findings.finding import Grade

Item = dict[str, Any]


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
    assert Grade.BREACH in {finding.grade for finding in judged(RULE, "pingplotter", broken(2))[0]}


def test_resuming_all_that_resumes_closed_ones_is_an_assumption() -> None:
    class ResumesClosed(PingPlotter):
        def update_all(self, call: Any, agent_id: str) -> Any:
            answer = super().update_all(call, agent_id)
            for session in self.sessions_of(agent_id):
                self.move(session, call.last("action") == "0")
            return answer

    findings = judged(RULE, "pingplotter", ResumesClosed(1))[0]
    assert {finding.grade for finding in findings} == {Grade.ASSUMPTION}
