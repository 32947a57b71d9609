"""The chain of keys: from an anchor through every delegation down to a zone (RFC 4035, 5.2)."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import dns.dnssec
from dns.dnssectypes import Algorithm, DSDigest
from dns.message import Message
from dns.name import Name
from dns.rdataclass import IN
from dns.rdatatype import RdataType
from dns.rdtypes.ANY.DNSKEY import DNSKEY
from dns.rdtypes.ANY.DS import DS
from dns.rdtypes.ANY.RRSIG import RRSIG
from dns.rrset import RRset

from probes.dnssec.anchors import Anchors
from probes.dnssec.evidence import Evidence, Rules
from probes.dnssec.judgement import Bogus, Insecure
from probes.dnssec.proof import Cut
from probes.dnssec.result import DsView, KeyView, Link, Verdict
from probes.dnssec.signature import (
    ALGORITHMS,
    ZoneKeys,
    encloser_of_expansion,
    is_zone_key,
    rrset_of,
    signatures_of,
    verify,
)

Fetch = Callable[[Name, RdataType], Awaitable[Message]]
DIGESTS = frozenset({DSDigest.SHA1, DSDigest.SHA256, DSDigest.SHA384})


class OutOfReach(Exception):
    """No anchor is at or above a name."""


@dataclass(slots=True)
class Chain:
    """Zones whose keys are proven, and those that are proven to be unsigned, as they are met."""

    fetch: Fetch
    anchors: Anchors
    rules: Rules
    links: list[Link] = field(default_factory=list)
    secure: dict[Name, ZoneKeys] = field(default_factory=dict)
    insecure: dict[Name, str] = field(default_factory=dict)
    _cuts: dict[Name, Cut] = field(default_factory=dict)

    async def ask(self, name: Name, rdtype: RdataType) -> Message:
        """Fetch an answer, without what it holds of other classes than IN."""
        message = await self.fetch(name, rdtype)
        message.answer = [rrset for rrset in message.answer if rrset.rdclass == IN]
        message.authority = [rrset for rrset in message.authority if rrset.rdclass == IN]
        return message

    async def keys(self, zone: Name) -> ZoneKeys:
        """Return the proven keys of a zone; Insecure or Bogus say why there are none."""
        found = await self.descend(zone)
        if found.zone != zone:
            raise Bogus(f"{zone} signs, but {found.zone} delegates nothing to it.")
        return found

    async def descend(self, name: Name) -> ZoneKeys:
        """Return the keys of the deepest zone at or above the name; Insecure where it has none."""
        trusted = await self._start(name)
        for depth in range(len(trusted.zone) + 1, len(name) + 1):
            place: Name = name.split(depth)[1]
            cut, trusted = await self._step(trusted, place)
            if cut is Cut.NO_NAME:
                break
        return trusted

    async def _start(self, name: Name) -> ZoneKeys:
        """Go on from the deepest zone that is known already, or begin at the closest anchor."""
        for zone, reason in self.insecure.items():
            if name.is_subdomain(zone):
                raise Insecure(reason)
        anchors = [zone for zone in self.anchors if name.is_subdomain(zone)]
        if not anchors:
            raise OutOfReach(f"No trust anchor is at or above the name {name}")
        anchor = max(anchors, key=len)
        if anchor not in self.secure:
            await self._enter(anchor, self.anchors[anchor])
        known = [zone for zone in self.secure if name.is_subdomain(zone)]
        return self.secure[max(known, key=len)]

    async def _step(self, above: ZoneKeys, place: Name) -> tuple[Cut, ZoneKeys]:
        """Look for a delegation at the place, and go through it."""
        if place in self._cuts:
            return self._cuts[place], above
        message = await self.ask(place, RdataType.DS)
        ds = rrset_of(message, place, RdataType.DS)
        if ds is None:
            cut = self._undelegated(message, above, place)
            if cut is Cut.UNSIGNED:
                self._leave(place, f"{above.zone} delegates {place} without a DS (RFC 4035, 5.2).")
            self._cuts[place] = cut
            return cut, above
        signature = verify(ds, signatures_of(ds, message.answer), above, self.rules.moment)
        if encloser_of_expansion(ds, signature):
            raise Bogus(f"The DS of {place} was made from a wildcard (RFC 4592, 4.2).")
        return Cut.NONE, await self._enter(place, tuple(ds))

    def _undelegated(self, message: Message, above: ZoneKeys, place: Name) -> Cut:
        if alias := _alias(message, place):
            verify(alias, signatures_of(alias, message.answer), above, self.rules.moment)
            return Cut.NONE  # an alias has no NS beside it (RFC 2181, 10.1)
        cut = Evidence.of(message, above, self.rules).cut(place)
        if cut is Cut.UNPROVEN:
            raise Bogus(f"{above.zone} neither gives nor denies a DS for {place} (RFC 4035, 5.2).")
        return cut

    def _leave(self, zone: Name, reason: str, ds: Sequence[DS] = ()) -> None:
        self.insecure[zone] = reason
        self.links.append(Link(zone.to_text(), Verdict.INSECURE, ds_views(ds)))
        raise Insecure(reason)

    async def _enter(self, zone: Name, vouchers: Sequence[DS]) -> ZoneKeys:
        """Prove a zone's keys by those DS that can be used; without any it is as if unsigned."""
        usable = usable_ds(vouchers)
        if not usable:
            named = ", ".join(f"{int(ds.algorithm)}/{int(ds.digest_type)}" for ds in vouchers)
            reason = (
                f"Every DS of {zone} has an unknown algorithm or digest ({named}; RFC 4035, 5.2)."
            )
            self._leave(zone, reason, vouchers)
        message = await self.ask(zone, RdataType.DNSKEY)
        keys = rrset_of(message, zone, RdataType.DNSKEY)
        if keys is None:
            raise Bogus(f"{zone} has a DS but no DNSKEY (RFC 4035, 5.2).")
        anchored = [key for key in keys if any(vouches(ds, zone, key) for ds in usable)]
        if not anchored:
            tags = ", ".join(str(ds.key_tag) for ds in usable)
            raise Bogus(f"No DNSKEY of {zone} fits its DS (tag {tags}; RFC 4035, 5.2).")
        signatures = signatures_of(keys, message.answer)
        believed = ZoneKeys(zone, tuple(anchored))
        signature = verify(keys, signatures, believed, self.rules.moment)
        self.links.append(_link(zone, vouchers, keys, anchored, signature))
        self.secure[zone] = ZoneKeys(zone, tuple(keys))
        return self.secure[zone]


