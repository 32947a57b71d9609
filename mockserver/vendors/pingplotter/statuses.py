"""Questions for a status: which sessions and definitions are meant, and how those do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.core.store import Document
from mockserver.vendors.pingplotter import serializers
from mockserver.vendors.pingplotter.backend import PingPlotterBackend
from mockserver.vendors.pingplotter.model import CLOSED, Tally
from mockserver.vendors.pingplotter.quality import Definition, chosen
from mockserver.vendors.pingplotter.targets import TargetFilter


@dataclass(frozen=True, slots=True)
class StatusQuery:
    """What the body of a status operation narrows the answer to."""

    target: TargetFilter
    definitions: tuple[Definition, ...]

    @staticmethod
    def of(body: Mapping[str, Any] | None) -> StatusQuery:
        """Read a body; one that is absent or empty narrows nothing."""
        body = body or {}
        target = TargetFilter.of(body.get("TargetName"), body.get("TargetIp"))
        return StatusQuery(target, chosen(frozenset(body.get("QualityDefinitionIds", ()))))


async def of_agent(backend: PingPlotterBackend, agent: Document, query: StatusQuery) -> Document:
    """Return the status of an agent; its closed sessions are not told about."""
    sessions = [
        session
        for session in await backend.sessions(agent["UniqueId"])
        if session["Status"] != CLOSED and query.target.fits(session)
    ]
    qualities = [
        quality | serializers.session_label(session)
        for session in sessions
        for quality in _qualities(backend, session, agent, query)
    ]
    tallies = await backend.tallies(agent["UniqueId"])
    tally = tallies.get(agent["UniqueId"], Tally())
    return serializers.agent_status(agent, qualities, tally, backend.clock.now_ms())


async def of_sessions(
    backend: PingPlotterBackend, sessions: Sequence[Document], query: StatusQuery
) -> list[Document]:
    """Return the statuses of those of `sessions` that the query means."""
    meant = [session for session in sessions if query.target.fits(session)]
    agents = await backend.agents_of(meant)
    return [
        serializers.session_status(
            session, _qualities(backend, session, agents[session["AgentUniqueId"]], query)
        )
        for session in meant
    ]


def _qualities(
    backend: PingPlotterBackend, session: Document, agent: Document, query: StatusQuery
) -> list[Document]:
    reading = backend.reading(session, agent)
    return serializers.qualities(query.definitions, reading)
