"""The proof of an answer, alias by alias (RFC 4035, 5)."""

from dataclasses import dataclass, field

from dns.message import Message
from dns.name import Name
from dns.name import root as ROOT  # noqa: N812 - a constant, whatever dnspython calls it
from dns.rcode import Rcode
from dns.rdatatype import RdataType
from dns.rrset import RRset

from probes.connection import Stopped
from probes.dns.question import rcode_text, records
from probes.dns.result import DnsRecord
from probes.dns_trace.reading import renamed
from probes.dnssec.chain import Chain, OutOfReach
from probes.dnssec.evidence import Evidence, denier_of
from probes.dnssec.judgement import Bogus, Insecure
from probes.dnssec.result import Verdict
from probes.dnssec.signature import (
    ZoneKeys,
    called,
    encloser_of_expansion,
    rrset_of,
    signatures_of,
    signed_sets,
    signer_of,
    verify,
)
from probes.failure import Failure, FailureKind

MOST_ALIASES = 8
PROVEN = "Signatures lead from the anchor to every record, or to the proof that there is none."


@dataclass(slots=True)
class Validator:
    """Proves the answer to one question; what it saw on the way stays readable."""

    chain: Chain
    answers: list[DnsRecord] = field(default_factory=list)
    rcode: str | None = None

    async def judge(self, name: Name, rdtype: RdataType) -> tuple[Verdict, str]:
        """Return the verdict and its reason; Stopped where something cannot be fetched."""
        try:
            return await self._judge(name, rdtype)
        except Bogus as reason:
            return Verdict.BOGUS, str(reason)
        except OutOfReach as reason:
            return Verdict.INDETERMINATE, str(reason)

    async def _judge(self, name: Name, rdtype: RdataType) -> tuple[Verdict, str]:
        """Follow aliases to the end: each is to be proven, and the weakest counts."""
        weakness = None
        for _ in range(MOST_ALIASES + 1):
            message = await self.chain.ask(name, rdtype)
            self.rcode = rcode_text(message)
            self.answers += records(_of(message, name))
            try:
                await self._prove(message, name, rdtype)
            except Insecure as reason:
                weakness = weakness or str(reason)
            led = _led(message, name, rdtype)
            if led is None:
                return (Verdict.INSECURE, weakness) if weakness else (Verdict.SECURE, PROVEN)
            name = led
        text = f"More than {MOST_ALIASES} aliases follow one another, the last to {name}"
        raise Stopped(Failure(FailureKind.RESOLVE, "total", text))

    async def _prove(self, message: Message, name: Name, rdtype: RdataType) -> None:
        dname = _dname(message, name)
        if dname is not None:
            return await self._prove_dname(message, dname, name)
        found = [rrset for rrset in _of(message, name) if _fits(rrset, rdtype)]
        for rrset in found:
            await self._prove_rrset(message, rrset)
        return None if found else await self._prove_absence(message, name, rdtype)

    async def _prove_dname(self, message: Message, dname: RRset, name: Name) -> None:
        """Prove the DNAME, and that the CNAME beside it follows from it (RFC 6672, 5.3.1)."""
        await self._prove_rrset(message, dname)
        cname = rrset_of(message, name, RdataType.CNAME)
        if cname is not None and cname[0].target != renamed(name, dname):
            raise Bogus(f"{called(cname)} does not follow from the DNAME at {dname.name}")

    async def _prove_rrset(self, message: Message, rrset: RRset) -> None:
        trusted = await self._signer(message, rrset)
        signatures = signatures_of(rrset, message.answer)
        signature = verify(rrset, signatures, trusted, self.chain.rules.moment)
        encloser = encloser_of_expansion(rrset, signature)
        if encloser is None:
            return
        if rrset.rdtype == RdataType.DNAME:
            raise Bogus(f"{called(rrset)} was made from a wildcard (RFC 6672, 3.3).")
        evidence = Evidence.of(message, trusted, self.chain.rules)
        evidence.deny_closer(rrset.name, encloser)

    async def _signer(self, message: Message, rrset: RRset) -> ZoneKeys:
        signer = signer_of(rrset, message.answer)
        above = rrset.rdtype == RdataType.DS and rrset.name != ROOT
        if signer is None:
            trusted = await self.chain.descend(rrset.name.parent() if above else rrset.name)
            raise Bogus(f"{called(rrset)} bears no signature, though {trusted.zone} signs.")
        if above and signer == rrset.name:
            raise Bogus(f"{called(rrset)} is signed by the zone itself (RFC 4035, 5.2).")
        return await self.chain.keys(signer)

    async def _prove_absence(self, message: Message, name: Name, rdtype: RdataType) -> None:
        denier = denier_of(message)
        if denier is None or not name.is_subdomain(denier):
            above = rdtype == RdataType.DS and name != ROOT
            trusted = await self.chain.descend(name.parent() if above else name)
            raise Bogus(f"{trusted.zone} signs, but the denial of {name} bears no signature.")
        trusted = await self.chain.keys(denier)
        for rrset in signed_sets(message.authority):
            signatures = signatures_of(rrset, message.authority)
            verify(rrset, signatures, trusted, self.chain.rules.moment)
        evidence = Evidence.of(message, trusted, self.chain.rules)
        if message.rcode() == Rcode.NXDOMAIN:
            return evidence.deny_name(name)
        return evidence.deny_data(name, rdtype)


def _of(message: Message, name: Name) -> list[RRset]:
    """Return the records of this name, and the DNAME above it if there is one."""
    dname = _dname(message, name)
    found = [rrset for rrset in signed_sets(message.answer) if rrset.name == name]
    return found if dname is None else [dname, *found]


def _dname(message: Message, name: Name) -> RRset | None:
    for rrset in message.answer:
        if rrset.rdtype == RdataType.DNAME and renamed(name, rrset) is not None:
            return rrset
    return None


def _fits(rrset: RRset, rdtype: RdataType) -> bool:
    return rdtype == RdataType.ANY or rrset.rdtype in (rdtype, RdataType.CNAME)


def _led(message: Message, name: Name, rdtype: RdataType) -> Name | None:
    """Name where the answer leads; None where it ends."""
    found = {rrset.rdtype: rrset for rrset in message.answer if rrset.name == name}
    if rdtype in (RdataType.ANY, RdataType.CNAME) or rdtype in found:
        return None
    dname = _dname(message, name)
    if dname is not None:
        return renamed(name, dname)
    cname = found.get(RdataType.CNAME)
    target: Name | None = cname[0].target if cname else None
    return target
