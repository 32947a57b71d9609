"""Asking an imagined name server: times from the path, contents from the seed."""

from random import Random

import dns.message
import dns.rcode
from dns.flags import AA, RA, RD
from dns.message import Message
from dns.rdataclass import IN

from probes.dns.answer import question_of, result_of
from probes.dns.imagined import ImaginedNames
from probes.dns.plan import DnsPlan
from probes.dns.question import read_answer
from probes.dns.reply import Reply, Server, unanswered
from probes.dns.result import DnsResult
from probes.journey import Journey
from probes.resolve import check_name
from probes.simulated import SimulatedNetwork

_HTTPS_OK = 200
_LONGEST_THINKING_MS = 3.0


async def simulate(plan: DnsPlan, network: SimulatedNetwork) -> DnsResult:
    """Ask once or more, and read what comes back as the live probe reads it."""
    check_name(plan.target)
    stream = network.turn("dns", plan.target)
    server = Server(plan.target, network.address(plan.target), plan.usual_port)
    spent_ms, tries, reply = 0.0, 0, None
    while reply is None or (reply.is_lost and tries < plan.tries):
        journey = Journey(network, plan.target, stream, plan.timeout_s * 1000)
        reply, tries = _ask(plan, journey), tries + 1
        spent_ms += journey.spent_ms
    await network.clock.sleep(spent_ms / 1000)
    return result_of(plan, server, reply, tries)


def _ask(plan: DnsPlan, journey: Journey) -> Reply:
    connect_ms = tls_ms = None
    if plan.transport != "udp":
        connect_ms = journey.exchange_ms()
        if connect_ms is None:
            return _lost(plan, "connect")
    if plan.transport in ("tls", "https"):
        tls_ms = journey.exchange_ms()
        if tls_ms is None:
            return _lost(plan, "tls", connect_ms)
    think_ms = thinking_ms(journey.stream)
    # A datagram that is lost stays lost: trying again is for the plan to say.
    asked = datagram_ms if plan.transport == "udp" else Journey.exchange_ms
    if asked(journey, think_ms) is None:
        return _lost(plan, "resolution", connect_ms, tls_ms)
    query = question_of(plan)
    wire = in_order(answer(ImaginedNames(journey.network), query))
    return Reply(
        read_answer(wire, query),
        transport=plan.transport,
        resolution_ms=journey.spent_ms,
        connect_ms=connect_ms,
        tls_ms=tls_ms,
        query_bytes=len(query.to_wire()),
        answer_bytes=len(wire),
        http_status=_HTTPS_OK if plan.transport == "https" else None,
    )


def datagram_ms(journey: Journey, think_ms: float) -> float | None:
    """Send one datagram there and back; None, and patience spent, where it is lost."""
    rtt_ms = journey.network.round_trip_ms(journey.host, journey.stream)
    lost_ms = journey.patience_ms + 1
    return journey.wait_ms(lost_ms if rtt_ms is None else rtt_ms + think_ms)


def thinking_ms(stream: Random) -> float:
    """Draw how long a server takes to find its answer."""
    return stream.random() * _LONGEST_THINKING_MS


def _lost(
    plan: DnsPlan, phase: str, connect_ms: float | None = None, tls_ms: float | None = None
) -> Reply:
    return Reply(failure=unanswered(plan.timeout_s, phase), connect_ms=connect_ms, tls_ms=tls_ms)


def in_order(message: Message) -> bytes:
    """Put a message into bytes, its records where they are: dnspython likes to shuffle them."""
    return bytes(message.to_wire(want_shuffle=False))


def answer(names: ImaginedNames, query: Message) -> Message:
    """Make the answer of a server that knows every name."""
    message = dns.message.make_response(query, our_payload=1232)
    question = query.question[0]
    if question.rdclass != IN:
        message.set_rcode(dns.rcode.REFUSED)
        return message
    message.flags |= RA if query.flags & RD else AA
    message.answer = names.rrsets(question.name, question.rdtype)
    if not message.answer:
        message.authority = [names.soa(names.zones(question.name)[-1])]
        if not names.exists(question.name):
            message.set_rcode(dns.rcode.NXDOMAIN)
    return message
