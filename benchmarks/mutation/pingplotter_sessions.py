"""What PingPlotter's correct server does with sessions."""

from __future__ import annotations

from benchmarks.mutation.pingplotter_estate import QUALITIES, Item
from benchmarks.mutation.pingplotter_reception import Reception, Refusal
from benchmarks.mutation.serving import Answer, Call


class Sessions(Reception):
    """The operations of the manual's page on sessions."""

    def list_sessions(self, call: Call) -> Answer:
        """Answer the sessions that fit every filter."""
        agent = call.last("agentUniqueId")
        query = {"TargetName": call.last("targetName"), "TargetIp": call.last("targetIp")}
        fitting = [
            session
            for session in self.sessions.values()
            if (not agent or session["AgentUniqueId"] == agent) and self.fits(session, query)
        ]
        return Answer(200, [self.shown_session(session) for session in fitting])

    def fits(self, session: Item, query: Item) -> bool:
        """Say whether a session has the name and the address that are asked for."""
        name, address = query.get("TargetName"), query.get("TargetIp")
        names = (session["Target"], session["Description"])
        return (not name or name in names) and (not address or session["IpAddress"] == address)

    def shown_session(self, session: Item) -> Item:
        """Return a session as it is sent."""
        return {key: value for key, value in session.items() if key != "Target"}

    def create_sessions(self, call: Call) -> Answer:
        """Make all of them, or none."""
        wanted = []
        for entry in self.body(call, list):
            if not isinstance(entry, dict):
                raise Refusal(400, "each entry must be an object")
            agent = self.agent(self.text(entry, "AgentUniqueId"))
            wanted.append((agent["UniqueId"], self.target(entry)))
        for agent_id, target in wanted:
            self.new_session(agent_id, target)
        return Answer(200, True)

    def update_session(self, call: Call, agent_id: str | None = None) -> Answer:
        """Pause or resume one."""
        body = self.body(call, dict)
        session = self.session(self.text(body, "SessionId"))
        if agent_id is not None and session["AgentUniqueId"] != self.agent(agent_id)["UniqueId"]:
            raise Refusal(404, "this agent has no such session")
        action = self.text(body, "Action")
        if action not in {"pause", "resume"}:
            raise Refusal(400, "Action must be pause or resume")
        self.move(session, action == "pause")
        return Answer(200, True)

    def move(self, session: Item, pausing: bool) -> None:
        """Pause or resume; what is closed is only resumed."""
        if not pausing:
            session["Status"] = self.words["active"]
        elif session["Status"] == self.words["active"]:
            session["Status"] = self.words["paused"]

    def update_all(self, call: Call, agent_id: str) -> Answer:
        """Pause or resume all sessions of an agent that are not closed."""
        action = call.last("action")
        if action not in {"0", "1"}:
            raise Refusal(400, "action must be 0 or 1")
        for session in self.sessions_of(self.agent(agent_id)["UniqueId"]):
            if session["Status"] != self.words["closed"]:
                self.move(session, action == "0")
        return Answer(200, True)

    def close(self, session_id: str) -> Answer:
        """End one."""
        self.session(session_id)["Status"] = self.words["closed"]
        return Answer(200, True)

    def session_status(self, session_id: str) -> Answer:
        """Answer the status of one."""
        return Answer(200, self.status_of_session(self.session(session_id), {}))

    def session_statuses(self, call: Call) -> Answer:
        """Answer the statuses of those that were named."""
        body = self.query(call)
        named = [self.sessions[i] for i in self.ids(body, "SessionIds") if i in self.sessions]
        fitting = [session for session in named if self.fits(session, body)]
        return Answer(200, [self.status_of_session(session, body) for session in fitting])

    def status_of_session(self, session: Item, query: Item) -> Item:
        """Return one status of a session."""
        return {**self.named(session), "TargetQuality": self.qualities(session, query)}

    def named(self, session: Item) -> Item:
        """Return how a status names a session."""
        return {key: session[key] for key in ("SessionId", "Description", "IpAddress")}

    def qualities(self, session: Item, query: Item) -> list[Item]:
        """Return the quality of a session by each definition."""
        wanted = query.get("QualityDefinitionIds") or QUALITIES
        moment = self.time(500)
        active = session["Status"] == self.words["active"]
        return [
            {
                "QualityDefinitionId": name,
                "QualityValue": "Good" if active else "NoData",
                "MeasuredAt": moment if active else None,
                "MeasuredAtTimestampInMs": self.in_ms(moment) if active else None,
                "QualityScore": 92.5 if active else None,
            }
            for name in wanted
            if name in QUALITIES
        ]
