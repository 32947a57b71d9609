"""Agents and sessions of PingPlotter Cloud, written from the vendor's manual: no fault is known.

Methods are small so that a mutant overrides one of them. The class `Stranger` parts from every
decision that this project made where the manual says nothing.
"""

from __future__ import annotations

import ipaddress
import json
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.mutation.serving import Answer, App, Call

KEY = "bench-pingplotter-key"
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BEGIN = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
_QUALITIES = ("remote-desktop", "voice-over-ip")
_CREATED = (
    "Name UniqueId IsOnline IsTemplate IsBorrowed OpenSessions TotalSessions Configured Platform "
    "ServiceRunning Deleted HasSyncedServers DownloadUrl"
).split()
Item = dict[str, Any]
Operation = Callable[..., Answer]


class Refusal(Exception):
    """A request that cannot be done: the status and the reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class PingPlotter(App):
    """Agents with their sessions, of one account."""

    limit = 100_000
    words = {"active": "Active", "paused": "Paused", "closed": "Closed"}

    def __init__(self, count: int = 3) -> None:
        """Make the same world each time."""
        self.chance = random.Random(30)
        self.lock = threading.RLock()
        self.agents: dict[str, Item] = {}
        self.sessions: dict[str, Item] = {}
        self.spent = 0
        for number in range(count):
            agent = self.new_agent(f"Office {number}", online=number != 1)
            for target in ("192.0.2.10 Router", f"198.51.100.{number + 1}", "203.0.113.5 Mail"):
                self.new_session(agent["UniqueId"], target)
        self.new_agent("Template", template=True)
        self.gone(self.new_agent("Old office"))

    # The way of a request

    def answer(self, call: Call) -> Answer:
        """Answer one call."""
        with self.lock:
            self.spent += 1
            try:
                answer = self.guarded(call)
            except Refusal as refusal:
                answer = self.error(refusal.status, str(refusal))
            answer.headers |= self.limits()
            return answer

    def limits(self) -> dict[str, str]:
        """Return the headers of every answer."""
        left = max(0, self.limit - self.spent)
        reset = str(int(time.time()) + 60)
        names = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
        return dict(zip(names, (str(self.limit), str(left), reset), strict=True))

    def guarded(self, call: Call) -> Answer:
        """Ask for the key, then route."""
        if self.spent > self.limit:
            return self.too_many()
        if not self.knows(call.headers.get("X-API-KEY")):
            raise Refusal(401, "the key is missing or not valid")
        operations = self.operations(call)
        if not operations:
            raise Refusal(404, "there is nothing here")
        if call.method not in operations:
            answer = self.error(405, "this method is not known here")
            answer.headers["Allow"] = ", ".join(operations)
            return answer
        return operations[call.method]()

    def knows(self, key: str | None) -> bool:
        """Say whether a key is good."""
        return key == KEY

    def too_many(self) -> Answer:
        """Answer that the allowance is used up."""
        body = {"error": "Rate limit exceeded", "limit": self.limit, "remaining": 0}
        body |= {"cost": 1, "retryAfterSeconds": 10}
        return Answer(429, body, {"Retry-After": "10"})

    def operations(self, call: Call) -> dict[str, Operation]:
        """Return what a path knows, by method."""
        match call.segments:
            case ("agents",):
                create, delete = self.create_agent, self.delete_agent
                return {
                    "GET": lambda: self.list_agents(call),
                    "POST": lambda: create(call),
                    "DELETE": lambda: delete(call),
                }
            case ("agents", "customfields"):
                return {"GET": lambda: Answer(200, [{"Name": "Site"}])}
            case ("agents", "status"):
                return {"POST": lambda: self.agent_statuses(call)}
            case ("agents", agent_id, *rest):
                return self.agent_operations(call, agent_id, tuple(rest))
            case ("sessions",):
                return {
                    "GET": lambda: self.list_sessions(call),
                    "POST": lambda: self.create_sessions(call),
                    "PUT": lambda: self.update_session(call),
                }
            case ("sessions", "status"):
                return {"POST": lambda: self.session_statuses(call)}
            case ("sessions", session_id, *rest):
                return self.session_operations(call, session_id, tuple(rest))
            case _:
                return {}

    def agent_operations(
        self, call: Call, agent_id: str, rest: tuple[str, ...]
    ) -> dict[str, Operation]:
        """Return what is known below an agent."""
        match rest:
            case ():
                return {
                    "GET": lambda: Answer(200, self.shown_agent(self.agent(agent_id, True))),
                    "PUT": lambda: self.rename(call, agent_id),
                }
            case ("status",):
                return {"POST": lambda: self.agent_status(call, agent_id)}
            case ("forcereconnect",):
                return {"POST": lambda: self.reconnect(agent_id)}
            case ("session",):
                return {"PUT": lambda: self.update_session(call, agent_id)}
            case ("sessions",):
                return {"PUT": lambda: self.update_all(call, agent_id)}
            case _:
                return {}

    def session_operations(
        self, call: Call, session_id: str, rest: tuple[str, ...]
    ) -> dict[str, Operation]:
        """Return what is known below a session, or an agent in its place."""
        match rest:
            case ():
                return {
                    "GET": lambda: Answer(200, self.shown_session(self.session(session_id))),
                    "PUT": lambda: self.update_all(call, session_id),
                }
            case ("status",):
                return {"GET": lambda: self.session_status(session_id)}
            case ("close",):
                return {"PUT": lambda: self.close(session_id)}
            case _:
                return {}

    # Agents

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
        agent = self.new_agent(name, online=False, template=bool(body.get("IsTemplate", False)))
        for target in body.get("Targets") or []:
            if isinstance(target, dict) and target.get("Target"):
                self.new_session(agent["UniqueId"], str(target["Target"]))
        return self.created(self.shown_agent(agent))

    def created(self, agent: Item) -> Answer:
        """Answer the keys that the manual shows of a new agent."""
        return Answer(200, {key: agent[key] for key in _CREATED})

    def delete_agent(self, call: Call) -> Answer:
        """End an agent: hidden from then on."""
        self.gone(self.agent(self.text(self.body(call, dict), "UniqueId")))
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
        body = json.loads(call.body) if call.body else {}
        return Answer(200, self.status_of_agent(self.agent(agent_id), body))

    def agent_statuses(self, call: Call) -> Answer:
        """Answer the statuses of those that were named."""
        body = self.body(call, dict)
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

    # Sessions

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
            wanted.append((agent["UniqueId"], self.text(entry, "Target")))
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
        body = self.body(call, dict)
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
        wanted = query.get("QualityDefinitionIds") or _QUALITIES
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
            if name in _QUALITIES
        ]

    # What is asked for

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

    def text(self, body: Item, key: str) -> str:
        """Return a text of a body; Refusal if it is missing or another thing."""
        value = body.get(key)
        if not isinstance(value, str) or not value.strip():
            raise Refusal(400, f"{key} must be a text")
        return value

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

    # What things look like

    def new_id(self, prefix: str) -> str:
        """Return a new id: it has a colon, so it must be encoded in a path by who is careful."""
        return prefix + "".join(self.chance.choices(_LETTERS, k=19))

    def time(self, minutes: float) -> str:
        """Return a time as the manual writes them."""
        return (_BEGIN + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

    def now(self) -> str:
        """Return this moment."""
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

    def in_ms(self, moment: str | None) -> int | None:
        """Return a time as milliseconds since 1970."""
        if moment is None:
            return None
        return round(datetime.fromisoformat(moment).timestamp() * 1000)

    def new_session(self, agent_id: str, target: str) -> Item:
        """Make a session: what follows the first space of a target is its alias."""
        address, _, alias = target.partition(" ")
        session = {
            "AgentUniqueId": agent_id,
            "SessionId": self.new_id("s1:"),
            "Description": alias or address,
            "IpAddress": address if self.is_address(address) else "",
            "Status": self.words["active"],
            "ExpectedQuality": None,
            "Target": address,
        }
        self.sessions[session["SessionId"]] = session
        return session

    def is_address(self, text: str) -> bool:
        """Say whether a text is an IP address."""
        try:
            ipaddress.ip_address(text)
        except ValueError:
            return False
        return True

    def new_agent(self, name: str, *, online: bool = True, template: bool = False) -> Item:
        """Make an agent with all keys of the manual's sample."""
        agent_id = self.new_id("a1:")
        interface = {
            "IPv6Priority": 1,
            "IPv4Priority": 1,
            "Name": "Ethernet",
            "RawName": "eth0",
            "Type": "Ethernet",
            "GatewayIP": "192.0.2.1",
            "AdapterIP": "192.0.2.20",
            "Status": "Up",
            "Description": "A card",
            "Id": "eth0",
            "ConnectedWith": True,
            "SignalPercentage": 0,
            "NoisePercentage": 0,
            "UsedInConfigs": [],
        }
        agent = {
            "Name": name,
            "UniqueId": agent_id,
            "IsOnline": online and not template,
            "IsTemplate": template,
            "IsBorrowed": False,
            "OpenSessions": 0,
            "TotalSessions": 0,
            "Configured": True,
            "LastMessageTime": self.time(400) if online else None,
            "CreationDate": self.time(len(self.agents)),
            "MachineID": "machine-1",
            "Platform": "NotSpecified",
            "ServiceRunning": online,
            "MachineName": "host-1",
            "MostRecentIPAddress": "192.0.2.20",
            "ClientDetails": "1.0",
            "Deleted": False,
            "DeletionDate": None,
            "Notes": None,
            "UserAttributesJson": "{}",
            "Servers": "server-1",
            "HasSyncedServers": True,
            "CustomFields": [{"Name": "Site", "Value": "North"}],
            "OnWifi": False,
            "OnVPN": False,
            "CurrentNetworkInterface": interface,
            "ConnectionType": "Ethernet",
            "AutoApprove": False,
            "TemplateUniqueId": None,
            "DownloadUrl": "https://downloads.example.com/agent",
            "ExpectedQuality": {"Id": _QUALITIES[0], "Name": "Remote Desktop"},
        }
        self.agents[agent_id] = agent
        return agent
