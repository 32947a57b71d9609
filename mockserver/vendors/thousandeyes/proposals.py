"""A test that somebody wants to create, before and after it is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mockserver.core.store import Document
from mockserver.vendors.thousandeyes import choices
from mockserver.vendors.thousandeyes.choices import Body
from mockserver.vendors.thousandeyes.defaults import Settings
from mockserver.vendors.thousandeyes.model import host_of

Agents = Mapping[int, Document]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was asked for, what that means with the defaults, and the agents that there are."""

    type: str
    body: Body
    settings: Settings
    agents: Agents

    @staticmethod
    def of(type_: str, body: Body, agents: Agents) -> Proposal:
        """Read the body of a creation."""
        return Proposal(type_, body, choices.chosen(type_, body), agents)

    @property
    def dns_servers(self) -> Sequence[Mapping[str, str]]:
        """Return the DNS servers to ask; only one type has any."""
        servers: Sequence[Mapping[str, str]] = self.settings.get("dnsServers", ())
        return servers

    def test(
        self, test_id: int, author: str, now_ms: int, server_ids: Sequence[int] = ()
    ) -> Document:
        """Return the test, which no rule may speak against; each DNS server gets its number."""
        return {
            "testId": test_id,
            "type": self.type,
            "testName": self.body.get("testName", f"Instant {self.type} test {test_id}"),
            "interval": 0,
            "alertsEnabled": 0,
            "settings": self._settings(server_ids),
            "secrets": choices.secrets(self.type, self.body),
            "agents": self._sources(),
            "target_host": self._target_host(),
            "created_by": author,
            "created_ms": now_ms,
            "rounds": [],
        }

    def _settings(self, server_ids: Sequence[int]) -> Settings:
        if "dnsServers" not in self.settings:
            return self.settings
        servers = [
            {"serverId": server_id, "serverName": server["serverName"]}
            for server_id, server in zip(server_ids, self.dns_servers, strict=True)
        ]
        return {**self.settings, "dnsServers": servers}

    def _sources(self) -> list[Document]:
        # An agent that is named twice measures once, as it was named first.
        sources: dict[int, Document] = {}
        for choice in self.body["agents"]:
            source = {k: choice[k] for k in ("agentId", "sourceIpAddress") if k in choice}
            sources.setdefault(choice["agentId"], source)
        return list(sources.values())

    def _target_host(self) -> str | None:
        target = self.settings.get("targetAgentId")
        return None if target is None else host_of(self.agents[target])
