"""What an answer brings along to deny something: verified first, then asked."""

from dataclasses import dataclass

from dns.message import Message
from dns.name import Name
from dns.rdatatype import RdataType

from probes.dnssec.judgement import Bogus, Insecure
from probes.dnssec.nsec import NsecDenial
from probes.dnssec.nsec3 import Nsec3Denial
from probes.dnssec.proof import Cut, Proof
from probes.dnssec.signature import (
    Moment,
    ZoneKeys,
    called,
    encloser_of_expansion,
    signatures_of,
    signed_sets,
    signer_of,
    verify,
)

DENIALS = (RdataType.NSEC, RdataType.NSEC3)


@dataclass(frozen=True, slots=True)
class Rules:
    """When signatures must hold, and how much hashing is gone along with."""

    moment: Moment
    most_iterations: int = 150


@dataclass(frozen=True, slots=True)
class Evidence:
    """The denials of one zone."""

    zone: Name
    nsec: NsecDenial
    nsec3: Nsec3Denial

    @classmethod
    def of(cls, message: Message, trusted: ZoneKeys, rules: Rules) -> "Evidence":
        """Verify the denials of the authority section and read them.

        Raises Bogus where any is not proven, and Insecure where names are hashed too often.
        """
        rrsets = [rrset for rrset in message.authority if rrset.rdtype in DENIALS]
        for rrset in rrsets:
            signatures = signatures_of(rrset, message.authority)
            signature = verify(rrset, signatures, trusted, rules.moment)
            if encloser_of_expansion(rrset, signature):
                raise Bogus(f"{called(rrset)} was made from a wildcard, and so denies nothing.")
        plain = [rrset for rrset in rrsets if rrset.rdtype == RdataType.NSEC]
        hashed = [rrset for rrset in rrsets if rrset.rdtype == RdataType.NSEC3]
        denial = Nsec3Denial(trusted.zone, hashed, rules.most_iterations)
        return cls(trusted.zone, NsecDenial.of(plain), denial)

    def deny_name(self, name: Name) -> None:
        """Return if it is proven that the name does not exist."""
        self._require(name, "does not exist", self.nsec.no_name(name), self.nsec3.no_name(name))

    def deny_data(self, name: Name, rdtype: RdataType) -> None:
        """Return if it is proven that the name lacks the type."""
        what = f"has no {RdataType.to_text(rdtype)}"
        proofs = (self.nsec.no_data(name, rdtype), self.nsec3.no_data(name, rdtype))
        self._require(name, what, *proofs)

    def deny_closer(self, name: Name, encloser: Name) -> None:
        """Return if it is proven that a wildcard had to stand in for the name."""
        proofs = (self.nsec.no_closer(name, encloser), self.nsec3.no_closer(name, encloser))
        self._require(name, "exists only by a wildcard", *proofs)

    def cut(self, name: Name) -> Cut:
        """Tell what is proven of a delegation at the name."""
        plain = self.nsec.cut(name)
        return self.nsec3.cut(name) if plain is Cut.UNPROVEN else plain

    def _require(self, name: Name, what: str, *proofs: Proof) -> None:
        if Proof.GIVEN in proofs:
            return
        if Proof.OPTED_OUT in proofs:
            why = "unsigned delegations are left out of its NSEC3 (RFC 5155, 9.2)"
            raise Insecure(f"{self.zone} does not say for sure that {name} {what}: {why}.")
        raise Bogus(f"{self.zone} does not prove that {name} {what} (RFC 4035, 5.4; RFC 5155, 8).")


def denier_of(message: Message) -> Name | None:
    """Name the zone that signed the denials of an answer, or else its SOA; None without any."""
    section = message.authority
    ranked = sorted(signed_sets(section), key=lambda rrset: rrset.rdtype not in DENIALS)
    signers = (signer_of(rrset, section) for rrset in ranked)
    return next((signer for signer in signers if signer is not None), None)
