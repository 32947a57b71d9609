"""One RRset against its signatures (RFC 4035, 5.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import dns.dnssec
import dns.rdataset
import dns.rdatatype
from dns.message import Message
from dns.name import Name
from dns.rdatatype import RdataType
from dns.rdtypes.ANY.DNSKEY import DNSKEY
from dns.rdtypes.ANY.RRSIG import RRSIG
from dns.rdtypes.dnskeybase import Flag
from dns.rrset import RRset

from probes.dnssec.judgement import Bogus

# RSA with SHA-1, SHA-256 and SHA-512, ECDSA, Ed25519 and Ed448 (RFC 8624, 3.1). Those that
# must not be validated with (RSAMD5, DSA) count as unknown, as does what is not here.
ALGORITHMS = frozenset({5, 7, 8, 10, 13, 14, 15, 16})
# A zone with many keys of one tag could keep a validator busy for hours (CVE-2023-50387).
MOST_SIGNATURES = 8
MOST_KEYS = 4
_DNSSEC_PROTOCOL = 3


@dataclass(frozen=True, slots=True)
class ZoneKeys:
    """A zone, and keys that are known to be its own."""

    zone: Name
    keys: tuple[DNSKEY, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """When signatures must hold, in seconds since the epoch, and how far clocks may differ."""

    at: float
    skew_s: float = 0.0

    def check(self, signature: RRSIG) -> None:
        """Raise Bogus where it does not hold (RFC 4034, 3.1.5)."""
        if self.at - self.skew_s > signature.expiration:
            raise Bogus(f"the signature expired on {when(signature.expiration)}")
        if self.at + self.skew_s < signature.inception:
            raise Bogus(f"the signature is not valid before {when(signature.inception)}")


def when(seconds: float) -> str:
    """Write a time for people."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"


def called(rrset: RRset) -> str:
    """Name an RRset in a sentence."""
    return f"{rrset.name} {dns.rdatatype.to_text(rrset.rdtype)}"


def signatures_of(rrset: RRset, section: Sequence[RRset]) -> tuple[RRSIG, ...]:
    """Find the signatures over an RRset in its section."""
    return tuple(
        rdata
        for other in section
        if other.rdtype == RdataType.RRSIG
        and (other.covers, other.name) == (rrset.rdtype, rrset.name)
        for rdata in other
    )


def signed_sets(section: Sequence[RRset]) -> list[RRset]:
    """Leave the signatures out."""
    return [rrset for rrset in section if rrset.rdtype != RdataType.RRSIG]


def signer_of(rrset: RRset, message_section: Sequence[RRset]) -> Name | None:
    """Name the zone that claims to have signed an RRset; None where none that could has."""
    for signature in signatures_of(rrset, message_section):
        signer: Name = signature.signer
        if rrset.name.is_subdomain(signer):
            return signer
    return None


def verify(rrset: RRset, signatures: Sequence[RRSIG], trusted: ZoneKeys, moment: Moment) -> RRSIG:
    """Return the signature that proves the RRset; Bogus says why none does."""
    reasons = []
    for signature in signatures[:MOST_SIGNATURES]:
        try:
            _verify_one(rrset, signature, trusted, moment)
        except Bogus as reason:
            reasons.append(str(reason))
        else:
            return signature
    why = "; ".join(dict.fromkeys(reasons)) or "it bears no signature"
    raise Bogus(f"{called(rrset)} is not proven by {trusted.zone}: {why} (RFC 4035, 5.3).")


def _verify_one(rrset: RRset, signature: RRSIG, trusted: ZoneKeys, moment: Moment) -> None:
    if signature.signer != trusted.zone or not rrset.name.is_subdomain(trusted.zone):
        raise Bogus(f"the signature is by {signature.signer}")
    if signature.labels > label_count(rrset.name):
        raise Bogus("the signature is for a longer name")
    moment.check(signature)
    keys = [key for key in trusted.keys if _fits(key, signature)]
    if not keys:
        tag, algorithm = signature.key_tag, int(signature.algorithm)
        raise Bogus(f"no key of the zone has tag {tag} and algorithm {algorithm}")
    _check_bytes(rrset, signature, dns.rdataset.from_rdata_list(0, keys[:MOST_KEYS]))


def _fits(key: DNSKEY, signature: RRSIG) -> bool:
    return (
        key.algorithm == signature.algorithm
        and key.key_id() == signature.key_tag
        and is_zone_key(key)
    )


def is_zone_key(key: DNSKEY) -> bool:
    """Tell whether a key may sign a zone (RFC 4034, 2.1), and is not revoked (RFC 5011, 2.1)."""
    flags = key.flags & (Flag.ZONE | Flag.REVOKE)
    return flags == Flag.ZONE and key.protocol == _DNSSEC_PROTOCOL


def _check_bytes(rrset: RRset, signature: RRSIG, keys: dns.rdataset.Rdataset) -> None:
    try:
        dns.dnssec.validate_rrsig(
            rrset, signature, {signature.signer: keys}, now=float(signature.inception)
        )
    except Exception:  # noqa: BLE001 - a key's bytes can make any library fail, in any way
        raise Bogus("the signature does not fit the records") from None


def label_count(name: Name) -> int:
    """Count labels as signatures do: without the root and a leading asterisk (RFC 4034, 3.1.3)."""
    return len(name) - 1 - int(name.is_wild())


def encloser_of_expansion(rrset: RRset, signature: RRSIG) -> Name | None:
    """Name what the wildcard hangs below that an RRset was made from; None where it was not.

    RFC 4035, 5.3.4.
    """
    if signature.labels >= label_count(rrset.name):
        return None
    parent: Name = rrset.name.split(signature.labels + 1)[1]
    return parent


def rrset_of(message: Message, name: Name, rdtype: RdataType) -> RRset | None:
    """Find an RRset in the answer section."""
    wanted = (name, rdtype)
    return next((found for found in message.answer if (found.name, found.rdtype) == wanted), None)
