"""Proving what an imagined tree says: it is signed with real keys, made from the seed."""

from itertools import cycle, islice
from types import MappingProxyType

import dns.dnssec
import dns.message
import dns.name
import dns.rcode
import dns.rdataset
import dns.rrset
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from dns.dnssectypes import Algorithm, DSDigest
from dns.message import Message
from dns.name import Name
from dns.rdatatype import RdataType
from dns.rdtypes.ANY.DNSKEY import DNSKEY
from dns.rdtypes.dnskeybase import Flag
from dns.rrset import RRset

from probes.connection import Stopped
from probes.dns.imagined import TTL_S, ImaginedNames, plain
from probes.dns.reply import unanswered
from probes.dns.simulated import datagram_ms, thinking_ms
from probes.dnssec.plan import DnssecPlan
from probes.dnssec.probe import proven
from probes.dnssec.result import DnssecResult
from probes.dnssec.source import signed_query
from probes.journey import Journey
from probes.resolve import check_name
from probes.simulated import SimulatedNetwork

_DAY_S = 86_400
_SIGNED, _SIGNED_WELL = 0.75, 0.70
_FLAGS = Flag.ZONE | Flag.SEP
_INVALID_GAP = ("int.", "inz.")


async def simulate(plan: DnssecPlan, network: SimulatedNetwork) -> DnssecResult:
    """Prove a name of the imagined tree from that tree's own root key.

    Of 100 domains 70 are signed, 25 are not, and 5 have let their signatures expire.
    """
    check_name(plan.target)
    now_s = network.clock.now_ms() / 1000 if plan.at is None else plan.at
    tree = SignedTree(ImaginedNames(network), max(now_s, 60.0 * _DAY_S))
    source = ImaginedSource(plan, tree, network)
    anchors = MappingProxyType({dns.name.root: (tree.ds(dns.name.root)[0],)})
    result = await proven(plan, source, anchors, tree.at, lambda: source.spent_ms)
    await network.clock.sleep(source.spent_ms / 1000)
    return result


class ImaginedSource:
    """Asks each zone's server over its path, or the resolver that the plan names."""

    def __init__(self, plan: DnssecPlan, tree: "SignedTree", network: SimulatedNetwork) -> None:
        self.queries = 0
        self.spent_ms = 0.0
        self.address: str | None = None
        self._plan = plan
        self._tree = tree
        self._network = network
        self._stream = network.turn("dnssec", plan.target)

    async def fetch(self, name: Name, rdtype: RdataType) -> Message:
        """Ask until something comes back."""
        hosts = [self._plan.server] if self._plan.server else self._tree.servers(name, rdtype)
        for host in islice(cycle(hosts), self._plan.tries):
            self.queries += 1
            self.address = str(self._network.address(host))
            journey = Journey(self._network, host, self._stream, self._plan.timeout_s * 1000)
            asked = datagram_ms if self._plan.transport == "udp" else _by_tcp_ms
            passed_ms = asked(journey, thinking_ms(self._stream))
            self.spent_ms += journey.spent_ms
            if passed_ms is not None:
                return self._tree.answer(name, rdtype)
        raise Stopped(unanswered(self._plan.timeout_s, "total"))


def _by_tcp_ms(journey: Journey, think_ms: float) -> float | None:
    return None if journey.exchange_ms() is None else journey.exchange_ms(think_ms)


