"""The operations of PingPlotter Cloud's contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from mockserver.core.store import Document
from mockserver.vendors.pingplotter import configurations, quality, serializers, statuses
from mockserver.vendors.pingplotter.backend import PingPlotterBackend
from mockserver.vendors.pingplotter.model import CUSTOM_FIELDS, PAUSE, RESUME, Tally
from mockserver.vendors.pingplotter.points import Span
from mockserver.vendors.pingplotter.serializers import Moment
from mockserver.vendors.pingplotter.statuses import StatusQuery
from mockserver.vendors.pingplotter.targets import TargetFilter

Body = Mapping[str, Any]
Done = Literal[True]
_ACTIONS = {0: PAUSE, 1: RESUME}


async def list_agents(
    backend: PingPlotterBackend, *, include_templates: bool, include_deleted: bool
) -> list[Document]:
    """List agents; templates and deleted ones only if they are asked for."""
    agents = [
        agent
        for agent in await backend.agents()
        if (include_templates or not agent["IsTemplate"])
        and (include_deleted or not agent["Deleted"])
    ]
    return serializers.agents(agents, await backend.tallies(), _moment(backend))


async def create_agent(backend: PingPlotterBackend, body: Body) -> Document:
    """Create an agent or a template."""
    agent = await backend.create_agent(body)
    return serializers.created_agent(agent, *await _numbers(backend, agent))


async def delete_agent(backend: PingPlotterBackend, body: Body) -> Done:
    """Delete an agent, after taking it from its device if that is wanted."""
    if body.get("ShouldUninstall"):
        await backend.uninstall_agent(body["UniqueId"])
    await backend.delete_agent(body["UniqueId"])
    return True


async def list_agent_custom_fields(backend: PingPlotterBackend) -> list[Document]:
    """List the custom fields; an account cannot change them here."""
    del backend
    return [{"Name": name} for name in CUSTOM_FIELDS]


async def list_agent_statuses(backend: PingPlotterBackend, body: Body) -> list[Document]:
    """Tell how the agents named do."""
    query, agents = StatusQuery.of(body), await backend.live_agents(body["AgentUniqueIds"])
    return [await statuses.of_agent(backend, agent, query) for agent in agents]


async def get_agent(backend: PingPlotterBackend, unique_id: str) -> Document:
    """Return an agent, a deleted one too."""
    agent = await backend.agent(unique_id)
    return serializers.agent(agent, *await _numbers(backend, agent))


async def update_agent(backend: PingPlotterBackend, unique_id: str, body: Body) -> Done:
    """Rename an agent."""
    await backend.rename_agent(unique_id, body["Name"])
    return True


async def get_agent_status(
    backend: PingPlotterBackend, unique_id: str, body: Body | None
) -> Document:
    """Tell how an agent does."""
    agent = await backend.live_agent(unique_id)
    return await statuses.of_agent(backend, agent, StatusQuery.of(body))


async def force_reconnect_agent(backend: PingPlotterBackend, unique_id: str) -> Done:
    """Have an agent connect anew."""
    await backend.reconnect_agent(unique_id)
    return True


async def update_agent_session(backend: PingPlotterBackend, unique_id: str, body: Body) -> Done:
    """Pause or resume one session of an agent."""
    await backend.update_agent_session(unique_id, body["SessionId"], body["Action"])
    return True


async def update_agent_sessions(backend: PingPlotterBackend, unique_id: str, action: int) -> Done:
    """Pause or resume all sessions of an agent."""
    await backend.update_sessions(unique_id, _ACTIONS[action])
    return True


async def list_sessions(
    backend: PingPlotterBackend,
    agent_unique_id: str | None,
    target_name: str | None,
    target_ip: str | None,
) -> list[Document]:
    """List the sessions that fit every filter."""
    wanted = TargetFilter.of(target_name, target_ip)
    sessions = await backend.sessions(agent_unique_id)
    return [serializers.session(session) for session in sessions if wanted.fits(session)]


async def create_sessions(backend: PingPlotterBackend, body: Sequence[Body]) -> Done:
    """Start a session for each target, or none at all."""
    await backend.create_sessions(body)
    return True


async def update_session(backend: PingPlotterBackend, body: Body) -> Done:
    """Pause or resume a session."""
    await backend.update_session(body["SessionId"], body["Action"])
    return True


async def get_session(backend: PingPlotterBackend, id_: str) -> Document:
    """Return a session; `id_` is its own."""
    return serializers.session(await backend.session(id_))


async def update_sessions_of_agent(backend: PingPlotterBackend, id_: str, action: int) -> Done:
    """Pause or resume all sessions of an agent; here `id_` is the agent's."""
    await backend.update_sessions(id_, _ACTIONS[action])
    return True


async def get_session_status(backend: PingPlotterBackend, id_: str) -> Document:
    """Tell how a session does, by every definition."""
    session = await backend.session(id_)
    (status,) = await statuses.of_sessions(backend, [session], StatusQuery.of(None))
    return status


async def close_session(backend: PingPlotterBackend, id_: str) -> Done:
    """Close a session."""
    await backend.close_session(id_)
    return True


async def list_session_statuses(backend: PingPlotterBackend, body: Body) -> list[Document]:
    """Tell how the sessions named do."""
    sessions = await backend.sessions_named(body["SessionIds"])
    return await statuses.of_sessions(backend, sessions, StatusQuery.of(body))


async def list_session_points(
    backend: PingPlotterBackend,
    session_id: str,
    start_time: str | None = None,
    end_time: str | None = None,
) -> Document:
    """Tell what a session measured over time, in buckets of five minutes."""
    session = await backend.session(session_id)
    span = Span.of(start_time, end_time, backend.clock.now_ms())
    rows = await backend.fetch_minutes(session, span)
    agent = await backend.agent(session["AgentUniqueId"])
    return serializers.session_points(session, agent, rows, span)


async def list_quality_definitions(backend: PingPlotterBackend) -> list[Document]:
    """List the quality definitions with their curves."""
    del backend
    return [serializers.quality_definition(one) for one in quality.DEFINITIONS]


async def list_configurations(backend: PingPlotterBackend) -> list[Document]:
    """List the configurations that sessions can be traced with."""
    del backend
    return [configurations.document(one) for one in configurations.CONFIGURATIONS]


def _moment(backend: PingPlotterBackend) -> Moment:
    return Moment(backend.clock.now_ms(), backend.base_url)


async def _numbers(backend: PingPlotterBackend, agent: Document) -> tuple[Tally, Moment]:
    """Return the numbers of an agent's sessions, and the moment."""
    unique_id = agent["UniqueId"]
    tally = (await backend.tallies(unique_id)).get(unique_id, Tally())
    return tally, _moment(backend)
