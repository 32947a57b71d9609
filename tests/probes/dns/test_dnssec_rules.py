"""Signed lies: each breaks one rule, and none of them is ever secure."""

from typing import Any

import dns.name
import dns.rrset
import pytest
from dns.rdatatype import RdataType
from dns_forger import DAY, NOW, Forger, forger, name, rrset, verdict

from probes.dnssec.result import Verdict

SOA = "test. SOA ns.test. h.test. 1 2 3 4 300"


def test_an_honest_answer_is_secure(liar: Forger) -> None:
    liar.say("www.a.test.", "A", liar.signed("a.test.", "www.a.test. A 192.0.2.1"))
    assert verdict(liar, "www.a.test.") is Verdict.SECURE


@pytest.mark.parametrize(
    ("at", "clue"), [(NOW + DAY + 1, "expired on 2027-01-16"), (NOW - DAY - 1, "not valid before")]
)
def test_a_signature_holds_between_its_dates_and_no_second_longer(
    liar: Forger, at: int, clue: str
) -> None:
    liar.say("www.test.", "A", liar.signed("test.", "www.test. A 192.0.2.1"))
    assert verdict(liar, "www.test.", at=NOW + DAY) is Verdict.SECURE
    found, reason = liar.judge("www.test.", at=at)
    assert found is Verdict.BOGUS
    assert clue in reason


@pytest.mark.parametrize(
    ("changes", "clue"),
    [
        ({"labels": 4}, "for a longer name"),
        ({"labels": 1}, "does not fit"),
        ({"key_tag": 1}, "no key of the zone has tag 1"),
        ({"algorithm": 8}, "algorithm 8"),
        ({"original_ttl": 1}, "does not fit"),
        ({"type_covered": RdataType.AAAA}, "bears no signature"),
        ({"signer": dns.name.from_text("other.")}, "bears no signature"),
        ({"signer": dns.name.root}, "does not fit|no key of the zone"),
        ({"signature": b""}, "does not fit"),
        ({"signature": b"\0" * 64}, "does not fit"),
    ],
)
def test_a_changed_signature_proves_nothing(
    liar: Forger, changes: dict[str, Any], clue: str
) -> None:
    record = rrset("www.test. A 192.0.2.1")
    liar.say("www.test.", "DS", [], liar.signed("test.", SOA, "www.test. NSEC zz.test. A"))
    liar.say("www.test.", "A", [record, liar.signature(record, "test.", **changes)])
    found, reason = liar.judge("www.test.")
    assert found is Verdict.BOGUS
    assert any(part in reason for part in clue.split("|"))


def test_a_zone_may_not_sign_for_another(liar: Forger) -> None:
    """b.test. is not above www.a.test., whatever its key is worth."""
    liar.grow("b.test.")
    liar.say("b.test.", "DS", liar.signed("test.", f"b.test. DS {liar.ds('b.test.')}"))
    record = rrset("www.a.test. A 192.0.2.1")
    liar.say("www.a.test.", "DS", [], liar.signed("a.test.", "www.a.test. NSEC z.a.test. A"))
    liar.say("www.a.test.", "A", [record, liar.signature(record, "b.test.")])
    assert verdict(liar, "www.a.test.") is Verdict.BOGUS


def test_a_zone_may_not_sign_its_own_ds(liar: Forger) -> None:
    liar.say("a.test.", "DS", liar.signed("a.test.", f"a.test. DS {liar.ds('a.test.')}"))
    found, reason = liar.judge("a.test.", "DS")
    assert found is Verdict.BOGUS
    assert "by the zone itself" in reason


def test_a_signing_zone_must_be_delegated(liar: Forger) -> None:
    """test. proves that sub.test. is no zone; records that sub.test. signed are then bogus."""
    liar.say("sub.test.", "DS", [], liar.signed("test.", SOA, "sub.test. NSEC z.test. A"))
    liar.say("sub.test.", "A", liar.signed("sub.test.", "sub.test. A 192.0.2.1"))
    found, reason = liar.judge("sub.test.")
    assert found is Verdict.BOGUS
    assert "delegates nothing to it" in reason


@pytest.mark.parametrize("flags", [0, 0x0181, 0x0001])
def test_a_key_that_is_no_zone_key_or_is_revoked_proves_nothing(flags: int) -> None:
    liar = forger()
    _, dnskey = liar.key("a.test.")
    changed = dnskey.replace(flags=flags)
    shown = dns.rrset.from_rdata(name("a.test."), 300, changed)
    signature = liar.signature(shown, "a.test.", key_tag=changed.key_id())
    liar.say("a.test.", "DNSKEY", [shown, signature])
    made = dns.dnssec.make_ds("a.test.", changed, "SHA256")
    liar.say("a.test.", "DS", liar.signed("test.", f"a.test. DS {made.to_text()}"))
    liar.say("a.test.", "A", liar.signed("a.test.", "a.test. A 192.0.2.1"))
    assert verdict(liar, "a.test.") is Verdict.BOGUS


