"""What can be done with the agents and sessions of one PingPlotter Cloud account."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.core.errors import Conflict, NotFound, shown
from mockserver.core.networks import simulation_at
from mockserver.core.series import Probe
from mockserver.core.store import Document, Kind
from mockserver.vendors.pingplotter.model import (
    AGENT,
    CLOSED,
    CONFIGURATION_ID,
    INTERVAL_MS,
    RESUME,
    SESSION,
    Tally,
    after,
    interval_ms,
    last_message_ms,
    new_agent,
    new_session,
)
from mockserver.vendors.pingplotter.records import Records
from mockserver.vendors.pingplotter.targets import Target, parse_target
from mockserver.vendors.pingplotter.tracing import (
    is_traced,
    past_of,
    place_of,
    spacing_ms,
    subject_of,
)

Fields = Mapping[str, Any]


@dataclass(slots=True)
class PingPlotterBackend(Records):
    """Agents and their sessions; a deleted agent is kept, its sessions closed."""

    async def create_agent(self, fields: Fields) -> Document:
        """Add an agent or template, with sessions for its targets; it was never installed."""
        unique_id = f"a1:{self.randomness.token(19, *await self.fresh('agent'))}"
        agent = new_agent(unique_id, fields["Name"], self.clock.now_ms())
        agent["IsTemplate"] = fields.get("IsTemplate", False)
        await self.documents.insert(AGENT.name, unique_id, agent)
        targets = [one for one in fields.get("Targets", ()) if "Target" in one]
        await self._add_sessions([(agent, one) for one in targets])
        return agent

    async def rename_agent(self, unique_id: str, name: str) -> None:
        """Give an agent another name."""
        agent = await self.live_agent(unique_id)
        await self._change(AGENT, unique_id, agent | {"Name": name})

    async def reconnect_agent(self, unique_id: str) -> None:
        """Have an agent say hello again; one that is offline does not hear of it."""
        agent = await self.live_agent(unique_id)
        if agent["IsOnline"]:
            now_ms = self.clock.now_ms()
            await self._change(AGENT, unique_id, agent | {"last_message_ms": now_ms})

    async def delete_agent(self, unique_id: str) -> None:
        """Mark an agent as deleted and close its sessions."""
        agent = await self.live_agent(unique_id)
        now_ms = self.clock.now_ms()
        changes = {
            "IsOnline": False,
            "Deleted": True,
            "DownloadUrl": None,
            "deleted_ms": now_ms,
            "last_message_ms": last_message_ms(agent, now_ms),
        }
        await self._change(AGENT, unique_id, agent | changes)
        for session in await self.sessions(unique_id):
            await self._turn(session, CLOSED, agent | changes)

    async def turn_agent(self, unique_id: str, *, online: bool) -> None:
        """Let an agent come or go: its active sessions are traced only while it is there."""
        agent = await self.live_agent(unique_id)
        now_ms = self.clock.now_ms()
        newest_ms = (await self.tallies(unique_id)).get(unique_id, Tally()).newest_ms
        last_ms = now_ms if online else last_message_ms(agent, now_ms, newest_ms)
        agent |= {"IsOnline": online, "last_message_ms": last_ms}
        await self._change(AGENT, unique_id, agent)
        for session in await self.sessions(unique_id):
            await self._appear(session, agent)

    async def uninstall_agent(self, unique_id: str) -> None:
        """Take an agent's software from its device; Conflict while the agent is offline."""
        agent = await self.live_agent(unique_id)
        if not agent["IsOnline"]:
            raise Conflict("the agent is offline and cannot be uninstalled; nothing was deleted")
        changes = {"Configured": False, "ServiceRunning": False}
        await self._change(AGENT, unique_id, agent | changes)

    async def create_sessions(self, targets: Sequence[Fields]) -> None:
        """Start a session for each target; NotFound if one names an agent that is not there."""
        ids = [target["AgentUniqueId"] for target in targets]
        agents = {one["UniqueId"]: one for one in await self.live_agents(ids)}
        missing = next((id_ for id_ in ids if id_ not in agents), None)
        if missing is not None:
            raise NotFound(f"no agent has the UniqueId {shown(missing)}; no session was created")
        await self._add_sessions([(agents[one["AgentUniqueId"]], one) for one in targets])

    async def update_session(self, session_id: str, action: str) -> None:
        """Pause or resume a session; NotFound to resume it where its agent was deleted."""
        session = await self.session(session_id)
        read = self.live_agent if action == RESUME else self.agent
        agent = await read(session["AgentUniqueId"])
        await self._turn(session, after(action, session["Status"]), agent)

    async def update_agent_session(self, agent_id: str, session_id: str, action: str) -> None:
        """Pause or resume a session of this agent; NotFound if it is another agent's."""
        await self.live_agent(agent_id)
        session = await self.session(session_id)
        if session["AgentUniqueId"] != agent_id:
            raise NotFound(f"the session {shown(session_id)} is not of the agent named")
        await self.update_session(session_id, action)

    async def update_sessions(self, agent_id: str, action: str) -> None:
        """Pause or resume all sessions of an agent, except closed ones."""
        agent = await self.live_agent(agent_id)
        for session in await self.sessions(agent_id):
            if session["Status"] != CLOSED:
                await self._turn(session, after(action, session["Status"]), agent)

    async def close_session(self, session_id: str) -> None:
        """Close a session; one that is closed stays so."""
        session = await self.session(session_id)
        await self._turn(session, CLOSED, await self.agent(session["AgentUniqueId"]))

    async def learn_address(self, session_id: str, address: str) -> None:
        """Keep the address that the name of a target led to, and trace that from now on."""
        session = await self.session(session_id)
        session["IpAddress"] = address
        await self._change(SESSION, session_id, session)
        self._trace(session, await self.agent(session["AgentUniqueId"]))

    async def resume_tracing(self) -> None:
        """Trace again what was traced when the server ended; samples begin anew."""
        agents = {agent["UniqueId"]: agent for agent in await self.agents()}
        for session in await self.sessions():
            self._trace(session, agents[session["AgentUniqueId"]])

    def trace_since_before(self, session: Document, agent: Document) -> None:
        """Trace a session that is there from the beginning, as if for some minutes already."""
        place = self.following.place(place_of(agent, self.account.name))
        self._trace(session, agent, past_of(place, session, self.clock.now_ms()))

    async def _add_sessions(self, targets: Sequence[tuple[Document, Fields]]) -> None:
        # One number for all of them: an array may hold thousands.
        stream = await self.fresh("session")
        for place, (agent, fields) in enumerate(targets):
            session_id = f"s1:{self.randomness.token(19, *stream, place)}"
            session = self._new_session(session_id, agent, fields)
            await self.documents.insert(SESSION.name, session_id, session)
            self._trace(session, agent)

    def _new_session(self, session_id: str, agent: Document, fields: Fields) -> Document:
        target = parse_target(fields["Target"])
        session = new_session(session_id, agent, target, self.clock.now_ms())
        session["configuration_id"] = fields.get("ConfigurationId", CONFIGURATION_ID)
        session["interval_ms"] = interval_ms(fields.get("TraceIntervalInMs", INTERVAL_MS))
        session["IpAddress"] = self._resolved(target, agent)
        return session

    def _resolved(self, target: Target, agent: Document) -> str:
        # Names are looked up by the agent: one that is not there leaves them unresolved, and one
        # that really measures asks when it begins.
        place = self.following.place(place_of(agent, self.account.name))
        if agent["IsOnline"] and simulation_at(place):
            return target.resolve(self.randomness)
        return target.literal

    async def _turn(self, session: Document, status: str, agent: Document) -> None:
        if status != session["Status"]:
            changes = {"Status": status, "since_ms": self.clock.now_ms()}
            await self._appear(session | changes, agent)

    async def _appear(self, session: Document, agent: Document) -> None:
        address = session["IpAddress"] or self._resolved(Target(session["target"]), agent)
        session |= {"IpAddress": address}
        await self._change(SESSION, session["SessionId"], session)
        self._trace(session, agent)

    def _trace(
        self,
        session: Document,
        agent: Document,
        past: Callable[[], Sequence[Probe]] | None = None,
    ) -> None:
        subject = subject_of(session)
        if subject is None or not is_traced(session, agent):
            self.following.leave(session["SessionId"])
            return
        self.following.follow(
            session["SessionId"],
            subject,
            place=place_of(agent, self.account.name),
            interval_ms=spacing_ms(session),
            past=past,
        )

    async def _change(self, kind: Kind, id_: str, document: Document) -> None:
        await self.documents.update(kind.name, id_, document)
