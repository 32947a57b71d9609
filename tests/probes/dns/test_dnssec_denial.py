"""Denials against the zones they come from: nothing that exists is denied, all else is."""

from base64 import b32hexdecode
from typing import Any

import dns.dnssec
import dns.rrset
import pytest
from dns.name import Name
from dns.rdatatype import RdataType
from dns_forger import name
from hypothesis import given, settings
from hypothesis import strategies as st

from probes.dnssec.bitmap import types_of
from probes.dnssec.judgement import Insecure
from probes.dnssec.nsec import NsecDenial
from probes.dnssec.nsec3 import Nsec3Denial
from probes.dnssec.proof import Cut, Proof

ZONE = name("z.")
LABELS = st.sampled_from([b"a", b"b", b"B2", b"c", b"\0", b"\xff"])
STEMS = st.lists(LABELS, min_size=0, max_size=3)
KINDS = st.sampled_from(["A", "TXT", "A TXT", "CNAME"])


@st.composite
def zones(draw: Any) -> dict[Name, str]:
    """Names of a zone and their types; a wildcard only ever stands leftmost."""
    found = {ZONE: "SOA NS"}
    for labels in draw(st.lists(STEMS, max_size=8)):
        if draw(st.booleans()):
            labels = [b"*", *labels]  # noqa: PLW2901
        if labels:
            found[Name((*labels, *ZONE.labels))] = draw(KINDS)
    return found


questions = STEMS.map(lambda labels: Name((*labels, *ZONE.labels)))


def everything(zone: dict[Name, str]) -> set[Name]:
    """Names that exist: those with records, and those between them and the apex."""
    return {
        Name(owner.labels[place:])
        for owner in zone
        for place in range(len(owner.labels) - len(ZONE.labels) + 1)
    }


def plain(zone: dict[Name, str]) -> NsecDenial:
    owners = sorted(zone)
    following = [*owners[1:], owners[0]]
    return NsecDenial.of(
        [
            dns.rrset.from_text(owner, 300, "IN", "NSEC", f"{after} {zone[owner]} RRSIG NSEC")
            for owner, after in zip(owners, following, strict=True)
        ]
    )


def hashed(zone: dict[Name, str], flags: int = 0, iterations: int = 1) -> Nsec3Denial:
    hashes = {
        dns.dnssec.nsec3_hash(owner, "ab", iterations, 1): owner for owner in everything(zone)
    }
    ordered = sorted(hashes)
    following = [*ordered[1:], ordered[0]]
    rrsets = [
        dns.rrset.from_text(
            Name((text.lower().encode(), *ZONE.labels)),
            300,
            "IN",
            "NSEC3",
            f"1 {flags} {iterations} ab {after} {zone.get(hashes[text], '')}",
        )
        for text, after in zip(ordered, following, strict=True)
    ]
    return Nsec3Denial(ZONE, rrsets, 150)


def expected(zone: dict[Name, str], asked: Name) -> tuple[Proof, Proof]:
    """What can be proven: that there is no such name, that it has no A."""
    exist = everything(zone)
    if asked in exist:
        return Proof.MISSING, _lacking(zone.get(asked, ""))
    encloser = asked
    while encloser not in exist:
        encloser = encloser.parent()
    wildcard = Name((b"*", *encloser.labels))
    if wildcard in zone:
        return Proof.MISSING, _lacking(zone[wildcard])
    return Proof.GIVEN, Proof.MISSING


def _lacking(types: str) -> Proof:
    return Proof.MISSING if {"A", "CNAME"} & set(types.split()) else Proof.GIVEN


@pytest.mark.parametrize("deny", [plain, hashed])
@settings(deadline=None)
@given(zone=zones(), asked=questions)
def test_a_whole_chain_denies_what_is_not_there_and_nothing_else(
    deny: Any, zone: dict[Name, str], asked: Name
) -> None:
    denial = deny(zone)
    found = denial.no_name(asked), denial.no_data(asked, RdataType.A)
    assert found == expected(zone, asked)


@settings(deadline=None)
@given(zone=zones(), asked=questions)
def test_an_opt_out_denies_no_name_for_sure(zone: dict[Name, str], asked: Name) -> None:
    denial = hashed(zone, flags=1)
    if expected(zone, asked)[0] is Proof.GIVEN:
        assert denial.no_name(asked) is Proof.OPTED_OUT
        assert denial.cut(asked) is Cut.UNSIGNED


