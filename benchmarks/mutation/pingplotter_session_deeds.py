"""Faults of deeds around PingPlotter's sessions: the docstring tells what breaks."""

from __future__ import annotations

import json

from benchmarks.mutation.mutant import Mutant, deed
from benchmarks.mutation.pingplotter import PingPlotter
from benchmarks.mutation.pingplotter_estate import Item
from benchmarks.mutation.serving import Answer, Call


class CreatesTwoSessions(PingPlotter):
    """A target becomes one session."""

    def create_sessions(self, call: Call) -> Answer:
        answer = super().create_sessions(call)
        last = list(self.sessions.values())[-1]
        self.new_session(last["AgentUniqueId"], last["Target"])
        return answer


class CreatesOnlyTheFirst(PingPlotter):
    """Every target of the array becomes a session."""

    def create_sessions(self, call: Call) -> Answer:
        before = set(self.sessions)
        answer = super().create_sessions(call)
        for new in [i for i in self.sessions if i not in before][1:]:
            del self.sessions[new]
        return answer


class CreatesForAnotherAgent(PingPlotter):
    """A session belongs to the agent that was named."""

    def new_session(self, agent_id: str, target: str) -> Item:
        return super().new_session(next(iter(self.agents), agent_id), target)


class FilterIgnored(PingPlotter):
    """agentUniqueId narrows the list."""

    def list_sessions(self, call: Call) -> Answer:
        query = tuple((n, v) for n, v in call.query if n != "agentUniqueId")
        return super().list_sessions(_with_query(call, query))


class FiltersByOr(PingPlotter):
    """Filters narrow together."""

    def list_sessions(self, call: Call) -> Answer:
        wanted = dict(call.query)
        fields = {"agentUniqueId": "AgentUniqueId", "targetIp": "IpAddress"}
        fields["targetName"] = "Description"
        chosen = [
            session
            for session in self.sessions.values()
            if not wanted or any(session[fields[n]] == v for n, v in wanted.items() if n in fields)
        ]
        return Answer(200, [self.shown_session(session) for session in chosen])


class FilterByPrefix(PingPlotter):
    """targetIp is an address, not the beginning of one."""

    def fits(self, session: Item, query: Item) -> bool:
        address = query.get("TargetIp")
        if address and session["IpAddress"].startswith(address[:9]):
            return super().fits(session, {**query, "TargetIp": None})
        return super().fits(session, query)


class FilterLosesOne(PingPlotter):
    """The list holds every session that fits."""

    def list_sessions(self, call: Call) -> Answer:
        answer = super().list_sessions(call)
        if call.last("agentUniqueId") and len(answer.body) > 1:
            answer.body = answer.body[:-1]
        return answer


class PausesNothing(PingPlotter):
    """pause changes the session's Status."""

    def move(self, session: Item, pausing: bool) -> None:
        if not pausing:
            super().move(session, pausing)


class PausesTheWholeAgent(PingPlotter):
    """pause halts the named session and no other."""

    def update_session(self, call: Call, agent_id: str | None = None) -> Answer:
        answer = super().update_session(call, agent_id)
        chosen = self.session(json.loads(call.body)["SessionId"])
        for session in self.sessions_of(chosen["AgentUniqueId"]):
            self.move(session, json.loads(call.body)["Action"] == "pause")
        return answer


class NeverResumes(PingPlotter):
    """resume lets a session go on."""

    def move(self, session: Item, pausing: bool) -> None:
        if pausing:
            super().move(session, pausing)


class ActionsSwapped(PingPlotter):
    """0 pauses and 1 resumes."""

    def update_all(self, call: Call, agent_id: str) -> Answer:
        swapped = {"0": "1", "1": "0"}
        query = tuple((n, swapped.get(v, v)) for n, v in call.query)
        return super().update_all(_with_query(call, query), agent_id)


class PausesEverybody(PingPlotter):
    """Pausing all sessions of an agent leaves those of other agents."""

    def sessions_of(self, agent_id: str) -> list[Item]:
        del agent_id
        return list(self.sessions.values())

    def shown_agent(self, agent: Item) -> Item:
        own = [s for s in self.sessions.values() if s["AgentUniqueId"] == agent["UniqueId"]]
        is_open = [s for s in own if s["Status"] != self.words["closed"]]
        return {**agent, "OpenSessions": len(is_open), "TotalSessions": len(own)}