def test_signatures_beyond_the_eighth_are_not_tried() -> None:
    """Otherwise one answer could keep a validator busy for hours (CVE-2023-50387)."""
    liar = forger()
    record = rrset("www.test. A 192.0.2.1")
    good = liar.signature(record, "test.")
    bad = [good[0].replace(signature=bytes([n]) * 64) for n in range(1, 9)]
    liar.say("www.test.", "A", [record, dns.rrset.from_rdata_list(record.name, 300, bad)])
    liar.answers[name("www.test."), RdataType.A].answer[1].add(good[0])
    message = liar.answers[name("www.test."), RdataType.A]
    assert len(message.answer[1]) == 9
    assert verdict(liar, "www.test.") is Verdict.BOGUS


NODATA_LIES = {
    "the type is there": "www.test. NSEC z.test. A RRSIG NSEC",
    "an alias is there": "www.test. NSEC z.test. CNAME RRSIG NSEC",
    "it is the zone above a cut that speaks": "www.test. NSEC z.test. NS RRSIG NSEC",
    "it is of another name": "vvv.test. NSEC www.test. RRSIG NSEC",
    "it covers the name, and no wildcard is denied": "vvv.test. NSEC z.test. RRSIG NSEC",
    "the name is below a cut": "test. NSEC z.test. NS RRSIG NSEC",
}


@pytest.mark.parametrize("lie", NODATA_LIES)
def test_an_nsec_does_not_deny_data_where(lie: str) -> None:
    liar = forger()
    liar.say("www.test.", "A", [], liar.signed("test.", SOA, NODATA_LIES[lie]))
    assert verdict(liar, "www.test.") is Verdict.BOGUS


NXDOMAIN_LIES = {
    "it does not cover the name": ["xxx.test. NSEC z.test. A", "test. NSEC a.test. SOA NS"],
    "the wildcard is not denied": ["vvv.test. NSEC z.test. A"],
    "the wildcard exists": ["vvv.test. NSEC z.test. A", "*.test. NSEC a.test. A"],
    "names below the name exist": [
        "vvv.test. NSEC a.www.test. A",
        "test. NSEC a.test. SOA NS",
    ],
    "a cut lies above the name": ["test. NSEC z.test. NS RRSIG NSEC"],
    "a DNAME lies above the name": ["test. NSEC z.test. SOA NS DNAME"],
    "it is of another zone": ["vvv.other. NSEC z.other. A", "other. NSEC a.other. SOA NS"],
}


@pytest.mark.parametrize("lie", NXDOMAIN_LIES)
def test_an_nsec_does_not_deny_a_name_where(lie: str) -> None:
    liar = forger()
    records = liar.signed("test.", SOA, *NXDOMAIN_LIES[lie])
    liar.say("www.test.", "A", [], records, rcode=3)
    assert verdict(liar, "www.test.") is Verdict.BOGUS


def test_an_honest_denial_is_secure() -> None:
    liar = forger()
    gaps = ["vvv.test. NSEC z.test. A", "test. NSEC a.test. SOA NS"]
    liar.say("www.test.", "A", [], liar.signed("test.", SOA, *gaps), rcode=3)
    assert verdict(liar, "www.test.") is Verdict.SECURE


def test_an_nsec_made_from_a_wildcard_denies_nothing() -> None:
    liar = forger()
    gap = liar.from_wildcard("test.", "*.test. NSEC z.test. TXT RRSIG NSEC", "www.test.")
    liar.say("www.test.", "A", [], [*liar.signed("test.", SOA), *gap])
    found, reason = liar.judge("www.test.")
    assert found is Verdict.BOGUS
    assert "made from a wildcard" in reason


WILDCARDS = {
    "nothing closer is proven": ([], Verdict.BOGUS),
    "another name is denied": (["xxx.test. NSEC z.test. A"], Verdict.BOGUS),
    "the name is denied": (["*.test. NSEC z.test. A"], Verdict.SECURE),
    "a name between is left open": (["a.b.test. NSEC z.test. A"], Verdict.BOGUS),
}


@pytest.mark.parametrize("case", WILDCARDS)
def test_a_wildcard_stands_in_only_where_nothing_closer_is(case: str) -> None:
    gaps, expected = WILDCARDS[case]
    liar = forger()
    answer = liar.from_wildcard("test.", "*.test. A 192.0.2.1", "w.b.test.")
    liar.say("w.b.test.", "A", answer, liar.signed("test.", *gaps))
    assert verdict(liar, "w.b.test.") is expected


def spoilt(signature: dns.rrset.RRset) -> dns.rrset.RRset:
    content = signature[0].signature
    changed = signature[0].replace(signature=bytes([content[0] ^ 1]) + content[1:])
    return dns.rrset.from_rdata(signature.name, 300, changed)


def test_a_wildcard_needs_a_denial_that_is_signed_well() -> None:
    liar = forger()
    answer = liar.from_wildcard("test.", "*.test. A 192.0.2.1", "w.b.test.")
    gap, signature = liar.signed("test.", "*.test. NSEC z.test. A")
    for authority in ([gap], [gap, spoilt(signature)]):
        liar.say("w.b.test.", "A", answer, authority)
        assert verdict(liar, "w.b.test.") is Verdict.BOGUS


def test_an_unsigned_delegation_needs_a_denial_that_is_signed_well() -> None:
    liar = forger()
    gap, signature = liar.signed("test.", "un.test. NSEC z.test. NS")
    liar.say("un.test.", "A", [rrset("un.test. A 192.0.2.1")])
    for authority in ([gap], [gap, spoilt(signature)]):
        liar.say("un.test.", "DS", [], authority)
        assert verdict(liar, "un.test.") is Verdict.BOGUS
