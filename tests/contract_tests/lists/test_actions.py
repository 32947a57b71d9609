"""Actions: the rule never accuses the reference servers, and always one that moves others."""

# Servers with a fault keep the signatures of the correct one.
# ruff: noqa: ARG002, FBT003

from __future__ import annotations

from collections.abc import Callable
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
