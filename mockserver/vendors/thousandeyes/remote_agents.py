"""Agents that really run on other machines, as ThousandEyes shows its Enterprise Agents.

Where they stand nobody tells us, so country and location are placeholders of ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.core.store import Document
from mockserver.vendors.thousandeyes.model import (
    AGENT,
    ENTERPRISE,
    OFFLINE,
    ONLINE,
    last_seen_ms,
)

if TYPE_CHECKING:
    from mockserver.core.remote import Presence
    from mockserver.vendors.thousandeyes.backend import ThousandEyesBackend
    from probes.remote.roll import RemoteAgent

_FIRST_ID = 1_000_000
_IDS = 1 << 30


async def enlist(backend: ThousandEyesBackend, presence: Presence) -> None:
    """Show an agent that is there, and have one that stopped answering be offline."""
    agent_id = _FIRST_ID + backend.randomness.bits("remote agent", presence.agent.address) % _IDS
    known = await backend.documents.get(AGENT.name, str(agent_id))
    now_ms = backend.clock.now_ms()
    if known is None and presence.is_there:
        agent = _joined(_new(agent_id, now_ms), presence.agent)
        await backend.documents.insert(AGENT.name, str(agent_id), agent)
    elif known is not None:
        await _update(backend, known, presence, now_ms)


async def _update(
    backend: ThousandEyesBackend, known: Document, presence: Presence, now_ms: int
) -> None:
    agent = _back(known, presence.agent, now_ms) if presence.is_there else _gone(known, now_ms)
    if agent != known:
        await backend.documents.update(AGENT.name, str(known["agentId"]), agent)


def _new(agent_id: int, now_ms: int) -> Document:
    return {
        "agentId": agent_id,
        "agentType": ENTERPRISE,
        "countryId": "US",
        "location": "Unknown",
        "enabled": 1,
        "utilization": 0,
        "verifySslCertificates": 1,
        "keepBrowserCache": 0,
        "ipv6Policy": "PREFER_IPV6",
        "groups": [],
        "created_ms": now_ms,
        "last_seen_ms": now_ms,
        "phase_ms": now_ms % 60_000,
    }


def _joined(document: Document, agent: RemoteAgent) -> Document:
    addresses = list(agent.addresses)
    return document | {
        "agentName": agent.name,
        "agentState": ONLINE,
        "ipAddresses": addresses,
        "publicIpAddresses": addresses,
        "targetForTests": addresses[0],
        "remote": agent.address,
        "responder_port": agent.responder_port,
    }


def _back(document: Document, agent: RemoteAgent, now_ms: int) -> Document:
    # It reports at its start, and every minute from then on.
    phase = {} if document["agentState"] == ONLINE else {"phase_ms": now_ms % 60_000}
    return _joined(document, agent) | phase


def _gone(document: Document, now_ms: int) -> Document:
    return document | {"agentState": OFFLINE, "last_seen_ms": last_seen_ms(document, now_ms)}