class PausesAllButOne(PingPlotter):
    """Pausing all sessions of an agent pauses each."""

    def update_all(self, call: Call, agent_id: str) -> Answer:
        before = {i: s["Status"] for i, s in self.sessions.items()}
        answer = super().update_all(call, agent_id)
        own = self.sessions_of(agent_id)
        if len(own) > 1:
            own[-1]["Status"] = before[own[-1]["SessionId"]]
        return answer


class ClosesNothing(PingPlotter):
    """close ends a session."""

    def close(self, session_id: str) -> Answer:
        self.session(session_id)
        return Answer(200, True)


class ClosesTheAgentsOthers(PingPlotter):
    """close ends the named session and no other."""

    def close(self, session_id: str) -> Answer:
        for session in self.sessions_of(self.session(session_id)["AgentUniqueId"]):
            session["Status"] = self.words["closed"]
        return Answer(200, True)


class BatchTellsAll(PingPlotter):
    """A batch answers for the ids that were asked for."""

    def session_statuses(self, call: Call) -> Answer:
        body = self.body(call, dict)
        self.ids(body, "SessionIds")
        return Answer(200, [self.status_of_session(s, body) for s in self.sessions.values()])


class BatchTellsFirst(PingPlotter):
    """A batch answers for every id that was asked for."""

    def ids(self, body: Item, key: str) -> list[str]:
        return super().ids(body, key)[:1]


class BatchSwapsIds(PingPlotter):
    """Each entry of a batch is about its own id."""

    def session_statuses(self, call: Call) -> Answer:
        answer = super().session_statuses(call)
        ids = [entry["SessionId"] for entry in answer.body]
        for entry, other in zip(answer.body, ids[1:] + ids[:1], strict=True):
            entry["SessionId"] = other
        return answer


class OtherSession(PingPlotter):
    """The status of a session is its own."""

    def session_status(self, session_id: str) -> Answer:
        self.session(session_id)
        return super().session_status(next(iter(self.sessions)))


class SessionsOfGhosts(PingPlotter):
    """A session's agent exists."""

    def shown_session(self, session: Item) -> Item:
        return {**super().shown_session(session), "AgentUniqueId": "a1:0000000000000000000"}


class UnknownIsFirst(PingPlotter):
    """An unknown id is nobody's."""

    def session(self, session_id: str) -> Item:
        return self.sessions.get(session_id) or next(iter(self.sessions.values()))


class TargetNotNeeded(PingPlotter):
    """Target is required for a new session."""

    def text(self, body: Item, key: str) -> str:
        return body.get(key) or "192.0.2.99" if key == "Target" else super().text(body, key)


class StatusPauses(PingPlotter):
    """Reading a status changes nothing."""

    def session_status(self, session_id: str) -> Answer:
        answer = super().session_status(session_id)
        self.move(self.session(session_id), True)
        return answer


def _with_query(call: Call, query: tuple[tuple[str, str], ...]) -> Call:
    return Call(call.method, call.segments, query, call.headers, call.body, call.host)


_CLASSES: tuple[type[PingPlotter], ...] = (
    CreatesTwoSessions,
    CreatesOnlyTheFirst,
    CreatesForAnotherAgent,
    FilterIgnored,
    FiltersByOr,
    FilterByPrefix,
    FilterLosesOne,
    PausesNothing,
    PausesTheWholeAgent,
    NeverResumes,
    ActionsSwapped,
    PausesEverybody,
    PausesAllButOne,
    ClosesNothing,
    ClosesTheAgentsOthers,
    BatchTellsAll,
    BatchTellsFirst,
    BatchSwapsIds,
    OtherSession,
    SessionsOfGhosts,
    UnknownIsFirst,
    TargetNotNeeded,
    StatusPauses,
)

MUTANTS: tuple[Mutant, ...] = tuple(deed(app) for app in _CLASSES)
