"""What an answer means for a walk: a pure function of the answer and the question."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

import dns.rcode
from dns.flags import AA
from dns.message import Message
from dns.name import Name
from dns.rcode import Rcode
from dns.rdataclass import IN
from dns.rdatatype import RdataType
from dns.rrset import RRset

from probes.dns_trace.result import Outcome

_ADDRESSES = (RdataType.A, RdataType.AAAA)
_USEFUL_RCODES = (Rcode.NOERROR, Rcode.NXDOMAIN)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the zone whose servers got it."""

    name: Name
    rdtype: RdataType
    zone: Name


@dataclass(frozen=True, slots=True)
class Referral:
    """A zone further down, its servers' names, and those addresses that are to be believed."""

    zone: Name
    hosts: tuple[Name, ...]
    glue: MappingProxyType[Name, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Reading:
    """An outcome, the records that led to it, and where to go on."""

    outcome: Outcome
    rrsets: tuple[RRset, ...] = ()
    referral: Referral | None = None
    alias: Name | None = None


def read(message: Message, asked: Asked) -> Reading:
    """Tell referral from answer (RFC 1034, 5.3.3, step 4; RFC 2308, 2)."""
    if message.rcode() not in _USEFUL_RCODES:
        return Reading(Outcome.LAME)
    found = [rrset for rrset in message.answer if _answers(rrset, asked)]
    if found:
        return Reading(Outcome.ANSWER, tuple(found))
    if (led := alias(message, asked.name)) is not None:
        return Reading(Outcome.ALIAS, tuple(message.answer), alias=led)
    if message.rcode() == Rcode.NXDOMAIN:
        return Reading(Outcome.NO_NAME, tuple(message.authority))
    return _without_data(message, asked)


def _answers(rrset: RRset, asked: Asked) -> bool:
    return rrset.name == asked.name and asked.rdtype in (rrset.rdtype, RdataType.ANY)


def alias(message: Message, name: Name) -> Name | None:
    """Name that a CNAME here or a DNAME above leads to; None where neither is."""
    for rrset in message.answer:
        if rrset.rdtype == RdataType.CNAME and rrset.name == name:
            target: Name = rrset[0].target
            return target
    return next(_renamed(message, name), None)


def _renamed(message: Message, name: Name) -> Iterator[Name]:
    for rrset in message.answer:
        if rrset.rdtype == RdataType.DNAME and (new := renamed(name, rrset)):
            yield new


def renamed(name: Name, dname: RRset) -> Name | None:
    """Put the DNAME's target in its owner's place (RFC 6672, 2.2); None where that is too long."""
    if name == dname.name or not name.is_subdomain(dname.name):
        return None
    try:
        return name.relativize(dname.name).concatenate(dname[0].target)
    except dns.name.NameTooLong:
        return None


def addresses(rrset: RRset) -> tuple[str, ...]:
    """Return the addresses that an RRset holds; in other classes than IN they are none."""
    if rrset.rdclass != IN or rrset.rdtype not in _ADDRESSES:
        return ()
    return tuple(rdata.address for rdata in rrset)


def _without_data(message: Message, asked: Asked) -> Reading:
    kinds = {rrset.rdtype for rrset in message.authority}
    if RdataType.SOA in kinds:
        return Reading(Outcome.NO_DATA, tuple(message.authority))
    for rrset in message.authority:
        if rrset.rdtype == RdataType.NS and _leads_down(rrset.name, asked):
            referral = _referral(message, rrset, asked.zone)
            return Reading(Outcome.REFERRAL, (rrset,), referral)
    if message.flags & AA or RdataType.NSEC in kinds or RdataType.NSEC3 in kinds:
        return Reading(Outcome.NO_DATA, tuple(message.authority))
    return Reading(Outcome.LAME)


def _leads_down(zone: Name, asked: Asked) -> bool:
    """Tell whether a delegation brings the walk nearer; so no walk goes round in a circle."""
    if asked.rdtype == RdataType.DS and zone == asked.name:
        return False  # the zone above holds the DS (RFC 4035, 3.1.4.1)
    return zone != asked.zone and zone.is_subdomain(asked.zone) and asked.name.is_subdomain(zone)


def _referral(message: Message, delegation: RRset, zone: Name) -> Referral:
    hosts = tuple(rdata.target for rdata in delegation)
    glue: dict[Name, tuple[str, ...]] = {}
    for rrset in message.additional:
        # A server is believed only what lies below the zone it was asked for (RFC 5452, 6).
        believed = rrset.name in hosts and rrset.name.is_subdomain(zone)
        if believed:
            glue[rrset.name] = glue.get(rrset.name, ()) + addresses(rrset)
    return Referral(delegation.name, hosts, MappingProxyType(glue))
