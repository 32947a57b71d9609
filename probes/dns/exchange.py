"""A question and its answer over whichever transport was chosen."""

import asyncio
import re
import ssl
from dataclasses import dataclass, replace

from dns.flags import TC
from dns.message import Message

from probes.connection import client_context
from probes.dns.https import WebWay, ask_https
from probes.dns.plan import DnsPlan
from probes.dns.reply import Reply, Server
from probes.dns.stream import Secured, ask_stream
from probes.dns.udp import Stamping, ask_udp
from probes.errors import PlanInvalid
from probes.live import LiveNetwork
from probes.resolve import literal_address

_WAIT_FOR_PACE_S = 0.005
_HOST = re.compile(r"[\w.:-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Way:
    """The transport and what it needs to be told."""

    transport: str = "udp"
    timeout_s: float = 5.0
    fall_back: bool = True
    secured: Secured | None = None
    web: WebWay | None = None


async def way_of(plan: DnsPlan) -> Way:
    """Make ready for what the plan chose; PlanInvalid for authorities that cannot be read."""
    plain = Way(plan.transport, plan.timeout_s, plan.fall_back)
    if plan.transport in ("udp", "tcp"):
        return plain
    secured = await _secured(plan)
    if plan.transport == "tls":
        return replace(plain, secured=secured)
    return replace(plain, web=WebWay(secured.name, plan.path, plan.verify, plan.ca_file))


async def _secured(plan: DnsPlan) -> Secured:
    context = await client_context(verify=plan.verify, ca_file=plan.ca_file)
    context.set_alpn_protocols(["dot"])
    return Secured(context, _certified(plan.tls_name or plan.target.rstrip("."), context))


def _certified(name: str, context: ssl.SSLContext) -> str:
    """Return the name as certificates and URLs write it, or raise PlanInvalid."""
    try:
        plain = name if literal_address(name) else name.encode("idna").decode()
        if _HOST.fullmatch(plain):
            context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname=plain)
            return plain
        reason = "it is no host name"
    except ValueError as error:
        reason = str(error)
    raise PlanInvalid(f"No certificate can be for {name[:80]!r}: {reason}.")


async def _take_leave(network: LiveNetwork) -> None:
    clock = asyncio.get_running_loop().time
    while not network.pace.take(clock()):  # noqa: ASYNC110 - a bucket tells nobody when it fills
        await asyncio.sleep(_WAIT_FOR_PACE_S)


async def ask(network: LiveNetwork, server: Server, query: Message, way: Way) -> Reply:
    """Ask once, and again over TCP where the answer over UDP was cut short."""
    await _take_leave(network)
    if way.web is not None:
        return await ask_https(server, query, way.timeout_s, way.web)
    if way.transport != "udp":
        return await ask_stream(server, query, way.timeout_s, way.secured)
    network.shared(Stamping, Stamping)
    reply = await ask_udp(server, query, way.timeout_s)
    if reply.message is None or not reply.message.flags & TC:
        return reply
    if not way.fall_back:
        return replace(reply, truncated=True)
    return _joined(reply, await ask_stream(server, query, way.timeout_s))


def _joined(cut: Reply, whole: Reply) -> Reply:
    if whole.resolution_ms is None or cut.resolution_ms is None:
        return replace(whole, truncated=True)
    total_ms = cut.resolution_ms + whole.resolution_ms
    return replace(whole, truncated=True, resolution_ms=total_ms)
