"""Signed lies about aliases, unsigned zones and anchors: none of them is ever secure."""

import pytest
from dns_forger import Forger, forger, rrset, verdict
from hypothesis import given, settings
from hypothesis import strategies as st

from probes.dnssec.result import Verdict

SOA = "test. SOA ns.test. h.test. 1 2 3 4 300"


def test_a_dname_made_from_a_wildcard_is_bogus() -> None:
    liar = forger()
    dname = liar.from_wildcard("test.", "*.test. DNAME a.test.", "b.test.")
    liar.say("x.b.test.", "A", dname, liar.signed("test.", "*.test. NSEC z.test. DNAME"))
    assert verdict(liar, "x.b.test.") is Verdict.BOGUS


def test_a_cname_beside_a_dname_must_follow_from_it(liar: Forger) -> None:
    dname = liar.signed("test.", "b.test. DNAME a.test.")
    liar.say("x.a.test.", "A", liar.signed("a.test.", "x.a.test. A 192.0.2.1"))
    for target, expected in (("x.a.test.", Verdict.SECURE), ("evil.test.", Verdict.BOGUS)):
        liar.say("x.b.test.", "A", [*dname, rrset(f"x.b.test. CNAME {target}")])
        assert verdict(liar, "x.b.test.") is expected


def test_the_cname_below_a_dname_is_proven_by_it() -> None:
    """RFC 6672, 5.3.1; unbound 1.17 asks for the CNAME of the new name and fails."""
    liar = forger()
    dname = liar.signed("test.", "b.test. DNAME a.test.")
    liar.say("x.b.test.", "CNAME", [*dname, rrset("x.b.test. CNAME x.a.test.")])
    assert verdict(liar, "x.b.test.", "CNAME") is Verdict.SECURE


def test_aliases_that_go_round_are_given_up() -> None:
    liar = forger()
    liar.say("b.test.", "A", liar.signed("test.", "b.test. CNAME c.test."))
    liar.say("c.test.", "A", liar.signed("test.", "c.test. CNAME b.test."))
    with pytest.raises(Exception, match="More than 8 aliases"):
        liar.judge("b.test.")


def test_an_alias_into_an_unsigned_zone_is_insecure() -> None:
    liar = forger()
    liar.say("un.test.", "DS", [], liar.signed("test.", SOA, "un.test. NSEC z.test. NS"))
    liar.say("b.test.", "A", liar.signed("test.", "b.test. CNAME un.test."))
    liar.say("un.test.", "A", [rrset("un.test. A 192.0.2.1")])
    found, reason = liar.judge("b.test.")
    assert found is Verdict.INSECURE
    assert "delegates un.test. without a DS" in reason


def test_an_alias_from_an_unsigned_zone_into_a_bogus_one_is_bogus() -> None:
    liar = forger()
    liar.say("un.test.", "DS", [], liar.signed("test.", SOA, "un.test. NSEC z.test. NS"))
    liar.say("un.test.", "A", [rrset("un.test. CNAME www.test.")])
    liar.say("www.test.", "DS", [], liar.signed("test.", "www.test. NSEC z.test. A"))
    liar.say("www.test.", "A", [rrset("www.test. A 192.0.2.1")])
    assert verdict(liar, "un.test.") is Verdict.BOGUS


UNSIGNED_LIES = {
    "the DS is there": "un.test. NSEC z.test. NS DS",
    "it is the zone below that speaks": "un.test. NSEC z.test. NS SOA",
    "an alias is there": "un.test. NSEC z.test. CNAME",
    "it is no cut": "un.test. NSEC z.test. A",
    "it does not exist": "um.test. NSEC z.test. A",
}


@pytest.mark.parametrize("lie", UNSIGNED_LIES)
def test_records_do_not_become_insecure_where(lie: str) -> None:
    """A downgrade needs proof of an unsigned delegation."""
    liar = forger()
    liar.say("un.test.", "DS", [], liar.signed("test.", SOA, UNSIGNED_LIES[lie]))
    liar.say("un.test.", "A", [rrset("un.test. A 192.0.2.1")])
    assert verdict(liar, "un.test.") is Verdict.BOGUS


@pytest.mark.parametrize("types", ["NS DS", "NS SOA", "CNAME"])
def test_a_ds_that_is_neither_given_nor_denied_is_the_reason(types: str) -> None:
    liar = forger()
    liar.say("un.test.", "DS", [], liar.signed("test.", SOA, f"un.test. NSEC z.test. {types}"))
    liar.say("un.test.", "A", [rrset("un.test. A 192.0.2.1")])
    assert "neither gives nor denies a DS" in liar.judge("un.test.")[1]


def test_no_anchor_above_the_name_is_indeterminate(liar: Forger) -> None:
    liar.say("www.test.", "A", liar.signed("test.", "www.test. A 192.0.2.1"))
    found, reason = liar.judge("www.test.", anchor="a.test.")
    assert found is Verdict.INDETERMINATE
    assert reason == "No trust anchor is at or above the name test."


def test_an_anchor_below_the_root_is_enough(liar: Forger) -> None:
    liar.say("www.a.test.", "A", liar.signed("a.test.", "www.a.test. A 192.0.2.1"))
    assert liar.judge("www.a.test.", anchor="a.test.")[0] is Verdict.SECURE


@settings(deadline=None)
@given(st.integers(0, 10**9), st.binary(min_size=1, max_size=80))
def test_odd_keys_and_signatures_raise_nothing(seed: int, content: bytes) -> None:
    liar = forger()
    record = rrset("www.test. A 192.0.2.1")
    signature = liar.signature(record, "test.", signature=content, key_tag=seed & 0xFFFF)
    liar.say("www.test.", "A", [record, signature])
    assert liar.judge("www.test.")[0] is Verdict.BOGUS
