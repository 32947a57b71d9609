"""Trust anchors: DS or DNSKEY records that are believed without proof."""

from collections.abc import Sequence
from types import MappingProxyType

import dns.dnssec
import dns.exception
import dns.rdata
import dns.rdataclass
from dns.dnssectypes import DSDigest
from dns.name import Name
from dns.rdatatype import RdataType
from dns.rdtypes.ANY.DNSKEY import DNSKEY
from dns.rdtypes.ANY.DS import DS

from probes.dns.question import check_question, read_name, read_type
from probes.errors import PlanInvalid

Anchors = MappingProxyType[Name, tuple[DS, ...]]
_UNSIGNED = frozenset({RdataType.RRSIG, RdataType.SIG, RdataType.MAILA, RdataType.MAILB})


def check_provable(name: str, rdtype: str) -> None:
    """Refuse types that no signature covers (RFC 4035, 2.2)."""
    check_question(name, rdtype, "IN")
    if read_type(rdtype) in _UNSIGNED:
        raise PlanInvalid(f"{rdtype} records are never signed themselves: ask for another type.")


def check_anchors(texts: Sequence[str]) -> None:
    """Refuse anchors that are none, with PlanInvalid."""
    read_anchors(texts)


def read_anchors(texts: Sequence[str]) -> Anchors:
    """Read `OWNER [TTL] [IN] DS|DNSKEY …` lines; a key becomes the DS that vouches for it."""
    if not texts:
        raise PlanInvalid("At least one trust anchor must be given, not none.")
    anchors: dict[Name, tuple[DS, ...]] = {}
    for text in texts:
        owner, ds = _anchor(text)
        anchors[owner] = (*anchors.get(owner, ()), ds)
    return MappingProxyType(anchors)


def _anchor(text: str) -> tuple[Name, DS]:
    words = text.split()
    kinds = [n for n, word in enumerate(words) if word.upper() in ("DS", "DNSKEY")]
    if not kinds or not 1 <= kinds[0] <= 3:
        raise PlanInvalid(f"A trust anchor must be OWNER IN DS … or DNSKEY …, not {text[:80]!r}.")
    owner, kind = read_name(words[0]), words[kinds[0]].upper()
    try:
        content = " ".join(words[kinds[0] + 1 :])
        rdata = dns.rdata.from_text(dns.rdataclass.IN, RdataType[kind], content)
        return owner, _as_ds(owner, rdata)
    except (dns.exception.DNSException, ValueError) as error:
        raise PlanInvalid(f"The trust anchor {text[:80]!r} cannot be read: {error}.") from None


def _as_ds(owner: Name, rdata: dns.rdata.Rdata) -> DS:
    if isinstance(rdata, DNSKEY):
        return dns.dnssec.make_ds(owner, rdata, DSDigest.SHA256)
    if isinstance(rdata, DS):
        return rdata
    raise ValueError("it is neither DS nor DNSKEY")
