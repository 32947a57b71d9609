"""What a request to PingPlotter's correct server must hold, and how it is refused."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.mutation.pingplotter_estate import Estate, Item
from benchmarks.mutation.serving import Answer, Call


class Refusal(Exception):
    """A request that cannot be done: the status and the reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Reception(Estate):
    """Looks up what is asked for, and takes bodies apart."""

    def agent(self, agent_id: str, even_deleted: bool = False) -> Item:
        """Return an agent; Refusal if there is none."""
        agent = self.agents.get(agent_id)
        if agent is None or (agent["Deleted"] and not even_deleted):
            raise Refusal(404, "there is no such agent")
        return agent

    def session(self, session_id: str) -> Item:
        """Return a session; Refusal if there is none."""
        if session_id not in self.sessions:
            raise Refusal(404, "there is no such session")
        return self.sessions[session_id]

    def sessions_of(self, agent_id: str) -> list[Item]:
        """Return the sessions of an agent."""
        return [s for s in self.sessions.values() if s["AgentUniqueId"] == agent_id]

    def body(self, call: Call, kind: type) -> Any:
        """Return the JSON of a request; Refusal if it is none of that kind."""
        try:
            body = json.loads(call.body)
        except (ValueError, RecursionError):
            raise Refusal(400, "the body is not JSON") from None
        if not isinstance(body, kind):
            raise Refusal(400, "the body is not what this operation takes")
        return body

    def query(self, call: Call) -> Item:
        """Return what a status may be narrowed by; Refusal if it is another thing."""
        body = self.body(call, dict) if call.body else {}
        for key in ("TargetName", "TargetIp"):
            if not isinstance(body.get(key, ""), str):
                raise Refusal(400, f"{key} must be a text")
        if "QualityDefinitionIds" in body:
            self.ids(body, "QualityDefinitionIds")
        return body

    def text(self, body: Item, key: str) -> str:
        """Return a text of a body; Refusal if it is missing or another thing."""
        value = body.get(key)
        if not isinstance(value, str) or not value.strip():
            raise Refusal(400, f"{key} must be a text")
        return value

    def target(self, entry: Any) -> str:
        """Return an entry's target; Refusal if the entry is not as the manual's table says."""
        if not isinstance(entry, dict):
            raise Refusal(400, "each entry must be an object")
        interval = entry.get("TraceIntervalInMs", 2500)
        number = isinstance(interval, int) and not isinstance(interval, bool) and interval >= 0
        digits = isinstance(interval, str) and interval.isascii() and interval.isdigit()
        if not number and not digits:
            raise Refusal(400, "TraceIntervalInMs must be a number of milliseconds")
        if not isinstance(entry.get("ConfigurationId", ""), str):
            raise Refusal(400, "ConfigurationId must be a text")
        return self.text(entry, "Target")

    def ids(self, body: Item, key: str) -> list[str]:
        """Return a list of ids; Refusal if it is missing or another thing."""
        value = body.get(key)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise Refusal(400, f"{key} must be a list of texts")
        return value

    def flag(self, call: Call, name: str) -> bool:
        """Return a boolean of the query; Refusal if it is another word."""
        value = call.last(name)
        if value not in {None, "true", "false"}:
            raise Refusal(400, f"{name} must be true or false")
        return value == "true"

    def error(self, status: int, reason: str) -> Answer:
        """Return an error; the manual shows no body but that of 429."""
        return Answer(status, {"error": reason})
