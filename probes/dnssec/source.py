"""Where signed records are fetched from: a resolver, or the servers themselves."""

from dataclasses import dataclass
from typing import Protocol

import dns.flags
from dns.message import Message
from dns.name import Name
from dns.rcode import Rcode
from dns.rdatatype import RdataType

from probes.connection import Stopped
from probes.dns.question import make_query, rcode_text
from probes.dns.reply import Server
from probes.dns_trace.walk import Ask, Walk
from probes.failure import Failure, FailureKind

_USEFUL_RCODES = (Rcode.NOERROR, Rcode.NXDOMAIN)


class Source(Protocol):
    """Where records and their signatures come from."""

    async def fetch(self, name: Name, rdtype: RdataType) -> Message:
        """Return the answer, or raise Stopped with the failure."""
        ...

    @property
    def queries(self) -> int:
        """How many questions were sent."""
        ...

    @property
    def address(self) -> str | None:
        """Who was asked last."""
        ...


@dataclass(slots=True)
class ResolverSource:
    """Asks one resolver, with checking disabled so that bogus records come through too."""

    ask: Ask
    server: Server
    tries: int
    queries: int = 0

    async def fetch(self, name: Name, rdtype: RdataType) -> Message:
        """Ask until something comes back; Stopped says why nothing useful did."""
        failure = None
        for _ in range(self.tries):
            self.queries += 1
            flags = dns.flags.RD | dns.flags.CD
            query = make_query(name, rdtype, dnssec_ok=True, flags=flags)
            reply = await self.ask(self.server, query)
            if reply.message is not None:
                return _useful(reply.message, self.server, name)
            failure = reply.failure
            if not reply.is_lost:
                break
        raise Stopped(failure or Failure(FailureKind.RESOLVE, "total", "Nobody was asked."))

    @property
    def address(self) -> str | None:
        """Who was asked last."""
        return str(self.server.address)


@dataclass(slots=True)
class WalkingSource:
    """Walks down from the roots to whoever serves the records."""

    walk: Walk

    async def fetch(self, name: Name, rdtype: RdataType) -> Message:
        """Ask the zone that holds the records; Stopped says why nothing useful came."""
        found = await self.walk.find(name, rdtype)
        return found.message

    @property
    def queries(self) -> int:
        """How many questions were sent."""
        return len(self.walk.steps)

    @property
    def address(self) -> str | None:
        """Who was asked last."""
        return self.walk.steps[-1].address if self.walk.steps else None


def signed_query(name: Name, rdtype: RdataType) -> Message:
    """Ask a zone's own server for records and signatures."""
    return make_query(name, rdtype, dnssec_ok=True)


def _useful(message: Message, server: Server, name: Name) -> Message:
    if message.rcode() in _USEFUL_RCODES:
        return message
    text = f"{server.name} answered {rcode_text(message)} to the question for {name}"
    raise Stopped(Failure(FailureKind.RESOLVE, "total", text))
