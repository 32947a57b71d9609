"""The walk from the roots down: who is asked next, and when it is enough."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle, islice
from typing import Protocol

import dns.name
import dns.rdatatype
from dns.message import Message
from dns.name import Name
from dns.rdatatype import RdataType

from probes.connection import Stopped
from probes.dns.question import rcode_text, records
from probes.dns.reply import Reply, Server
from probes.dns_trace.reading import Asked, Reading, Referral, addresses, read
from probes.dns_trace.result import Outcome, TraceStep
from probes.failure import Failure, FailureKind
from probes.resolve import literal_address
from probes.targets import Address

Ask = Callable[[Server, Message], Awaitable[Reply]]
DEEPEST = 4
"""How many searches for a name server's address may be nested in one another."""
MOST_HOSTS = 8
"""How many of a zone's servers are considered, glued or not."""


class Objection(Protocol):
    """The gate, as far as a walk needs it."""

    def __call__(self, peer: Address, pointed: str, phase: str) -> Failure | None:
        """Say why the address that this peer pointed to may not be contacted."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """The answer that ended a search, and who gave it."""

    message: Message
    reading: Reading
    server: Server


@dataclass(slots=True)
class Walk:
    """Searches from the roots; what is learned on the way serves the next search.

    `ask` sends a question, `make` writes it. Stopped carries the failure that ended a search.
    """

    ask: Ask
    make: Callable[[Name, RdataType], Message]
    objection: Objection
    roots: Sequence[Server]
    port: int
    tries: int
    most_queries: int
    steps: list[TraceStep] = field(default_factory=list)
    skipped: list[Failure] = field(default_factory=list)
    known: dict[Name, Sequence[Server]] = field(default_factory=dict)

    async def find(self, name: Name, rdtype: RdataType, depth: int = 0) -> Found:
        """Follow delegations until a server answers, denies or leads elsewhere."""
        zone = self._nearest(name, rdtype)
        while True:
            servers = self.known.get(zone, self.roots)
            found = await self._ask_zone(Asked(name, rdtype, zone), servers)
            referral = found.reading.referral
            if referral is None:
                return found
            zone = referral.zone
            self.known[zone] = await self._servers(referral, found.server, depth)

    def _nearest(self, name: Name, rdtype: RdataType) -> Name:
        # The DS of a zone is asked for above it.
        above = rdtype == RdataType.DS and name != dns.name.root
        usable = [
            zone for zone in self.known if name.is_subdomain(zone) and not (above and zone == name)
        ]
        return max(usable, key=len, default=dns.name.root)

    async def _ask_zone(self, asked: Asked, servers: Sequence[Server]) -> Found:
        failure = None
        for server in islice(cycle(servers), self.tries):
            reply = await self._asked(server, asked)
            reading = read(reply.message, asked) if reply.message else Reading(Outcome.FAILED)
            self._note(asked, server, reply, reading)
            if reply.message and reading.outcome is not Outcome.LAME:
                return Found(reply.message, reading, server)
            failure = reply.failure or _useless(server, asked, reply)
        raise Stopped(failure or Failure(FailureKind.RESOLVE, "trace", "There is nobody to ask."))

    async def _asked(self, server: Server, asked: Asked) -> Reply:
        if len(self.steps) >= self.most_queries:
            message = f"The walk was given up after {self.most_queries} questions."
            raise Stopped(Failure(FailureKind.RESOLVE, "trace", message))
        return await self.ask(server, self.make(asked.name, asked.rdtype))

    def _note(self, asked: Asked, server: Server, reply: Reply, reading: Reading) -> None:
        step = TraceStep(
            f"{asked.name} {dns.rdatatype.to_text(asked.rdtype)}",
            asked.zone.to_text(),
            server.name,
            str(server.address),
            server.port,
            reading.outcome,
            reply.resolution_ms,
            failure=reply.failure,
        )
        if reply.message is not None:
            shown = records(list(reading.rrsets))
            step = replace(step, rcode=rcode_text(reply.message), records=shown)
        self.steps.append(step)

    async def _servers(
        self, referral: Referral, referring: Server, depth: int
    ) -> Sequence[Server]:
        """Addresses of a zone's servers that the gate opens: from glue, else searched for."""
        hosts, before = referral.hosts[:MOST_HOSTS], len(self.skipped)
        glued = [(host, text) for host in hosts for text in referral.glue.get(host, ())]
        if servers := list(self._admitted(glued, referring.address)):
            return servers
        for host in hosts:
            if host not in referral.glue and depth < DEEPEST:
                texts, source = await self._addresses(host, depth)
                pairs = [(host, text) for text in texts]
                if source and (servers := list(self._admitted(pairs, source.address))):
                    return servers
        raise Stopped(_dead_end(referral, self.skipped[before:]))

    async def _addresses(self, host: Name, depth: int) -> tuple[list[str], Server | None]:
        try:
            found = await self.find(host, RdataType.A, depth + 1)
        except Stopped as stopped:
            self._skip(host, stopped.failure.message)
            return [], None
        if found.reading.outcome is not Outcome.ANSWER:
            self._skip(host, f"{found.server.name} said {rcode_text(found.message)}.")
            return [], None
        texts = [text for rrset in found.reading.rrsets for text in addresses(rrset)]
        return texts, found.server

    def _admitted(self, pairs: Sequence[tuple[Name, str]], source: Address) -> Iterator[Server]:
        for host, text in pairs:
            address = literal_address(text)
            failure = self.objection(source, text, "trace")
            if failure is not None:
                self.skipped.append(replace(failure, message=f"{host}: {failure.message}"))
            elif address is not None:
                yield Server(host.to_text(), address, self.port)

    def _skip(self, host: Name, reason: str) -> None:
        message = f"{host} has no address: {reason}"
        self.skipped.append(Failure(FailureKind.RESOLVE, "trace", message))


def _dead_end(referral: Referral, skipped: Sequence[Failure]) -> Failure:
    for failure in skipped:
        if failure.kind is FailureKind.NOT_ALLOWED:
            message = f"No name server of {referral.zone} may be asked: {failure.message}"
            return replace(failure, message=message)
    message = f"No name server of {referral.zone} has an address."
    return Failure(FailureKind.RESOLVE, "trace", message)


def _useless(server: Server, asked: Asked, reply: Reply) -> Failure:
    said = rcode_text(reply.message) if reply.message else "nothing"
    message = f"{server.name} does not serve {asked.zone}: it said {said} to {asked.name}"
    return Failure(FailureKind.RESOLVE, "trace", message)
