"""Agents that really run on other machines, as PingPlotter Cloud shows them.

What the manual calls these fields is known, what it puts into them is not: the values are ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.core.store import Document
from mockserver.vendors.pingplotter.model import AGENT, new_agent

if TYPE_CHECKING:
    from mockserver.core.remote import Presence
    from mockserver.vendors.pingplotter.backend import PingPlotterBackend
    from probes.remote.roll import RemoteAgent

_PLATFORMS = {"Darwin": "MacOS"}


async def enlist(backend: PingPlotterBackend, presence: Presence) -> None:
    """Show an agent that is there, and have one that stopped answering be offline.

    One that was deleted here stays so.
    """
    agent = presence.agent
    unique_id = f"a1:{backend.randomness.token(19, 'remote agent', agent.address)}"
    known = await backend.documents.get(AGENT.name, unique_id)
    if known is None:
        if presence.is_there:
            await _add(backend, unique_id, agent)
    elif known["Deleted"]:
        return
    elif presence.is_there:
        await _keep(backend, known, agent)
    elif known["IsOnline"]:
        await backend.turn_agent(unique_id, online=False)


async def _add(backend: PingPlotterBackend, unique_id: str, agent: RemoteAgent) -> None:
    document = new_agent(unique_id, agent.name, backend.clock.now_ms())
    await backend.documents.insert(AGENT.name, unique_id, document | _shown(agent))
    await backend.turn_agent(unique_id, online=True)


async def _keep(backend: PingPlotterBackend, known: Document, agent: RemoteAgent) -> None:
    # What was changed here meanwhile stays, until the agent is started again.
    if known["remote_since_ms"] != agent.started_ms:
        await backend.documents.update(AGENT.name, known["UniqueId"], known | _shown(agent))
    if not known["IsOnline"]:
        await backend.turn_agent(known["UniqueId"], online=True)


def _shown(agent: RemoteAgent) -> Document:
    return {
        "Configured": True,
        "MachineID": agent.machine,
        "Platform": _PLATFORMS.get(agent.platform, agent.platform),
        "ServiceRunning": True,
        "MachineName": agent.machine,
        "MostRecentIPAddress": agent.addresses[0],
        "ClientDetails": agent.version,
        "HasSyncedServers": True,
        "OnWifi": False,
        "OnVPN": False,
        "ConnectionType": "Ethernet",
        "remote": agent.address,
        "remote_since_ms": agent.started_ms,
    }