class SignedTree:
    """The imagined names with a key for every zone, and signatures around the time `at`."""

    def __init__(self, names: ImaginedNames, at: float) -> None:
        self.at = at
        self._names = names
        self._keys: dict[Name, Ed25519PrivateKey] = {}

    def servers(self, name: Name, rdtype: RdataType) -> list[str]:
        """Name the servers that are asked for these records."""
        return [plain(host) for host, _ in self._names.servers(self._zone(name, rdtype))]

    def ds(self, zone: Name) -> RRset:
        """Return the zone's DS."""
        made = dns.dnssec.make_ds(zone, self._dnskey(zone), DSDigest.SHA256)
        return dns.rrset.from_rdata(zone, TTL_S, made)

    def answer(self, name: Name, rdtype: RdataType) -> Message:
        """Answer as the zone's own server does, with signatures or proof that there is nothing."""
        message = dns.message.make_response(signed_query(name, rdtype), our_payload=1232)
        zone = self._zone(name, rdtype)
        found = self._found(name, rdtype, zone)
        if found:
            message.answer = self._with_signatures(found, zone)
            return message
        if not self._names.exists(name):
            message.set_rcode(dns.rcode.NXDOMAIN)
        denials = [self._names.soa(zone), *self._gaps(name, rdtype)]
        message.authority = self._with_signatures(denials, zone)
        return message

    def _zone(self, name: Name, rdtype: RdataType) -> Name:
        if not self._names.exists(name):
            return dns.name.root
        zones = self._names.zones(name)
        at_cut = rdtype == RdataType.DS and name == zones[-1] and len(zones) > 1
        return zones[-2] if at_cut else zones[-1]

    def _found(self, name: Name, rdtype: RdataType, zone: Name) -> list[RRset]:
        if rdtype == RdataType.DNSKEY and name == zone and self._is_signed(zone):
            return [dns.rrset.from_rdata(zone, TTL_S, self._dnskey(zone))]
        if rdtype == RdataType.DS and name != zone and name in self._names.zones(name):
            return [self.ds(name)] if self._is_signed(name) else []
        return self._names.rrsets(name, rdtype)

    def _gaps(self, name: Name, rdtype: RdataType) -> list[RRset]:
        """Write the NSEC that deny the records: one for a name that exists, else two."""
        if not self._names.exists(name):
            return [_nsec(".", "aaa.", "NS SOA"), _nsec(*_INVALID_GAP, "NS")]
        types = self._names.types(name)
        # The zone above a cut knows the delegation and nothing else of the name.
        if rdtype == RdataType.DS and RdataType.SOA in types and name != dns.name.root:
            types = (RdataType.NS,)
        words = " ".join(RdataType.to_text(kind) for kind in types)
        following = dns.name.Name((b"\0", *name.labels))
        return [_nsec(name.to_text(), following.to_text(), words)]

    def _with_signatures(self, rrsets: list[RRset], zone: Name) -> list[RRset]:
        if not self._is_signed(zone):
            return [rrset for rrset in rrsets if rrset.rdtype != RdataType.NSEC]
        return [made for rrset in rrsets for made in (rrset, self._signature(rrset, zone))]

    def _signature(self, rrset: RRset, zone: Name) -> RRset:
        age_days = 40 if self._chance(zone) >= _SIGNED_WELL and len(zone) == 3 else 5
        inception = int(self.at) - age_days * _DAY_S
        made = dns.dnssec.sign(
            rrset,
            self._key(zone),
            zone,
            self._dnskey(zone),
            inception=inception,
            expiration=inception + 30 * _DAY_S,
        )
        return dns.rrset.from_rdata(rrset.name, TTL_S, made)

    def _is_signed(self, zone: Name) -> bool:
        return len(zone) < 3 or self._chance(zone) < _SIGNED

    def _chance(self, zone: Name) -> float:
        return self._names.network.stream("dnssec state", plain(zone)).random()

    def _key(self, zone: Name) -> Ed25519PrivateKey:
        if zone not in self._keys:
            stream = self._names.network.stream("dnssec key", plain(zone))
            seed = bytes(int(stream.random() * 256) for _ in range(32))
            self._keys[zone] = Ed25519PrivateKey.from_private_bytes(seed)
        return self._keys[zone]

    def _dnskey(self, zone: Name) -> DNSKEY:
        public = self._key(zone).public_key()
        return dns.dnssec.make_dnskey(public, Algorithm.ED25519, flags=_FLAGS)


def _nsec(owner: str, following: str, types: str) -> RRset:
    name = dns.name.from_text(owner)
    return dns.rrset.from_text(name, TTL_S, "IN", "NSEC", f"{following} {types} RRSIG NSEC")
