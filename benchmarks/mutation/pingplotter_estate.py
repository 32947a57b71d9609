"""The things of PingPlotter's correct server: agents and sessions with all keys of the manual."""

from __future__ import annotations

import ipaddress
import random
from datetime import UTC, datetime, timedelta
from typing import Any

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
QUALITIES = ("remote-desktop", "voice-over-ip")
_BEGIN = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
Item = dict[str, Any]


class Estate:
    """Agents with their sessions, of one account."""

    words = {"active": "Active", "paused": "Paused", "closed": "Closed"}

    def __init__(self) -> None:
        """Begin empty, with the same chance each time."""
        self.chance = random.Random(30)
        self.agents: dict[str, Item] = {}
        self.sessions: dict[str, Item] = {}

    def new_id(self, prefix: str) -> str:
        """Return a new id: it has a colon, so it must be encoded in a path by who is careful."""
        return prefix + "".join(self.chance.choices(LETTERS, k=19))

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
            "ExpectedQuality": {"Id": QUALITIES[0], "Name": "Remote Desktop"},
        }
        self.agents[agent_id] = agent
        return agent
