"""A believable PingPlotter account: a company's offices, their devices, and what they trace."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockserver.core.store import Document
from mockserver.vendors.pingplotter.devices import DESKTOP, LAPTOP, SERVER, Office, installed
from mockserver.vendors.pingplotter.model import (
    ACTIVE,
    AGENT,
    CLOSED,
    PAUSED,
    SESSION,
    last_message_ms,
    new_agent,
    new_session,
)
from mockserver.vendors.pingplotter.quality import DEFINITIONS
from mockserver.vendors.pingplotter.targets import parse_target

if TYPE_CHECKING:
    from faker import Faker

    from mockserver.vendors.pingplotter.backend import PingPlotterBackend

DEVICES = (LAPTOP, LAPTOP, SERVER, DESKTOP, SERVER, LAPTOP, LAPTOP) * 3
OFFICES = 4
DELETED = 2  # of the devices, the last ones
_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
# Enough of each for a client to meet all three.
_STATUSES = (ACTIVE, ACTIVE, PAUSED, ACTIVE, ACTIVE, CLOSED, ACTIVE)
_COMMON = (
    "www.example.com",
    "https://intranet.example.com/ Intranet",
    "voip.example.net Phone system",
    "vpn.example.com VPN gateway",
)


async def populate(backend: PingPlotterBackend) -> None:
    """Fill a new account."""
    estate = _Estate(
        backend, backend.randomness.stream("estate"), backend.randomness.faker("estate")
    )
    offices = [Office.of(estate.fake.unique.city(), estate.chance) for _ in range(OFFICES)]
    for_offices = await estate.add_template("Offices")
    for_servers = await estate.add_template("Servers")
    for number, device in enumerate(DEVICES):
        template = for_servers if device == SERVER else for_offices
        await estate.add_device(number, device, offices[number % OFFICES], template)
    await estate.add_spare("Spare laptop", for_offices)


@dataclass(slots=True)
class _Estate:
    """The account that is being filled, and the chance that it is made of."""

    backend: PingPlotterBackend
    chance: random.Random
    fake: Faker
    agents: int = 0
    sessions: int = 0

    async def add_template(self, name: str) -> str:
        """Add a template for agents, with what they shall trace; return its id."""
        agent = self._agent(name) | {"IsTemplate": True}
        await self._add(agent, ["www.example.com", "voip.example.net Phone system"], (ACTIVE,))
        return str(agent["UniqueId"])

    async def add_spare(self, name: str, template: str) -> None:
        """Add an agent that nobody has installed yet."""
        agent = self._agent(name) | {"TemplateUniqueId": template}
        await self._add(agent, ["www.example.com"], (ACTIVE,))

    async def add_device(self, number: int, device: str, office: Office, template: str) -> None:
        """Add an installed agent: online, offline now, or deleted."""
        agent = self._agent("") | {"TemplateUniqueId": template}
        agent |= installed(device, number, office, self.chance, self.fake)
        agent["expected_quality"] = self.chance.choice(DEFINITIONS).id
        agent["last_message_ms"] = agent["created_ms"]
        statuses: tuple[str, ...] = _STATUSES
        if number >= len(DEVICES) - DELETED:
            agent, statuses = self._deleted(agent), (CLOSED,)
        elif number % 5 == 3:
            agent = self._offline(agent)
        await self._add(agent, self._targets(office), statuses)

    def _agent(self, name: str) -> Document:
        self.agents += 1
        unique_id = f"a1:{self.backend.randomness.token(19, 'seeded agent', self.agents)}"
        age_ms = (500 - 18 * self.agents) * _DAY_MS + self.chance.randrange(_DAY_MS)
        return new_agent(unique_id, name, self.backend.clock.now_ms() - age_ms)

    def _offline(self, agent: Document) -> Document:
        away_ms = self.chance.randrange(2 * _HOUR_MS, 9 * _DAY_MS)
        last_ms = last_message_ms(agent, self.backend.clock.now_ms() - away_ms)
        note = "Taken home over the holidays" if self.chance.random() < 0.5 else None
        return agent | {"IsOnline": False, "last_message_ms": last_ms, "Notes": note}

    def _deleted(self, agent: Document) -> Document:
        gone = self._offline(agent)
        deleted_ms = gone["last_message_ms"] + self.chance.randrange(_HOUR_MS)
        changes = {"Deleted": True, "DownloadUrl": None, "Notes": "Replaced"}
        return gone | changes | {"deleted_ms": deleted_ms}

    def _targets(self, office: Office) -> list[str]:
        every = (
            *_COMMON,
            f"{office.gateway} Router",
            f"{office.switch} Core switch",
            f"files.{office.slug}.example.com File server",
            f"{office.uplink} IPv6 uplink",
        )
        return self.chance.sample(every, self.chance.randint(2, 4))

    async def _add(self, agent: Document, targets: list[str], statuses: tuple[str, ...]) -> None:
        await self.backend.documents.insert(AGENT.name, agent["UniqueId"], agent)
        for text in targets:
            session = self._session(agent, text)
            session["Status"] = statuses[self.sessions % len(statuses)]
            await self.backend.documents.insert(SESSION.name, session["SessionId"], session)
            self.backend.trace_since_before(session, agent)

    def _session(self, agent: Document, text: str) -> Document:
        self.sessions += 1
        token = self.backend.randomness.token(19, "seeded session", self.sessions)
        target = parse_target(text)
        session = new_session(f"s1:{token}", agent, target, agent["created_ms"])
        # One that was never installed has never looked up a name.
        if agent["Configured"]:
            session["IpAddress"] = target.resolve(self.backend.randomness)
        if self.chance.random() < 0.2:
            session["expected_quality"] = self.chance.choice(DEFINITIONS).id
        return session
