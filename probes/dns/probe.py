"""Asking one name server one question."""

from probes.dns.answer import question_of, result_of
from probes.dns.exchange import ask, way_of
from probes.dns.plan import DnsPlan
from probes.dns.reply import Server
from probes.dns.result import DnsResult
from probes.live import LiveNetwork


async def dns(plan: DnsPlan, network: LiveNetwork) -> DnsResult:
    """Resolve and pin the server, then ask it, anew as long as nothing comes back."""
    pinned = await network.gate.admit(plan.target)
    server = Server(plan.target, pinned.address, plan.usual_port)
    way = await way_of(plan)
    reply, tries = await ask(network, server, question_of(plan), way), 1
    while reply.is_lost and tries < plan.tries:
        reply, tries = await ask(network, server, question_of(plan), way), tries + 1
    return result_of(plan, server, reply, tries)
