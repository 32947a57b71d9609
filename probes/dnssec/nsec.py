"""Denial by NSEC: gaps in the order of names (RFC 4035, 5.4; RFC 6840, 4)."""

from collections.abc import Iterator
from dataclasses import dataclass

import dns.name
from dns.name import Name
from dns.rdatatype import RdataType
from dns.rrset import RRset

from probes.dnssec.bitmap import Types, ends_here, lacks, types_of
from probes.dnssec.proof import Cut, Proof


@dataclass(frozen=True, slots=True)
class Gap:
    """One NSEC: no name lies between its owner and the next."""

    owner: Name
    next: Name
    types: Types

    def covers(self, name: Name) -> bool:
        """Tell whether the name would lie in this gap, and the gap may speak of it.

        dnspython orders names canonically (RFC 4034, 6.1); the last gap ends at the apex.
        """
        if name != self.owner and name.is_subdomain(self.owner) and ends_here(self.types):
            return False
        if self.next <= self.owner:
            return bool(self.owner < name)
        return bool(self.owner < name < self.next)

    def encloser(self, name: Name) -> Name:
        """Return the closest ancestor of a covered name that exists."""
        shared = max(name.fullcompare(end)[2] for end in (self.owner, self.next))
        ancestor: Name = name.split(shared)[1]
        return ancestor


@dataclass(frozen=True, slots=True)
class NsecDenial:
    """The gaps that came with an answer; their signatures have been verified."""

    gaps: tuple[Gap, ...]

    @classmethod
    def of(cls, rrsets: list[RRset]) -> "NsecDenial":
        """Read NSEC RRsets."""
        return cls(
            tuple(
                Gap(rrset.name, rdata.next, types_of(rdata.windows))
                for rrset in rrsets
                for rdata in rrset
            )
        )

    def no_name(self, name: Name) -> Proof:
        """Prove that neither the name nor a wildcard for it exists (RFC 4035, 5.4)."""
        for gap in self._over(name):
            if not gap.next.is_subdomain(name) and any(self._over(wildcard(gap.encloser(name)))):
                return Proof.GIVEN
        return Proof.MISSING

    def no_data(self, name: Name, rdtype: RdataType) -> Proof:
        """Prove that the name, or the wildcard for it, lacks the type (RFC 4035, 3.1.3.1, .4)."""
        if any(gap.owner == name for gap in self.gaps):
            return self._lacking(name, name, rdtype)
        for gap in self._over(name):
            if gap.next.is_subdomain(name):
                return Proof.GIVEN  # an empty non-terminal: only names below it have records
            proof = self._lacking(wildcard(gap.encloser(name)), name, rdtype)
            if proof is Proof.GIVEN:
                return proof
        return Proof.MISSING

    def no_closer(self, name: Name, encloser: Name) -> Proof:
        """Prove that nothing is closer to the name than its wildcard (RFC 4035, 5.3.4)."""
        for gap in self._over(name):
            if not gap.next.is_subdomain(name) and gap.encloser(name) == encloser:
                return Proof.GIVEN
        return Proof.MISSING

    def cut(self, name: Name) -> Cut:
        """Tell what is proven of a delegation without DS at the name (RFC 4035, 5.2)."""
        for gap in self.gaps:
            if gap.owner == name and lacks(gap.types, name, RdataType.DS):
                return Cut.UNSIGNED if RdataType.NS in gap.types else Cut.NONE
        for gap in self._over(name):
            return Cut.NONE if gap.next.is_subdomain(name) else Cut.NO_NAME
        return Cut.UNPROVEN

    def _over(self, name: Name) -> Iterator[Gap]:
        return (gap for gap in self.gaps if gap.covers(name))

    def _lacking(self, owner: Name, name: Name, rdtype: RdataType) -> Proof:
        matches = [gap for gap in self.gaps if gap.owner == owner]
        proven = matches and all(lacks(gap.types, name, rdtype) for gap in matches)
        return Proof.GIVEN if proven else Proof.MISSING


def wildcard(encloser: Name) -> Name:
    """Return the wildcard right below a name."""
    return dns.name.from_text("*", encloser)
