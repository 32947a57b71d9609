"""Questions and answers between text and DNS messages."""

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from dns.message import Message
from dns.name import Name
from dns.rdatatype import RdataType

from probes.dns.result import DnsRecord
from probes.errors import PacketError, PlanInvalid

_MANY_MESSAGES = frozenset({RdataType.AXFR, RdataType.IXFR})
_NO_QUESTION = frozenset({RdataType.OPT, RdataType.TSIG, RdataType.TKEY, RdataType.NONE})


def check_question(name: str, rdtype: str, rdclass: str) -> None:
    """Refuse what no single message can ask, with PlanInvalid."""
    read_name(name)
    kind = read_type(rdtype)
    if kind in _MANY_MESSAGES | _NO_QUESTION:
        raise PlanInvalid(f"{rdtype} is not a type that one question and one answer are for.")
    try:
        dns.rdataclass.from_text(rdclass)
    except (dns.exception.DNSException, ValueError):
        raise PlanInvalid(f"The class must be IN, CH or HS, not {rdclass[:40]!r}.") from None


def read_name(text: str) -> Name:
    """Read a domain name, always as an absolute one."""
    try:
        return dns.name.from_text(text)
    except (dns.exception.DNSException, ValueError) as error:
        reason = str(error).rstrip(".")
        raise PlanInvalid(f"{text[:80]!r} is no domain name: {reason}.") from None


def read_type(text: str) -> RdataType:
    """Read the name of a record type."""
    try:
        return dns.rdatatype.from_text(text)
    except (dns.exception.DNSException, ValueError):
        raise PlanInvalid(f"The type must be A, MX, ANY or the like, not {text[:40]!r}.") from None


def make_query(  # noqa: PLR0913 - one for each thing that a question may say
    name: Name,
    rdtype: RdataType,
    *,
    rdclass: str = "IN",
    edns_bytes: int = 1232,
    dnssec_ok: bool = False,
    flags: int = 0,
) -> Message:
    """Make a question; its id is unpredictable."""
    return dns.message.make_query(
        name,
        rdtype,
        rdclass,
        use_edns=0 if edns_bytes else -1,
        want_dnssec=dnssec_ok,
        payload=edns_bytes or None,
        flags=flags,
    )


def read_answer(wire: bytes, query: Message) -> Message:
    """Read an answer to this question, or raise PacketError; a cut one is read so far as it goes.

    What dnspython raises over odd bytes is of many kinds, and none of them is of use here.
    """
    try:
        message = dns.message.from_wire(wire, raise_on_truncation=True)
    except dns.message.Truncated as cut:
        message = cut.message()  # type: ignore[no-untyped-call]
    except Exception as error:  # noqa: BLE001 - whatever a peer's bytes may cause
        raise PacketError(f"{len(wire)} bytes that are no DNS message ({error!r:.80})") from None
    if not query.is_response(message):
        raise PacketError(_mismatch(message, query))
    return message


def _mismatch(message: Message, query: Message) -> str:
    if not message.flags & dns.flags.QR:
        return "a question instead of an answer"
    if message.id != query.id:
        return f"an answer with the id {message.id} instead of {query.id}"
    asked = ", ".join(str(question) for question in message.question) or "nothing"
    return f"an answer to another question ({asked[:120]})"


def records(section: list[dns.rrset.RRset]) -> tuple[DnsRecord, ...]:
    """Write the records of a section as text."""
    return tuple(
        DnsRecord(
            rrset.name.to_text(),
            int(rrset.ttl),
            dns.rdataclass.to_text(rrset.rdclass),
            dns.rdatatype.to_text(rrset.rdtype),
            rdata.to_text(),
        )
        for rrset in section
        for rdata in rrset
    )


def rcode_text(message: Message) -> str:
    """Name the response code, with the extension that EDNS brings."""
    return dns.rcode.to_text(message.rcode())


def flag_texts(message: Message) -> tuple[str, ...]:
    """Name the header's flags, and DO where EDNS bears it."""
    words = dns.flags.to_text(message.flags).split()
    if message.edns >= 0:
        words += dns.flags.edns_to_text(message.ednsflags).split()
    return tuple(words)
