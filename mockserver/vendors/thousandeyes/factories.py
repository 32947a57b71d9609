"""A believable ThousandEyes account: the vendor's agents, one's own, and some tests."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mockserver.core.addresses import DOCUMENTATION, loopback_address
from mockserver.core.store import Document
from mockserver.vendors.thousandeyes import places, samples
from mockserver.vendors.thousandeyes.model import (
    AGENT,
    CLOUD,
    CLUSTER,
    DISABLED,
    ENTERPRISE,
    OFFLINE,
    ONLINE,
    TEST,
)
from mockserver.vendors.thousandeyes.places import Place
from mockserver.vendors.thousandeyes.proposals import Proposal

if TYPE_CHECKING:
    from mockserver.vendors.thousandeyes.backend import ThousandEyesBackend
    from mockserver.vendors.thousandeyes.samples import Sample

_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
_STATES = {203: OFFLINE, 208: OFFLINE, 209: DISABLED}
_FAULTS = {
    202: ("AGENT_VERSION_OUTDATED", "A newer version of the agent is available"),
    203: ("CLOCK_OFFSET", "The clock of the agent differs from that of the service"),
    211: ("OS_END_OF_SUPPORT", "The operating system of the agent is no longer supported"),
}
_CLOUD_GROUPS = (
    {"groupId": -2, "name": "Cloud", "builtIn": 1},
    {"groupId": -3, "name": "IPv4 Compatible", "builtIn": 1},
)
_OWN_GROUPS = ({"groupId": 501, "name": "Own sites", "builtIn": 0},)


async def populate(backend: ThousandEyesBackend) -> None:
    """Fill a new account."""
    maker = _Maker(backend.randomness.stream("estate"), backend.clock.now_ms())
    agents = [
        *(maker.cloud_agent(place) for place in places.CLOUD_AGENTS),
        *(maker.enterprise_agent(place) for place in places.ENTERPRISE_AGENTS),
        *(maker.cluster(place) for place in places.CLUSTERS),
    ]
    for agent in agents:
        await backend.documents.insert(AGENT.name, str(agent["agentId"]), agent)
    by_id = {agent["agentId"]: agent for agent in agents}
    for sample in (*samples.EXAMPLES, *samples.SCHEDULED):
        proposal = Proposal.of(sample.type, sample.body, by_id)
        test = maker.test(sample, proposal, backend.author)
        await backend.documents.insert(TEST.name, str(sample.test_id), test)


class _Maker:
    """Makes agents and tests, each from the next piece of one stream of chance."""

    def __init__(self, chance: random.Random, now_ms: int) -> None:
        """Draw from `chance`; what is seeded happened before `now_ms`."""
        self._chance = chance
        self._now_ms = now_ms
        self._addresses = _addresses(chance)
        self._server_id = samples.EXAMPLES_DNS_SERVER_ID

    def cloud_agent(self, place: Place) -> Document:
        addresses = [next(self._addresses), next(self._addresses)]
        return {**_core(place, CLOUD), "ipAddresses": addresses, "groups": _CLOUD_GROUPS}

    def enterprise_agent(self, place: Place) -> Document:
        state = _STATES.get(place.agent_id, ONLINE)
        agent = {
            **_core(place, ENTERPRISE),
            **self._machine(state, self._chance.choice(places.NETWORKS)),
            **self._own(),
            "hostname": f"agent{place.agent_id}.example.com",
            "enabled": int(state != DISABLED),
        }
        return agent | _faults(place.agent_id)

    def cluster(self, place: Place) -> Document:
        network = self._chance.choice(places.NETWORKS)
        members = [self._member(place, number, network) for number in (1, 2)]
        return {
            **_core(place, CLUSTER),
            **self._own(),
            "enabled": 1,
            "utilization": max(member["utilization"] for member in members),
            "members": members,
        }

    def test(self, sample: Sample, proposal: Proposal, author: str) -> Document:
        server_ids = [self._next_server_id() for _ in proposal.dns_servers]
        if not sample.interval:
            created_ms, rounds = samples.EXAMPLES_CREATED_MS, [samples.EXAMPLES_ROUND_ID]
        else:
            created_ms, rounds = self._past_ms(400), []
        test = proposal.test(sample.test_id, author, created_ms, server_ids)
        return test | {
            "interval": sample.interval,
            "alertsEnabled": int(sample.interval > 0),
            "rounds": rounds,
            "unmeasured": rounds,
        }

    def _member(self, place: Place, number: int, network: str) -> Document:
        return {
            "memberId": place.agent_id * 10 + number,
            "name": f"member{number}.agent{place.agent_id}.example.net",
            **self._machine(ONLINE, network),
        }

    def _machine(self, state: str, network: str) -> Document:
        public = next(self._addresses)
        return {
            "ipAddresses": [loopback_address(self._chance)],
            "publicIpAddresses": [public],
            "prefix": f"{public.rpartition('.')[0]}.0/24",
            "network": network,
            "agentState": state,
            "utilization": self._chance.randrange(1, 60),
            "targetForTests": public,
            "phase_ms": self._chance.randrange(60_000),
            "last_seen_ms": self._past_ms(30),
        }

    def _own(self) -> Document:
        return {
            "groups": _OWN_GROUPS,
            "created_ms": self._past_ms(900, at_least=60),
            "verifySslCertificates": 1,
            "keepBrowserCache": self._chance.randrange(2),
            "ipv6Policy": self._chance.choice(("FORCE_IPV4", "PREFER_IPV6")),
        }

    def _past_ms(self, days: int, at_least: int = 1) -> int:
        return self._now_ms - self._chance.randrange(at_least * _DAY_MS, days * _DAY_MS)

    def _next_server_id(self) -> int:
        self._server_id += 1
        return self._server_id - 1


def _core(place: Place, type_: str) -> Document:
    return {
        "agentId": place.agent_id,
        "agentName": place.name,
        "agentType": type_,
        "countryId": place.country,
        "location": place.location,
    }


def _faults(agent_id: int) -> Document:
    if agent_id not in _FAULTS:
        return {}
    code, description = _FAULTS[agent_id]
    return {"errorDetails": [{"code": code, "description": description}]}


def _addresses(chance: random.Random) -> Iterator[str]:
    every = [f"{net}.{host}" for net in DOCUMENTATION for host in range(1, 255)]
    chance.shuffle(every)
    return iter(every)
