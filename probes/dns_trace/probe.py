"""Walking down from the roots with real questions."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from dns.message import Message
from dns.name import Name
from dns.rdatatype import RdataType

from probes.connection import Stopped, misled
from probes.dns.exchange import Way, ask
from probes.dns.question import make_query, rcode_text, read_name, read_type, records
from probes.dns.reply import Reply, Server
from probes.dns_trace.plan import DnsTracePlan
from probes.dns_trace.result import DnsTraceResult, Outcome
from probes.dns_trace.root_hints import RootServer
from probes.dns_trace.walk import Found, Walk
from probes.failure import Failure, FailureKind
from probes.gate import Gate
from probes.live import LiveNetwork
from probes.resolve import literal_address

MOST_ALIASES = 8


async def dns_trace(plan: DnsTracePlan, network: LiveNetwork) -> DnsTraceResult:
    """Ask from the roots down; TargetRefused where the policy opens none of them."""
    walk = Walk(
        partial(_ask, network, Way(plan.transport, plan.timeout_s)),
        partial(_question, plan.rdclass),
        partial(misled, network.gate),
        open_roots(network.gate, plan.roots),
        plan.port,
        plan.tries,
        plan.most_queries,
    )
    return await traced(plan, walk)


async def _ask(network: LiveNetwork, way: Way, server: Server, query: Message) -> Reply:
    return await ask(network, server, query, way)


def _question(rdclass: str, name: Name, rdtype: RdataType) -> Message:
    return make_query(name, rdtype, rdclass=rdclass)


def open_roots(gate: Gate, roots: Sequence[RootServer]) -> list[Server]:
    """Keep the roots that the gate opens; TargetRefused, for the first, where it opens none."""
    opened = [root for root in roots if gate.objection(root.address, "trace") is None]
    if not opened:
        gate.check(roots[0].address)
    return servers_of(opened)


def servers_of(roots: Sequence[RootServer]) -> list[Server]:
    """Turn roots into servers that can be asked."""
    addresses = ((root, literal_address(root.address)) for root in roots)
    return [Server(root.name, address, root.port) for root, address in addresses if address]


async def traced(plan: DnsTracePlan, walk: Walk) -> DnsTraceResult:
    """Walk, follow aliases, and say what came of it."""
    try:
        found = await _followed(plan, walk)
    except Stopped as stopped:
        return _result(plan, walk, None, stopped.failure)
    return _result(plan, walk, found, None)


async def _followed(plan: DnsTracePlan, walk: Walk) -> Found:
    name, rdtype = read_name(plan.target), read_type(plan.rdtype)
    for _ in range(MOST_ALIASES + 1):
        found = await walk.find(name, rdtype)
        if found.reading.alias is None:
            return found
        name = found.reading.alias
    message = f"More than {MOST_ALIASES} aliases follow one another, the last to {name}"
    raise Stopped(Failure(FailureKind.RESOLVE, "trace", message))


def _result(
    plan: DnsTracePlan, walk: Walk, found: Found | None, failure: Failure | None
) -> DnsTraceResult:
    result = DnsTraceResult(
        plan.target,
        plan.rdtype.upper(),
        plan.rdclass.upper(),
        steps=tuple(walk.steps),
        skipped=tuple(skipped.message for skipped in walk.skipped),
        failure=failure,
    )
    if found is None:
        return result
    is_answer = found.reading.outcome is Outcome.ANSWER
    return replace(
        result,
        address=str(found.server.address),
        final_server=found.server.name,
        final_query_ms=walk.steps[-1].query_ms,
        rcode=rcode_text(found.message),
        answers=records(list(found.reading.rrsets)) if is_answer else (),
    )
