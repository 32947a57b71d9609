"""The same two servers with other answers wherever the documents leave the choice."""

from __future__ import annotations

from benchmarks.mutation.ngrok import Ngrok
from benchmarks.mutation.pingplotter import PingPlotter
from benchmarks.mutation.pingplotter_estate import Item
from benchmarks.mutation.pingplotter_reception import Refusal
from benchmarks.mutation.serving import Answer, Call


class StrangeNgrok(Ngrok):
    """Sessions only, few of them; 403 for strangers, 422 for bad input, a longer error."""

    def __init__(self) -> None:
        """Make four sessions."""
        super().__init__(4)

    def guarded(self, call: Call) -> Answer:
        if "users" in call.segments:
            return self.error(404, "Resource not found")
        return super().guarded(call)

    def error(self, status: int, message: str, code: str = "") -> Answer:
        other = {401: 403, 405: 404}.get(status, status)
        answer = super().error(other, message, code or "ERR_NGROK_1")
        answer.body["details"]["hint"] = "see the documents"
        return answer


class StrangePingPlotter(PingPlotter):
    """Other words for a status, bare errors, deleted agents not found, unknown filters taken."""

    words = {"active": "Tracing", "paused": "Halted", "closed": "Stopped"}

    def __init__(self) -> None:
        """Make two agents."""
        super().__init__(2)

    def error(self, status: int, reason: str) -> Answer:
        other = {400: 422, 401: 403}.get(status, status)
        return Answer(other, {"title": reason, "status": other}, media="application/problem+json")

    def agent(self, agent_id: str, even_deleted: bool = False) -> Item:
        del even_deleted
        return super().agent(agent_id)

    def agent_statuses(self, call: Call) -> Answer:
        for agent_id in self.ids(self.body(call, dict), "AgentUniqueIds"):
            self.agent(agent_id)
        return super().agent_statuses(call)

    def move(self, session: Item, pausing: bool) -> None:
        if session["Status"] == self.words["closed"]:
            raise Refusal(409, "this session is closed")
        super().move(session, pausing)
