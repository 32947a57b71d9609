"""Real answers with one field changed: the verdict is never secure."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import dns.dnssec
import dns.message
import dns.name
import dns.rdata
import dns.rrset
import pytest
from dns.message import Message
from dns.name import Name
from dns.rdatatype import RdataType
from dns.rrset import RRset
from dns_judges import Judged, Said, replayed
from dns_tree import Tree

from probes.connection import Stopped
from probes.dnssec.anchors import read_anchors
from probes.dnssec.chain import Chain
from probes.dnssec.evidence import Rules
from probes.dnssec.result import Verdict
from probes.dnssec.signature import Moment
from probes.dnssec.validator import Validator
from probes.failure import Failure, FailureKind

pytestmark = pytest.mark.slow

# Bytes of the record's content, as slices: each field is spoilt in its middle.
RRSIG_FIELDS = {
    "type covered": slice(0, 2),
    "algorithm": slice(2, 3),
    "labels": slice(3, 4),
    "original TTL": slice(4, 8),
    "expiration": slice(8, 12),
    "inception": slice(12, 16),
    "key tag": slice(16, 18),
    "signer": slice(19, 20),
    "signature": slice(-64, None),
}
FIELDS = {
    RdataType.RRSIG: RRSIG_FIELDS,
    RdataType.DS: {
        "key tag": slice(0, 2),
        "algorithm": slice(2, 3),
        "digest type": slice(3, 4),
        "digest": slice(4, None),
    },
    RdataType.DNSKEY: {
        "flags": slice(0, 2),
        "protocol": slice(2, 3),
        "algorithm": slice(3, 4),
        "key": slice(4, None),
    },
    RdataType.NSEC: {"next name": slice(1, 2), "bitmap": slice(-3, None)},
    RdataType.NSEC3: {
        "algorithm": slice(0, 1),
        "flags": slice(1, 2),
        "iterations": slice(2, 4),
        "salt": slice(5, 6),
        "next hash": slice(-26, -6),
        "bitmap": slice(-3, None),
    },
}
BITS = (0x01, 0x40)


def judge(said: Said, tree: Tree, name: str, rdtype: str) -> tuple[Verdict, str]:
    """Judge what was recorded, and nothing else."""

    async def fetch(owner: Name, kind: RdataType) -> Message:
        wire = said.get((owner.to_text(), RdataType.to_text(kind)))
        if wire is None:
            raise Stopped(Failure(FailureKind.RESOLVE, "total", "not recorded"))
        return dns.message.from_wire(wire)

    rules = Rules(Moment(tree.now))
    validator = Validator(Chain(fetch, read_anchors((tree.anchor,)), rules))

    async def within() -> tuple[Verdict, str]:
        work = validator.judge(dns.name.from_text(name), RdataType.from_text(rdtype))
        try:
            return await asyncio.wait_for(work, 20)
        except Stopped as stopped:
            return Verdict.INDETERMINATE, str(stopped)

    return asyncio.run(within())


def mutants(message: Message) -> Iterator[tuple[str, bytes]]:
    """Change one bit of one field in every record of one RRset at a time, and its owner's name."""
    asked = message.question[0].name
    for section in (message.answer, message.authority):
        for place, rrset in enumerate(section):
            if rrset.rdtype not in FIELDS or not _matters(rrset, asked, section):
                continue
            for what, changed in _changed(rrset):
                section[place] = changed
                label = f"{what} of {rrset.name} {RdataType.to_text(rrset.rdtype)}"
                yield label, message.to_wire(max_size=65_535, want_shuffle=False)
            section[place] = rrset


def _matters(rrset: RRset, asked: Name, section: list[RRset]) -> bool:
    """Leave out what no verdict rests on: NS beside an answer, and where an alias leads.

    The target of an alias is asked for anew, and then its own answer counts.
    """
    if RdataType.NS in (rrset.rdtype, rrset.covers):
        return False
    aliases = any(one.rdtype in (RdataType.CNAME, RdataType.DNAME) for one in section)
    return not aliases or asked.is_subdomain(rrset.name)


def _changed(rrset: RRset) -> Iterator[tuple[str, RRset]]:
    for field, part in FIELDS[rrset.rdtype].items():
        for bit in BITS:
            made = [_flipped(rdata, part, bit) for rdata in rrset]
            if all(made):
                shown = dns.rrset.RRset(rrset.name, rrset.rdclass, rrset.rdtype, rrset.covers)
                shown.update_ttl(rrset.ttl)
                for rdata in made:
                    shown.items[rdata] = None
                shown.covers = made[0].covers()
                yield f"{field} ^ {bit:#x}", shown
    first, *rest = rrset.name.labels
    if first:
        moved = rrset.copy()
        moved.name = Name((bytes([first[0] ^ 1]) + first[1:], *rest))
        yield "owner", moved


def _flipped(rdata: Any, part: slice, bit: int) -> Any:
    wire = bytearray(rdata.to_wire())
    places = range(len(wire))[part]
    wire[places[len(places) // 2]] ^= bit
    try:
        return dns.rdata.from_wire(rdata.rdclass, rdata.rdtype, bytes(wire), 0, len(wire))
    except Exception:  # noqa: BLE001 - what cannot be read never reaches the validator
        return None


@pytest.mark.parametrize("case", replayed(), ids=" ".join)
def test_no_changed_record_is_ever_secure(
    judged: Judged, tree: Tree, case: tuple[str, str]
) -> None:
    said = judged.said[case]
    assert judge(said, tree, *case)[0] is Verdict.SECURE
    count = 0
    for question, wire in said.items():
        for what, mutant in mutants(dns.message.from_wire(wire)):
            verdict, reason = judge({**said, question: mutant}, tree, *case)
            assert verdict is not Verdict.SECURE, (question, what)
            assert reason
            count += 1
    assert count > 60


@pytest.mark.parametrize("case", replayed(), ids=" ".join)
def test_no_answer_without_its_proofs_is_secure(
    judged: Judged, tree: Tree, case: tuple[str, str]
) -> None:
    said = judged.said[case]
    for question, wire in said.items():
        for kind in FIELDS:
            message = dns.message.from_wire(wire)
            for section in (message.answer, message.authority):
                kept = [rrset for rrset in section if rrset.rdtype != kind]
                changed = len(kept) != len(section)
                section[:] = kept
                if changed:
                    bare = message.to_wire(max_size=65_535)
                    verdict, _ = judge({**said, question: bare}, tree, *case)
                    assert verdict is not Verdict.SECURE, (question, RdataType.to_text(kind))
