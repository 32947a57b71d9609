"""Faults of deeds around PingPlotter's agents and its door: the docstring tells what breaks."""

from __future__ import annotations

import time

from benchmarks.mutation.mutant import Mutant, deed
from benchmarks.mutation.pingplotter import PingPlotter
from benchmarks.mutation.pingplotter_estate import Item
from benchmarks.mutation.pingplotter_reception import Refusal
from benchmarks.mutation.serving import Answer, Call


class CreatesNothing(PingPlotter):
    """A new agent can be read and is listed."""

    def create_agent(self, call: Call) -> Answer:
        answer = super().create_agent(call)
        del self.agents[answer.body["UniqueId"]]
        return answer


class CreatesUnderAnotherName(PingPlotter):
    """A new agent has the name that was sent."""

    def text(self, body: Item, key: str) -> str:
        value = super().text(body, key)
        return value.lower() if key == "Name" else value


class DeletesNothing(PingPlotter):
    """A deleted agent is not listed."""

    def gone(self, agent: Item) -> None:
        """Leave it as it is."""


class DeletesTheFirst(PingPlotter):
    """The agent that was named is deleted, and no other."""

    def delete_agent(self, call: Call) -> Answer:
        self.agent(self.text(self.body(call, dict), "UniqueId"))
        self.gone(next(a for a in self.agents.values() if not a["Deleted"]))
        return Answer(200, True)


class DeletedStaysListed(PingPlotter):
    """The plain list is without deleted agents."""

    def is_listed(self, agent: Item, templates: bool, deleted: bool) -> bool:
        del deleted
        return super().is_listed(agent, templates, True)


class DeletedNeverListed(PingPlotter):
    """With includeDeleted the list shows deleted agents."""

    def is_listed(self, agent: Item, templates: bool, deleted: bool) -> bool:
        del deleted
        return super().is_listed(agent, templates, False)


class OnlyDeletedListed(PingPlotter):
    """With includeDeleted the list shows the others too."""

    def is_listed(self, agent: Item, templates: bool, deleted: bool) -> bool:
        return super().is_listed(agent, templates, deleted) and (agent["Deleted"] or not deleted)


class TemplatesListed(PingPlotter):
    """The plain list is without templates."""

    def is_listed(self, agent: Item, templates: bool, deleted: bool) -> bool:
        del templates
        return super().is_listed(agent, True, deleted)


class RenamesNothing(PingPlotter):
    """A new name is seen."""

    def rename(self, call: Call, agent_id: str) -> Answer:
        self.agent(agent_id)
        self.text(self.body(call, dict), "Name")
        return Answer(200, True)


class RenamesAll(PingPlotter):
    """Renaming touches no other agent."""

    def rename(self, call: Call, agent_id: str) -> Answer:
        answer = super().rename(call, agent_id)
        for agent in self.agents.values():
            agent["Name"] = self.agents[agent_id]["Name"]
        return answer


class RenamingClearsNotes(PingPlotter):
    """Renaming touches nothing but the name."""

    def rename(self, call: Call, agent_id: str) -> Answer:
        self.agent(agent_id)["CustomFields"] = []
        return super().rename(call, agent_id)


class BatchDiffers(PingPlotter):
    """A batch says what the single answer says."""

    def agent_statuses(self, call: Call) -> Answer:
        answer = super().agent_statuses(call)
        for entry in answer.body:
            entry["IsOnline"] = not entry["IsOnline"]
        return answer


class CountsWrong(PingPlotter):
    """TotalSessions counts the agent's sessions."""

    def shown_agent(self, agent: Item) -> Item:
        shown = super().shown_agent(agent)
        return {**shown, "TotalSessions": shown["TotalSessions"] + 1}


class CountsNeverMove(PingPlotter):
    """OpenSessions and TotalSessions follow the sessions."""

    def shown_agent(self, agent: Item) -> Item:
        return {**agent, "OpenSessions": 0, "TotalSessions": 0}


class OtherAgent(PingPlotter):
    """Reading an id shows what has this id."""

    def agent(self, agent_id: str, even_deleted: bool = False) -> Item:
        found = super().agent(agent_id, even_deleted)
        return next(iter(self.agents.values())) if even_deleted else found


class NoKeyNeeded(PingPlotter):
    """Every operation needs a key."""

    def knows(self, key: str | None) -> bool:
        return key is None or super().knows(key)


class AnyKey(PingPlotter):
    """Only keys that exist are accepted."""

    def knows(self, key: str | None) -> bool:
        return bool(key)


class NoKeyForWriting(PingPlotter):
    """Writing needs a key."""

    def guarded(self, call: Call) -> Answer:
        if call.method in {"PUT", "DELETE"} and call.method in (known := self.operations(call)):
            return known[call.method]()
        return super().guarded(call)


class NameNotNeeded(PingPlotter):
    """Name is required for a new agent."""

    def text(self, body: Item, key: str) -> str:
        return body.get(key) or "unnamed" if key == "Name" else super().text(body, key)


class BirthdayMoves(PingPlotter):
    """CreationDate stays what it was."""

    def shown_agent(self, agent: Item) -> Item:
        return {**super().shown_agent(agent), "CreationDate": self.now()}


class CrashOnList(PingPlotter):
    """A body of another type is never a server error."""

    kind = "robustness"

    def body(self, call: Call, kind: type) -> object:
        body = super().body(call, object)
        if not isinstance(body, kind):
            raise Refusal(500, "internal error")
        return body


class CrashOnDeepBody(PingPlotter):
    """A deeply nested body is never a server error."""

    kind = "robustness"

    def body(self, call: Call, kind: type) -> object:
        if call.body.count(b"[") > 2000:
            raise Refusal(500, "internal error")
        return super().body(call, kind)


class CrashOnEmoji(PingPlotter):
    """Unicode is never a server error."""

    kind = "robustness"

    def text(self, body: Item, key: str) -> str:
        value = super().text(body, key)
        if any(ord(letter) > 0xFFFF for letter in value):
            raise Refusal(500, "internal error")
        return value


class CrashOnUnknownAgent(PingPlotter):
    """An unknown id is never a server error."""

    kind = "robustness"

    def agent(self, agent_id: str, even_deleted: bool = False) -> Item:
        if agent_id not in self.agents:
            raise Refusal(500, "internal error")
        return super().agent(agent_id, even_deleted)


class HangsOnEmptyBody(PingPlotter):
    """A missing body is answered."""

    kind = "robustness"

    def body(self, call: Call, kind: type) -> object:
        if not call.body:
            time.sleep(30)
        return super().body(call, kind)


_CLASSES: tuple[type[PingPlotter], ...] = (
    CreatesNothing,
    CreatesUnderAnotherName,
    DeletesNothing,
    DeletesTheFirst,
    DeletedStaysListed,
    DeletedNeverListed,
    OnlyDeletedListed,
    TemplatesListed,
    RenamesNothing,
    RenamesAll,
    RenamingClearsNotes,
    BatchDiffers,
    CountsWrong,
    CountsNeverMove,
    OtherAgent,
    NoKeyNeeded,
    AnyKey,
    NoKeyForWriting,
    NameNotNeeded,
    BirthdayMoves,
    CrashOnList,
    CrashOnDeepBody,
    CrashOnEmoji,
    CrashOnUnknownAgent,
    HangsOnEmptyBody,
)

MUTANTS: tuple[Mutant, ...] = tuple(deed(app) for app in _CLASSES)
