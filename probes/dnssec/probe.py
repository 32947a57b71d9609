"""Fetching records and proving them."""

import time
from collections.abc import Callable
from functools import partial

from dns.message import Message

from probes.connection import Stopped, misled
from probes.dns.exchange import Way, ask
from probes.dns.question import read_name, read_type
from probes.dns.reply import Reply, Server
from probes.dns_trace.probe import open_roots
from probes.dns_trace.walk import Walk
from probes.dnssec.anchors import Anchors, read_anchors
from probes.dnssec.chain import Chain
from probes.dnssec.evidence import Rules
from probes.dnssec.plan import DnssecPlan
from probes.dnssec.result import DnssecResult, Verdict
from probes.dnssec.signature import Moment
from probes.dnssec.source import ResolverSource, Source, WalkingSource, signed_query
from probes.dnssec.validator import Validator
from probes.failure import Failure
from probes.live import LiveNetwork

Stopwatch = Callable[[], float]


async def dnssec(plan: DnssecPlan, network: LiveNetwork) -> DnssecResult:
    """Admit the server or the roots, then fetch and prove."""
    source = await _source(plan, network)
    at = time.time() if plan.at is None else plan.at
    began = time.perf_counter()
    return await proven(
        plan,
        source,
        read_anchors(plan.anchors),
        at,
        lambda: (time.perf_counter() - began) * 1000,
    )


async def _source(plan: DnssecPlan, network: LiveNetwork) -> Source:
    send = partial(_ask, network, Way(plan.transport, plan.timeout_s))
    if plan.server is not None:
        pinned = await network.gate.admit(plan.server)
        return ResolverSource(send, Server(plan.server, pinned.address, plan.port), plan.tries)
    walk = Walk(
        send,
        signed_query,
        partial(misled, network.gate),
        open_roots(network.gate, plan.roots),
        plan.port,
        plan.tries,
        plan.most_queries,
    )
    return WalkingSource(walk)


async def _ask(network: LiveNetwork, way: Way, server: Server, query: Message) -> Reply:
    return await ask(network, server, query, way)


async def proven(
    plan: DnssecPlan, source: Source, anchors: Anchors, at: float, passed_ms: Stopwatch
) -> DnssecResult:
    """Prove what the source says, and word the verdict; `passed_ms` tells the time so far."""
    rules = Rules(Moment(at, plan.skew_s), plan.most_iterations)
    validator = Validator(Chain(source.fetch, anchors, rules))
    failure: Failure | None = None
    try:
        verdict, reason = await validator.judge(read_name(plan.target), read_type(plan.rdtype))
    except Stopped as stopped:
        failure, verdict = stopped.failure, Verdict.INDETERMINATE
        reason = failure.message
    return DnssecResult(
        plan.target,
        plan.rdtype.upper(),
        verdict,
        reason,
        source.address,
        validator.rcode,
        tuple(validator.answers),
        tuple(validator.chain.links),
        source.queries,
        passed_ms(),
        failure,
    )
