"""What is remembered of PingPlotter Cloud: agents and sessions, as documents.

What an answer shows as it is bears the vendor's name; ours are in small letters. An agent holds
besides `created_ms deleted_ms last_message_ms heartbeat_ms expected_quality`, a session `target
configuration_id interval_ms since_ms expected_quality` (`since_ms`: since when it has its status).
The numbers of an agent's sessions are not stored but counted whenever they are asked for. FETCHES
tell how much of a session's trace data was fetched lately.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from mockserver.core.store import Document, Kind
from mockserver.vendors.pingplotter.targets import Target

AGENT = Kind("pingplotter_agent", limit=10_000)
SESSION = Kind("pingplotter_session", limit=100_000, indexes=("AgentUniqueId",))
FETCHES = Kind("pingplotter_fetches", limit=100_000)

ACTIVE, PAUSED, CLOSED = "Active", "Paused", "Closed"
PAUSE, RESUME = "pause", "resume"
CUSTOM_FIELDS = ("Department", "Site", "Asset tag")
CONFIGURATION_ID = "icmp-default"
INTERVAL_MS = 2500
_HEARTBEAT_MS = 30_000
_YEAR_MS = 365 * 24 * 3_600_000
_AFTER = {(PAUSE, ACTIVE): PAUSED, (RESUME, PAUSED): ACTIVE, (RESUME, CLOSED): ACTIVE}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many sessions an agent has; when their newest probe was sent, 0 if none ever was."""

    open: int = 0
    total: int = 0
    newest_ms: int = 0


def tally(
    sessions: Iterable[Document], newest_ms: Callable[[Document], int]
) -> Mapping[str, Tally]:
    """Count sessions by the agent that runs them, in one pass."""
    newest: Counter[str] = Counter()
    total: Counter[str] = Counter()
    closed: Counter[str] = Counter()
    for session in sessions:
        agent_id = session["AgentUniqueId"]
        total[agent_id] += 1
        closed[agent_id] += session["Status"] == CLOSED
        newest[agent_id] = max(newest[agent_id], newest_ms(session))
    return {
        agent_id: Tally(number - closed[agent_id], number, newest[agent_id])
        for agent_id, number in total.items()
    }


def after(action: str, status: str) -> str:
    """Return the status of a session of `status` on which `action` was taken."""
    return _AFTER.get((action, status), status)


def last_message_ms(agent: Document, now_ms: int, newest_ms: int = 0) -> int | None:
    """Return when an agent was last heard of: one that is online says hello, and sends samples."""
    known: int | None = agent["last_message_ms"]
    if not agent["IsOnline"]:
        return known
    beat: int = now_ms - (now_ms + agent["heartbeat_ms"]) % _HEARTBEAT_MS
    return max(beat, known or 0, newest_ms)


def interval_ms(given: int | str) -> int:
    """Return a trace interval: 0 means the default, and one beyond a year is kept as a year."""
    digits = str(given).lstrip("0") or "0"
    # Told by its length first: Python refuses to read numbers of thousands of digits.
    return min(int(digits) or INTERVAL_MS, _YEAR_MS) if len(digits) < 16 else _YEAR_MS


def new_agent(unique_id: str, name: str, now_ms: int) -> Document:
    """Return an agent that was never installed."""
    return {
        "Name": name,
        "UniqueId": unique_id,
        "IsOnline": False,
        "IsTemplate": False,
        "IsBorrowed": False,
        "Configured": False,
        "MachineID": None,
        "Platform": "NotSpecified",
        "ServiceRunning": False,
        "MachineName": None,
        "MostRecentIPAddress": None,
        "ClientDetails": None,
        "Deleted": False,
        "Notes": None,
        "UserAttributesJson": None,
        "Servers": None,
        "HasSyncedServers": False,
        "CustomFields": [],
        "OnWifi": None,
        "OnVPN": None,
        "CurrentNetworkInterface": None,
        "ConnectionType": None,
        "AutoApprove": True,
        "TemplateUniqueId": None,
        "DownloadUrl": f"/downloads/{quote(unique_id)}/installer",
        "created_ms": now_ms,
        "deleted_ms": None,
        "last_message_ms": None,
        "heartbeat_ms": 0,
        "expected_quality": None,
    }


def new_session(session_id: str, agent: Document, target: Target, now_ms: int) -> Document:
    """Return an active session that is judged as its agent is; nothing is resolved yet."""
    return {
        "AgentUniqueId": agent["UniqueId"],
        "SessionId": session_id,
        "Description": target.description,
        "IpAddress": target.literal,
        "Status": ACTIVE,
        "target": target.text,
        "configuration_id": CONFIGURATION_ID,
        "interval_ms": INTERVAL_MS,
        "since_ms": now_ms,
        "expected_quality": agent["expected_quality"],
    }
