"""How agents and sessions are found; nothing here changes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mockserver.core.backend import Backend
from mockserver.core.errors import NotFound, shown
from mockserver.core.series import Minute
from mockserver.core.store import Document, Kind
from mockserver.vendors.pingplotter.allowance import spent
from mockserver.vendors.pingplotter.measurements import Reading, read
from mockserver.vendors.pingplotter.model import AGENT, FETCHES, SESSION, Tally, tally
from mockserver.vendors.pingplotter.points import Span
from mockserver.vendors.pingplotter.tracing import is_traced, spacing_ms


@dataclass(slots=True)
class Records(Backend):
    """The agents, deleted ones among them, and the sessions of an account."""

    async def agents(self) -> list[Document]:
        """Return all agents, templates and deleted ones among them."""
        return await self.documents.find(AGENT.name)

    async def agent(self, unique_id: str) -> Document:
        """Return an agent, a deleted one too; NotFound if there is none."""
        agent = await self.documents.get(AGENT.name, unique_id)
        if agent is None:
            raise NotFound(f"no agent has the UniqueId {shown(unique_id)}")
        return agent

    async def live_agent(self, unique_id: str) -> Document:
        """Return an agent; NotFound if there is none or it was deleted."""
        agent = await self.agent(unique_id)
        if agent["Deleted"]:
            raise NotFound(f"the agent {shown(unique_id)} was deleted")
        return agent

    async def live_agents(self, unique_ids: Sequence[str]) -> list[Document]:
        """Return those of the agents named that there are, in the order named."""
        return [
            one for one in await self._named(AGENT, "UniqueId", unique_ids) if not one["Deleted"]
        ]

    async def session(self, session_id: str) -> Document:
        """Return a session; NotFound if there is none."""
        session = await self.documents.get(SESSION.name, session_id)
        if session is None:
            raise NotFound(f"no session has the SessionId {shown(session_id)}")
        return session

    async def sessions(self, agent_id: str | None = None) -> list[Document]:
        """Return all sessions, or those of one agent."""
        where = {"AgentUniqueId": agent_id} if agent_id else None
        return await self.documents.find(SESSION.name, where)

    async def sessions_named(self, session_ids: Sequence[str]) -> list[Document]:
        """Return those of the sessions named that there are, in the order named."""
        return await self._named(SESSION, "SessionId", session_ids)

    async def agents_of(self, sessions: Sequence[Document]) -> dict[str, Document]:
        """Return the agents that run `sessions`, by their ids."""
        ids = [session["AgentUniqueId"] for session in sessions]
        return {agent["UniqueId"]: agent for agent in await self._named(AGENT, "UniqueId", ids)}

    async def tallies(self, agent_id: str | None = None) -> Mapping[str, Tally]:
        """Return the numbers of sessions by agent; an agent without any is not among them."""
        return tally(await self.sessions(agent_id), self._newest_ms)

    def reading(self, session: Document, agent: Document) -> Reading | None:
        """Return what was last measured for a session of `agent`, None if nothing was."""
        series = self.following.series(session["SessionId"])
        if series is None or not is_traced(session, agent):
            return None
        reading = read(series, spacing_ms(session), self.clock.now_ms())
        if reading is not None:
            self.shows([reading.origin])
        return reading

    async def fetch_minutes(self, session: Document, span: Span) -> list[Minute]:
        """Return all minutes of a session; TooManyRequests if too much of them was fetched."""
        id_ = session["SessionId"]
        series = self.following.series(id_)
        rows = list(series.minutes()) if series else []
        amount_ms = span.shared_with(rows)
        if series is None or not amount_ms:
            return rows
        known = await self.documents.get(FETCHES.name, id_)
        fetches = spent(known["fetches"] if known else (), self.clock.now_ms(), amount_ms)
        write = self.documents.update if known else self.documents.insert
        await write(FETCHES.name, id_, {"fetches": fetches})
        self.shows([series.origin])
        return rows

    def _newest_ms(self, session: Document) -> int:
        series = self.following.series(session["SessionId"])
        return series.newest_ms if series else 0

    async def _named(self, kind: Kind, key: str, ids: Sequence[str]) -> list[Document]:
        wanted = tuple(dict.fromkeys(ids))
        found = {one[key]: one for one in await self.documents.find(kind.name, ids=wanted)}
        return [found[id_] for id_ in wanted if id_ in found]
