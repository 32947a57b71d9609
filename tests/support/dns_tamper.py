"""Ways to spoil a signed zone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dns.rdata
import dns.rdataset
import dns.zone
from dns.rdatatype import RdataType

Tamper = Callable[[dns.zone.Zone], None]


def strip(rdtype: RdataType) -> Tamper:
    """Take the records of a type out, and the signatures over them."""

    def tamper(zone: dns.zone.Zone) -> None:
        for name in list(zone.nodes):
            zone.delete_rdataset(name, rdtype)
            zone.delete_rdataset(name, RdataType.RRSIG, rdtype)

    return tamper


def strip_signature(rdtype: RdataType, label: str | None = None) -> Tamper:
    """Take the signatures over a type out, at one name or at all."""

    def tamper(zone: dns.zone.Zone) -> None:
        for name in list(zone.nodes):
            if label in (None, str(name)):
                zone.delete_rdataset(name, RdataType.RRSIG, rdtype)

    return tamper


def spoil_signature(rdtype: RdataType, label: str | None = None) -> Tamper:
    """Flip a bit in the signatures over a type."""

    def tamper(zone: dns.zone.Zone) -> None:
        for name in list(zone.nodes):
            old = zone.get_rdataset(name, RdataType.RRSIG, rdtype)
            if old is not None and label in (None, str(name)):
                spoiled = [_spoiled(rdata) for rdata in old]
                zone.replace_rdataset(name, dns.rdataset.from_rdata_list(old.ttl, spoiled))

    return tamper


def _spoiled(rdata: Any) -> Any:
    wrong = bytes([rdata.signature[0] ^ 0x10]) + rdata.signature[1:]
    return rdata.replace(signature=wrong)


def change(label: str, rdtype: RdataType, text: str) -> Tamper:
    """Put other content in place of what was signed."""

    def tamper(zone: dns.zone.Zone) -> None:
        old = zone.get_rdataset(label, rdtype)
        assert old is not None
        made = dns.rdata.from_text("IN", rdtype, text)
        zone.replace_rdataset(label, dns.rdataset.from_rdata_list(old.ttl, [made]))

    return tamper
