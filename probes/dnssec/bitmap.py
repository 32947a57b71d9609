"""Type bitmaps of NSEC and NSEC3 (RFC 4034, 4.1.2), and what they say of a name."""

from collections.abc import Iterable

from dns.name import Name
from dns.name import root as ROOT  # noqa: N812 - a constant, whatever dnspython calls it
from dns.rdatatype import RdataType

Types = frozenset[int]


def types_of(windows: Iterable[tuple[int, bytes]]) -> Types:
    """Read the types that a name has."""
    return frozenset(
        (window << 8) + (place << 3) + bit
        for window, octets in windows
        for place, octet in enumerate(octets)
        for bit in range(8)
        if octet & (0x80 >> bit)
    )


def is_delegation(types: Types) -> bool:
    """Tell whether the zone ends at this name (RFC 6840, 4.1)."""
    return RdataType.NS in types and RdataType.SOA not in types


def ends_here(types: Types) -> bool:
    """Tell whether such a name says nothing of those below it (RFC 6840, 4.1)."""
    return is_delegation(types) or RdataType.DNAME in types


def lacks(types: Types, name: Name, rdtype: RdataType) -> bool:
    """Tell whether the name is proven to have no such records, and no alias (RFC 6840, 4.3).

    Of a zone's cut the zone above knows the DS and nothing else; the zone below knows all but it.
    """
    if rdtype == RdataType.ANY or rdtype in types or RdataType.CNAME in types:
        return False
    if rdtype == RdataType.DS:
        return RdataType.SOA not in types or name == ROOT
    return not is_delegation(types)
