"""What PingPlotter's correct server does with agents."""

from __future__ import annotations

from benchmarks.mutation.pingplotter_estate import Item
from benchmarks.mutation.pingplotter_reception import Refusal
from benchmarks.mutation.pingplotter_sessions import Sessions
from benchmarks.mutation.serving import Answer, Call

_CREATED = (
    "Name",
    "UniqueId",
    "IsOnline",
    "IsTemplate",
    "IsBorrowed",
    "OpenSessions",
    "TotalSessions",
    "Configured",
    "Platform",
    "ServiceRunning",
    "Deleted",
    "HasSyncedServers",
    "DownloadUrl",
)


class Agents(Sessions):
    """The operations of the manual's page on agents."""

    def list_agents(self, call: Call) -> Answer:
        """Answer the agents; templates and deleted ones only on demand."""
        templates = self.flag(call, "includeTemplates")
        deleted = self.flag(call, "includeDeleted")
        shown = [a for a in self.agents.values() if self.is_listed(a, templates, deleted)]
        return Answer(200, [self.shown_agent(agent) for agent in shown])

    def is_listed(self, agent: Item, templates: bool, deleted: bool) -> bool:
        """Say whether the list shows an agent."""
        return (templates or not agent["IsTemplate"]) and (deleted or not agent["Deleted"])

    def create_agent(self, call: Call) -> Answer:
        """Make an agent and the sessions of its targets."""
        body = self.body(call, dict)
        name = self.text(body, "Name")
        template, targets = body.get("IsTemplate", False), body.get("Targets", [])
        if not isinstance(template, bool) or not isinstance(targets, list):
            raise Refusal(400, "IsTemplate must be a boolean, Targets a list")
        wanted = [self.target(entry) for entry in targets if entry != {}]
        agent = self.new_agent(name, online=False, template=template)
        for target in wanted:
            self.new_session(agent["UniqueId"], target)
        return self.created(self.shown_agent(agent))

    def created(self, agent: Item) -> Answer:
        """Answer the keys that the manual shows of a new agent."""
        return Answer(200, {key: agent[key] for key in _CREATED})

    def delete_agent(self, call: Call) -> Answer:
        """End an agent: hidden from then on. One that is offline cannot be uninstalled."""
        body = self.body(call, dict)
        agent = self.agent(self.text(body, "UniqueId"))
        if body.get("ShouldUninstall") is True and not agent["IsOnline"]:
            raise Refusal(409, "this agent is offline")
        self.gone(agent)
        return Answer(200, True)

    def gone(self, agent: Item) -> None:
        """Mark as deleted and close its sessions."""
        agent["Deleted"] = True
        agent["DeletionDate"] = self.now()
        agent["IsOnline"] = False
        for session in self.sessions_of(agent["UniqueId"]):
            session["Status"] = self.words["closed"]

    def rename(self, call: Call, agent_id: str) -> Answer:
        """Change a name."""
        self.agent(agent_id)["Name"] = self.text(self.body(call, dict), "Name")
        return Answer(200, True)

    def reconnect(self, agent_id: str) -> Answer:
        """Answer true."""
        agent = self.agent(agent_id)
        if agent["IsOnline"]:
            agent["LastMessageTime"] = self.now()
        return Answer(200, True)

    def shown_agent(self, agent: Item) -> Item:
        """Return an agent as it is sent, with its counts."""
        sessions = self.sessions_of(agent["UniqueId"])
        is_open = [s for s in sessions if s["Status"] != self.words["closed"]]
        return {**agent, "OpenSessions": len(is_open), "TotalSessions": len(sessions)}

    def agent_status(self, call: Call, agent_id: str) -> Answer:
        """Answer the status of one."""
        return Answer(200, self.status_of_agent(self.agent(agent_id), self.query(call)))

    def agent_statuses(self, call: Call) -> Answer:
        """Answer the statuses of those that were named."""
        body = self.query(call)
        ids = self.ids(body, "AgentUniqueIds")
        agents = [self.agents[i] for i in ids if i in self.agents]
        known = [agent for agent in agents if not agent["Deleted"]]
        return Answer(200, [self.status_of_agent(agent, body) for agent in known])

    def status_of_agent(self, agent: Item, query: Item) -> Item:
        """Return one status of an agent."""
        sessions = self.sessions_of(agent["UniqueId"])
        wanted = [
            s for s in sessions if self.fits(s, query) and s["Status"] != self.words["closed"]
        ]
        moment = agent["LastMessageTime"]
        return {
            "AgentUniqueId": agent["UniqueId"],
            "IsOnline": agent["IsOnline"],
            "OnWifi": agent["OnWifi"],
            "OnVPN": agent["OnVPN"],
            "LastMessageTime": moment,
            "LastMessageTimestampInMs": self.in_ms(moment),
            "TargetQuality": [
                {**quality, **self.named(session)}
                for session in wanted
                for quality in self.qualities(session, query)
            ],
        }