def _alias(message: Message, place: Name) -> RRset | None:
    """Find the alias that stands where a DS was asked for: a CNAME here, or a DNAME above."""
    for rrset in message.answer:
        above = rrset.name != place and place.is_subdomain(rrset.name)
        if rrset.rdtype == RdataType.DNAME and above:
            return rrset
    return rrset_of(message, place, RdataType.CNAME)


def usable_ds(vouchers: Sequence[DS]) -> list[DS]:
    """Keep the DS with known algorithms, and of those the ones with the strongest digest.

    RFC 4509, 3 wants that of SHA-1 and SHA-256; for SHA-384 it is done likewise.
    """
    known = [ds for ds in vouchers if ds.algorithm in ALGORITHMS and ds.digest_type in DIGESTS]
    strongest = max((ds.digest_type for ds in known), default=None)
    return [ds for ds in known if ds.digest_type == strongest]


def vouches(ds: DS, zone: Name, key: DNSKEY) -> bool:
    """Tell whether a DS is of this key (RFC 4034, 5.1)."""
    if (ds.algorithm, ds.key_tag) != (key.algorithm, key.key_id()) or not is_zone_key(key):
        return False
    made = dns.dnssec.make_ds(zone, key, DSDigest(ds.digest_type), validating=True)
    return bool(made.digest == ds.digest)


def _link(
    zone: Name, vouchers: Sequence[DS], keys: RRset, anchored: Sequence[DNSKEY], signature: RRSIG
) -> Link:
    return Link(
        zone.to_text(),
        Verdict.SECURE,
        ds_views(vouchers),
        tuple(
            KeyView(key.key_id(), _algorithm(key.algorithm), int(key.flags), key in anchored)
            for key in keys
        ),
        datetime.fromtimestamp(signature.inception, UTC),
        datetime.fromtimestamp(signature.expiration, UTC),
    )


def ds_views(vouchers: Sequence[DS]) -> tuple[DsView, ...]:
    """Show DS records."""
    return tuple(
        DsView(ds.key_tag, _algorithm(ds.algorithm), int(ds.digest_type), ds.digest.hex())
        for ds in vouchers
    )


def _algorithm(number: int) -> str:
    return Algorithm.to_text(number)
