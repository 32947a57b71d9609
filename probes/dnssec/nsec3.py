"""Denial by NSEC3: gaps in the order of hashed names (RFC 5155, 8)."""

from base64 import b32hexdecode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import dns.dnssec
from dns.name import Name
from dns.rdatatype import RdataType
from dns.rdtypes.ANY.NSEC3 import NSEC3
from dns.rrset import RRset

from probes.dnssec.bitmap import Types, ends_here, lacks, types_of
from probes.dnssec.judgement import Insecure
from probes.dnssec.nsec import wildcard
from probes.dnssec.proof import Cut, Proof

_SHA1 = 1
_OPT_OUT = 1
_HASH_BYTES = 20


@dataclass(frozen=True, slots=True)
class HashedGap:
    """One NSEC3: no hash lies between its owner's and the next."""

    owner: bytes
    next: bytes
    types: Types
    opts_out: bool

    def covers(self, hashed: bytes) -> bool:
        """Tell whether a hash would lie in this gap; the last gap goes round."""
        if self.next <= self.owner:
            return hashed > self.owner or hashed < self.next
        return self.owner < hashed < self.next


@dataclass(frozen=True, slots=True)
class Encloser:
    """The closest ancestor that exists, and the gap over the name one label longer."""

    name: Name
    gap: HashedGap

    @property
    def proof(self) -> Proof:
        """What a denial that rests on this gap is worth (RFC 5155, 9.2)."""
        return Proof.OPTED_OUT if self.gap.opts_out else Proof.GIVEN


class Nsec3Denial:
    """The gaps that came with an answer; their signatures have been verified.

    Those with an unknown hash or unknown flags, those of another zone and those with other
    parameters than the first are left out (RFC 5155, 8.1 and 8.2).
    """

    def __init__(self, zone: Name, rrsets: list[RRset], most_iterations: int) -> None:
        found = [(owner, rdata) for owner, rdata in _hashed(zone, rrsets) if _is_known(rdata)]
        self._zone = zone
        self._salt: bytes = found[0][1].salt if found else b""
        self._iterations: int = found[0][1].iterations if found else 0
        if self._iterations > most_iterations:
            raise Insecure(
                f"{zone} hashes names {self._iterations} times over, more than the"
                f" {most_iterations} that are gone along with (RFC 9276, 3.2)."
            )
        self._gaps = [
            HashedGap(owner, rdata.next, types_of(rdata.windows), bool(rdata.flags & _OPT_OUT))
            for owner, rdata in found
            if (rdata.salt, rdata.iterations) == (self._salt, self._iterations)
        ]
        self._hash = lru_cache(self._hashed_once)

    def no_name(self, name: Name) -> Proof:
        """Prove that neither the name nor a wildcard for it exists (RFC 5155, 8.4)."""
        encloser = self._encloser(name)
        if encloser is None or self._over(wildcard(encloser.name)) is None:
            return Proof.MISSING
        return encloser.proof

    def no_data(self, name: Name, rdtype: RdataType) -> Proof:
        """Prove that the name, or the wildcard for it, lacks the type (RFC 5155, 8.5 to 8.7)."""
        if found := self._at(name):
            return Proof.GIVEN if lacks(found.types, name, rdtype) else Proof.MISSING
        encloser = self._encloser(name)
        if encloser is None:
            return Proof.MISSING
        if found := self._at(wildcard(encloser.name)):
            return encloser.proof if lacks(found.types, name, rdtype) else Proof.MISSING
        return Proof.OPTED_OUT if encloser.gap.opts_out else Proof.MISSING

    def no_closer(self, name: Name, encloser: Name) -> Proof:
        """Prove that nothing is closer to the name than its wildcard (RFC 5155, 8.8)."""
        gap = self._over(_below(encloser, name))
        return Proof.MISSING if gap is None else Encloser(encloser, gap).proof

    def cut(self, name: Name) -> Cut:
        """Tell what is proven of a delegation without DS at the name (RFC 5155, 8.6, 8.9)."""
        if found := self._at(name):
            if not lacks(found.types, name, RdataType.DS):
                return Cut.UNPROVEN
            return Cut.UNSIGNED if RdataType.NS in found.types else Cut.NONE
        encloser = self._encloser(name)
        if encloser is None:
            return Cut.UNPROVEN
        return Cut.UNSIGNED if encloser.gap.opts_out else Cut.NO_NAME

    def _encloser(self, name: Name) -> Encloser | None:
        """Prove the closest encloser of a name that has no NSEC3 itself (RFC 5155, 8.3)."""
        for depth in range(len(name) - 1, len(self._zone) - 1, -1):
            ancestor: Name = name.split(depth)[1]
            if found := self._at(ancestor):
                gap = self._over(_below(ancestor, name))
                return None if gap is None or ends_here(found.types) else Encloser(ancestor, gap)
        return None

    def _at(self, name: Name) -> HashedGap | None:
        return next((gap for gap in self._gaps if gap.owner == self._hash(name)), None)

    def _over(self, name: Name) -> HashedGap | None:
        return next((gap for gap in self._gaps if gap.covers(self._hash(name))), None)

    def _hashed_once(self, name: Name) -> bytes:
        text = dns.dnssec.nsec3_hash(name, self._salt, self._iterations, _SHA1)
        return b32hexdecode(text)


def _hashed(zone: Name, rrsets: list[RRset]) -> Iterator[tuple[bytes, NSEC3]]:
    for rrset in rrsets:
        owner = _owner_hash(rrset.name)
        if owner is not None and rrset.name.parent() == zone:
            yield from ((owner, rdata) for rdata in rrset)


def _owner_hash(name: Name) -> bytes | None:
    try:
        return b32hexdecode(name.labels[0].upper())
    except ValueError:
        return None


def _is_known(rdata: NSEC3) -> bool:
    known = rdata.algorithm == _SHA1 and rdata.flags in (0, _OPT_OUT)
    return known and len(rdata.next) == _HASH_BYTES


def _below(encloser: Name, name: Name) -> Name:
    """Return the ancestor of a name that is one label longer than the encloser."""
    longer: Name = name.split(len(encloser) + 1)[1]
    return longer