@settings(deadline=None)
@given(zone=zones(), asked=questions)
def test_a_part_of_a_chain_never_denies_what_is_there(zone: dict[Name, str], asked: Name) -> None:
    """What is missing may leave something unproven, but proves nothing new."""
    whole = plain(zone)
    for gap in whole.gaps:
        part = NsecDenial((gap,))
        for proof, possible in zip(
            (part.no_name(asked), part.no_data(asked, RdataType.A)),
            expected(zone, asked),
            strict=True,
        ):
            assert proof in (Proof.MISSING, possible)


@pytest.mark.parametrize("deny", [plain, hashed])
@settings(deadline=None)
@given(zone=zones(), labels=STEMS)
def test_a_wildcard_may_stand_in_only_where_nothing_is_closer(
    deny: Any, zone: dict[Name, str], labels: list[bytes]
) -> None:
    asked = Name((*labels, *ZONE.labels))
    exist = everything(zone)
    for depth in range(len(ZONE), len(asked)):
        encloser = asked.split(depth)[1]
        nothing_closer = encloser in exist and asked.split(depth + 1)[1] not in exist
        proof = deny(zone).no_closer(asked, encloser)
        # NSEC3 leaves it to the signature that the encloser itself exists.
        if deny is plain or encloser in exist:
            assert (proof is Proof.GIVEN) == nothing_closer


@pytest.mark.parametrize("deny", [plain, hashed])
@pytest.mark.parametrize(
    ("types", "cut"),
    [
        ("NS", Cut.UNSIGNED),
        ("NS DS", Cut.UNPROVEN),
        ("NS SOA", Cut.UNPROVEN),
        ("CNAME", Cut.UNPROVEN),
        ("A", Cut.NONE),
    ],
)
def test_a_cut_is_unsigned_only_by_its_own_types(deny: Any, types: str, cut: Cut) -> None:
    assert deny({ZONE: "SOA NS", name("a.z."): types}).cut(name("a.z.")) is cut


@pytest.mark.parametrize("deny", [plain, hashed])
def test_a_cut_or_dname_says_nothing_of_names_below(deny: Any) -> None:
    for types in ("NS", "DNAME"):
        denial = deny({ZONE: "SOA NS", name("a.z."): types})
        assert denial.no_name(name("x.a.z.")) is Proof.MISSING
        assert denial.no_data(name("x.a.z."), RdataType.A) is Proof.MISSING


@pytest.mark.parametrize("deny", [plain, hashed])
def test_the_zone_above_a_cut_denies_its_ds_alone(deny: Any) -> None:
    denial = deny({ZONE: "SOA NS", name("a.z."): "NS"})
    assert denial.no_data(name("a.z."), RdataType.DS) is Proof.GIVEN
    assert denial.no_data(name("a.z."), RdataType.A) is Proof.MISSING


def test_too_many_iterations_are_insecure() -> None:
    with pytest.raises(Insecure, match="151 times"):
        hashed({ZONE: "SOA NS"}, iterations=151)
    hashed({ZONE: "SOA NS"}, iterations=150)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("2 0 1 ab {after} A", "unknown hash"),
        ("1 2 1 ab {after} A", "unknown flag"),
        ("1 0 1 ab 00 A", "a hash that is too short"),
    ],
)
def test_an_nsec3_that_is_not_understood_is_left_out(content: str, why: str) -> None:
    owner = dns.dnssec.nsec3_hash(ZONE, "ab", 1, 1)
    text = content.format(after=owner)
    rrset = dns.rrset.from_text(f"{owner}.z.", 300, "IN", "NSEC3", text)
    assert Nsec3Denial(ZONE, [rrset], 150).no_data(ZONE, RdataType.TXT) is Proof.MISSING, why


@pytest.mark.parametrize("owner", ["{hash}.x.z.", "{hash}.other.", "no-hash.z.", "é.z."])
def test_an_nsec3_of_another_place_is_left_out(owner: str) -> None:
    digest = dns.dnssec.nsec3_hash(ZONE, "ab", 1, 1)
    text = f"1 0 1 ab {digest} SOA"
    rrset = dns.rrset.from_text(owner.format(hash=digest), 300, "IN", "NSEC3", text)
    assert Nsec3Denial(ZONE, [rrset], 150).no_data(ZONE, RdataType.TXT) is Proof.MISSING
    assert len(b32hexdecode(digest)) == 20


@settings(deadline=None)
@given(st.sets(st.integers(1, 65_279), max_size=20))
def test_a_bitmap_holds_the_types_that_were_put_in(types: set[int]) -> None:
    words = " ".join(f"TYPE{number}" for number in types)
    rdata = dns.rrset.from_text("a.", 1, "IN", "NSEC", f"b. {words}")[0]
    assert types_of(rdata.windows) == types
