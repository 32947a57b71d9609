"""The names of the simulated internet: which zones there are, and what stands in them."""

from dataclasses import dataclass

import dns.name
import dns.rdatatype
import dns.rrset
from dns.name import Name
from dns.rdatatype import RdataType
from dns.rrset import RRset

from probes.simulated import SimulatedNetwork
from probes.targets import Address

TTL_S = 300
_NEVER = dns.name.from_text("invalid.")
_APEX_TYPES = (
    RdataType.A,
    RdataType.AAAA,
    RdataType.MX,
    RdataType.NS,
    RdataType.SOA,
    RdataType.TXT,
    RdataType.CAA,
)
_HOST_TYPES = (RdataType.A, RdataType.AAAA)
_REVERSE = tuple(map(dns.name.from_text, ("in-addr.arpa.", "ip6.arpa.")))


@dataclass(frozen=True, slots=True)
class ImaginedNames:
    """Every name but those below `invalid.` (RFC 6761, 6.4) exists, two labels below the root.

    An address record holds what the network gives the name in every other probe.
    """

    network: SimulatedNetwork

    def zones(self, name: Name) -> tuple[Name, ...]:
        """Return the zones down to the name's: `.`, `com.`, `example.com.`."""
        return tuple(name.split(depth)[1] for depth in range(1, min(len(name), 3) + 1))

    def exists(self, name: Name) -> bool:
        """Tell whether there is such a name."""
        return not name.is_subdomain(_NEVER)

    def types(self, name: Name) -> tuple[RdataType, ...]:
        """Tell of which types the name has records."""
        if not self.exists(name):
            return ()
        if any(name.is_subdomain(tree) for tree in _REVERSE) and len(name) > 3:
            return (RdataType.PTR,)
        if len(name) < 3:
            return (RdataType.NS, RdataType.SOA)
        return _APEX_TYPES if len(name) == 3 else _HOST_TYPES

    def rrsets(self, name: Name, rdtype: RdataType) -> list[RRset]:
        """Return the records of this type, or of all types for ANY."""
        wanted = [kind for kind in self.types(name) if rdtype in (kind, RdataType.ANY)]
        return [
            dns.rrset.from_text(name, TTL_S, "IN", kind, *self._contents(name, kind))
            for kind in wanted
        ]

    def servers(self, zone: Name) -> tuple[tuple[Name, Address], ...]:
        """Name the two servers of a zone."""
        hosts = [dns.name.from_text(f"ns{number}", zone) for number in (1, 2)]
        return tuple((host, self.address(host)) for host in hosts)

    def address(self, host: Name) -> Address:
        """Return the host's IPv4 address."""
        return self.network.address(plain(host))

    def soa(self, zone: Name) -> RRset:
        """Return the zone's SOA, which a denial comes with."""
        return dns.rrset.from_text(zone, TTL_S, "IN", "SOA", *self._contents(zone, RdataType.SOA))

    def nameservers(self, zone: Name) -> RRset:
        """Return the zone's NS records."""
        hosts = [host.to_text() for host, _ in self.servers(zone)]
        return dns.rrset.from_text(zone, TTL_S, "IN", "NS", *hosts)

    def _contents(self, name: Name, kind: RdataType) -> list[str]:
        chance = self.network.stream("dns records", plain(name)).random()
        number = int(chance * 0xFFFF)
        below = "" if name == dns.name.root else name.to_text()
        contents = {
            RdataType.A: [str(self.address(name))],
            RdataType.AAAA: [f"2001:db8:{number:x}::{number % 97:x}"],
            RdataType.MX: [f"10 mail.{below}", f"20 mail2.{below}"],
            RdataType.NS: [f"ns1.{below}", f"ns2.{below}"],
            RdataType.SOA: [
                f"ns1.{below} hostmaster.{below} {2026010100 + number % 90} 7200 900 1209600 300"
            ],
            RdataType.TXT: ['"v=spf1 mx -all"'],
            RdataType.CAA: ['0 issue "ca.example"'],
            RdataType.PTR: [f"host-{number}.example."],
        }
        return contents[kind]


def plain(name: Name) -> str:
    """Write a name as targets are written: without the dot at the end."""
    return name.to_text(omit_final_dot=True)
