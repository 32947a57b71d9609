"""Answers made and signed by hand, honest or not, and a validator that gets nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import dns.dnssec
import dns.message
import dns.name
import dns.rrset
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from dns.dnssectypes import Algorithm, DSDigest
from dns.message import Message
from dns.name import Name
from dns.rdatatype import RdataType
from dns.rrset import RRset

from probes.connection import Stopped
from probes.dnssec.chain import Chain
from probes.dnssec.evidence import Rules
from probes.dnssec.result import Verdict
from probes.dnssec.signature import Moment
from probes.dnssec.validator import Validator
from probes.failure import Failure, FailureKind

NOW = 1_800_000_000
DAY = 86_400


def name(text: str) -> Name:
    return dns.name.from_text(text)


def rrset(text: str) -> RRset:
    """Read `OWNER TYPE CONTENT`."""
    owner, rdtype, content = text.split(maxsplit=2)
    return dns.rrset.from_text(name(owner), 300, "IN", rdtype, content)


@dataclass
class Forger:
    """Holds every zone's key, and signs whatever it is told to."""

    answers: dict[tuple[Name, RdataType], Message] = field(default_factory=dict)
    keys: dict[Name, Ed25519PrivateKey] = field(default_factory=dict)

    def key(self, zone: str) -> tuple[Any, Any]:
        private = self.keys.setdefault(name(zone), Ed25519PrivateKey.generate())
        public = private.public_key()
        return private, dns.dnssec.make_dnskey(public, Algorithm.ED25519, flags=257)

    def signature(self, over: RRset, zone: str, **changes: Any) -> RRset:
        private, dnskey = self.key(zone)
        dates = {"inception": NOW - DAY, "expiration": NOW + DAY}
        made = dns.dnssec.sign(over, private, name(zone), dnskey, **dates)
        return dns.rrset.from_rdata(over.name, 300, made.replace(**changes))

    def signed(self, zone: str, *texts: str) -> list[RRset]:
        """Make records and signatures by the zone."""
        made = [rrset(text) for text in texts]
        return [one for record in made for one in (record, self.signature(record, zone))]

    def from_wildcard(self, zone: str, wildcard: str, owner: str) -> list[RRset]:
        """Sign `*.x TYPE CONTENT` and show it as if it were the owner's."""
        made = rrset(wildcard)
        signature = self.signature(made, zone)
        shown = [
            dns.rrset.from_rdata_list(name(owner), 300, list(one)) for one in (made, signature)
        ]
        shown[1].covers = signature.covers
        return shown

    def say(
        self,
        owner: str,
        rdtype: str,
        answer: Sequence[RRset] = (),
        authority: Sequence[RRset] = (),
        rcode: int = 0,
    ) -> None:
        """Answer this question so."""
        kind = RdataType.from_text(rdtype)
        message = dns.message.make_response(dns.message.make_query(owner, kind))
        message.set_rcode(rcode)
        message.answer, message.authority = list(answer), list(authority)
        self.answers[name(owner), kind] = message

    def grow(self, *zones: str) -> None:
        """Let each zone delegate to the next, all signed; the first is the anchor's."""
        for above, zone in zip((None, *zones), zones, strict=False):
            dnskey = dns.rrset.from_rdata(name(zone), 300, self.key(zone)[1])
            self.say(zone, "DNSKEY", [dnskey, self.signature(dnskey, zone)])
            if above:
                self.say(zone, "DS", self.signed(above, f"{zone} DS {self.ds(zone)}"))

    def ds(self, zone: str) -> str:
        made = dns.dnssec.make_ds(zone, self.key(zone)[1], DSDigest.SHA256)
        return made.to_text()

    async def fetch(self, owner: Name, rdtype: RdataType) -> Message:
        """Hand out what was said; whatever was not is a failure."""
        if (owner, rdtype) not in self.answers:
            text = f"nothing is said of {owner} {RdataType.to_text(rdtype)}"
            raise Stopped(Failure(FailureKind.RESOLVE, "total", text))
        wire = self.answers[owner, rdtype].to_wire(max_size=65_535, want_shuffle=False)
        return dns.message.from_wire(wire)

    def judge(
        self, owner: str, rdtype: str = "A", at: float = NOW, anchor: str = "."
    ) -> tuple[Verdict, str]:
        """Judge what is said of a name, from the anchor's key down."""
        ds = dns.dnssec.make_ds(anchor, self.key(anchor)[1], DSDigest.SHA256)
        chain = Chain(self.fetch, MappingProxyType({name(anchor): (ds,)}), Rules(Moment(at)))
        work = Validator(chain).judge(name(owner), RdataType.from_text(rdtype))

        async def within() -> tuple[Verdict, str]:
            return await asyncio.wait_for(work, 20)

        return asyncio.run(within())


def forger(*zones: str) -> Forger:
    """Make a forger whose zones are `.`, `test.` and those given."""
    made = Forger()
    made.grow(".", "test.", *zones)
    return made


def verdict(liar: Forger, owner: str, rdtype: str = "A", at: float = NOW) -> Verdict:
    """Judge, and see that a reason is given."""
    found, reason = liar.judge(owner, rdtype, at)
    assert reason.endswith(".")
    return found
