"""Walking down an imagined tree: each server answers as its place in it asks."""

from random import Random

import dns.message
import dns.name
import dns.rcode
import dns.rrset
from dns.flags import AA
from dns.message import Message
from dns.name import Name
from dns.rdatatype import RdataType

from probes.dns.imagined import TTL_S, ImaginedNames, plain
from probes.dns.question import make_query, read_answer
from probes.dns.reply import Reply, Server, unanswered
from probes.dns.simulated import answer, datagram_ms, in_order, thinking_ms
from probes.dns_trace.plan import DnsTracePlan
from probes.dns_trace.probe import servers_of, traced
from probes.dns_trace.result import DnsTraceResult
from probes.dns_trace.walk import Walk
from probes.journey import Journey
from probes.simulated import SimulatedNetwork


async def simulate(plan: DnsTracePlan, network: SimulatedNetwork) -> DnsTraceResult:
    """Walk as the live probe does, through servers that the seed gives."""
    servers = ImaginedServers(plan, network, network.turn("dns trace", plan.target))
    walk = Walk(
        servers.ask,
        lambda name, rdtype: make_query(name, rdtype, rdclass=plan.rdclass),
        lambda peer, pointed, phase: None,  # noqa: ARG005 - no packet is sent
        servers_of(plan.roots),
        plan.port,
        plan.tries,
        plan.most_queries,
    )
    result = await traced(plan, walk)
    await network.clock.sleep(servers.spent_ms / 1000)
    return result


class ImaginedServers:
    """Every server of the tree; which one is asked decides what it says."""

    def __init__(self, plan: DnsTracePlan, network: SimulatedNetwork, stream: Random) -> None:
        self.spent_ms = 0.0
        self._plan = plan
        self._network = network
        self._names = ImaginedNames(network)
        self._stream = stream

    async def ask(self, server: Server, query: Message) -> Reply:
        """Send a question over the path to the server."""
        host = plain(dns.name.from_text(server.name))
        patience_ms = self._plan.timeout_s * 1000
        journey = Journey(self._network, host, self._stream, patience_ms)
        reply = self._reply(journey, server, query)
        self.spent_ms += journey.spent_ms
        return reply

    def _reply(self, journey: Journey, server: Server, query: Message) -> Reply:
        transport, connect_ms = self._plan.transport, None
        if transport == "tcp":
            connect_ms = journey.exchange_ms()
        asked = datagram_ms if transport == "udp" else Journey.exchange_ms
        if asked(journey, thinking_ms(self._stream)) is None:
            failure = unanswered(self._plan.timeout_s)
            return Reply(failure=failure, transport=transport, connect_ms=connect_ms)
        wire = in_order(self._message(server, query))
        return Reply(
            read_answer(wire, query),
            transport=transport,
            resolution_ms=journey.spent_ms,
            connect_ms=connect_ms,
            answer_bytes=len(wire),
        )

    def _message(self, server: Server, query: Message) -> Message:
        zones = self._names.zones(query.question[0].name)
        served = self._served(server, zones)
        if served + 1 < len(zones):
            return self._referral(query, zones[served + 1])
        return answer(self._names, query)

    def _served(self, server: Server, zones: tuple[Name, ...]) -> int:
        """Tell which of the zones on the way the server has; the first for the roots."""
        host = dns.name.from_text(server.name)
        served = [n for n, zone in enumerate(zones) if host in dict(self._names.servers(zone))]
        return max(served, default=0)

    def _referral(self, query: Message, zone: Name) -> Message:
        if not self._names.exists(zone):
            message = answer(self._names, query)
            message.authority = [self._names.soa(dns.name.root)]
            return message
        message = dns.message.make_response(query, our_payload=1232)
        message.flags &= ~AA
        message.authority = [self._names.nameservers(zone)]
        message.additional = [
            dns.rrset.from_text(host, TTL_S, "IN", RdataType.A, str(address))
            for host, address in self._names.servers(zone)
        ]
        return message
