"""Verdicts on a real tree, served by NSD, equal unbound's: on each of some 650 questions."""

from collections import Counter

import pytest
from dns_judges import Judged

from probes.dnssec import Verdict

pytestmark = pytest.mark.slow


def test_the_cases_are_many_and_of_every_kind(judged: Judged) -> None:
    counts = Counter(judged.unbound.values())
    assert sum(counts.values()) >= 600
    assert min(counts["secure"], counts["insecure"], counts["bogus"]) >= 120


@pytest.mark.parametrize("way", ["walking", "asking"])
def test_every_verdict_equals_that_of_unbound(judged: Judged, way: str) -> None:
    """Walking fetches from the roots down; asking fetches through unbound, unchecked."""
    results = getattr(judged, way)
    differences = {
        case: (str(result.verdict), judged.unbound[case], result.reason)
        for case, result in results.items()
        if str(result.verdict) != judged.unbound[case]
    }
    assert differences == {}


REASONS = {
    "www.expired.test.": "the signature expired on",
    "www.late.test.": "the signature expired on",
    "www.future.test.": "the signature is not valid before",
    "www.tampered.test.": "www.tampered.test. A is not proven by tampered.test.",
    "www.changed.test.": "does not fit the records",
    "www.wrongds.test.": "No DNSKEY of wrongds.test. fits its DS",
    "www.bare.test.": "bare.test. has a DS but no DNSKEY",
    "www.plain.test.": "test. delegates plain.test. without a DS",
    "www.island.test.": "test. delegates island.test. without a DS",
    "www.algorithm.test.": "unknown algorithm or digest (200/2",
    "www.digest.test.": "unknown algorithm or digest (13/200",
    "www.nokeysig.test.": "nokeysig.test. DNSKEY is not proven",
    "www.nosig.test.": "bears no signature",
    "nope.nsecless.test.": "does not prove that nope.nsecless.test. does not exist",
    "nope.badnsec.test.": "NSEC is not proven by badnsec.test.",
    "nope.often.test.": "hashes names 151 times over",
    "nope.optout.test.": "unsigned delegations are left out",
    "www.ec.test.": "Signatures lead from the anchor",
}


@pytest.mark.parametrize("name", REASONS)
def test_the_reason_names_record_and_rule(judged: Judged, name: str) -> None:
    assert REASONS[name] in judged.walking[name, "A"].reason


def test_the_chain_shows_what_was_proven(judged: Judged) -> None:
    chain = judged.walking["www.rsa.test.", "A"].chain
    assert [link.zone for link in chain] == [".", "test.", "rsa.test."]
    assert [len(link.keys) for link in chain] == [1, 1, 2]
    assert [key.algorithm for key in chain[2].keys] == ["RSASHA256", "RSASHA256"]
    assert sum(key.is_anchored for key in chain[2].keys) == 1
    assert chain[2].ds[0].key_tag in {key.key_tag for key in chain[2].keys}


def test_an_unsigned_delegation_ends_the_chain(judged: Judged) -> None:
    chain = judged.walking["www.un.ec.test.", "A"].chain
    assert [(link.zone, link.verdict) for link in chain][-2:] == [
        ("ec.test.", Verdict.SECURE),
        ("un.ec.test.", Verdict.INSECURE),
    ]


def test_no_time_is_missing(judged: Judged) -> None:
    assert all(result.total_ms for result in judged.walking.values())
    assert all(result.failure is None for result in judged.walking.values())


def test_the_verdicts_take_milliseconds(judged: Judged) -> None:
    """The median, with the servers on this machine; the aim is 50 ms for each."""
    times = sorted(result.total_ms or 0 for result in judged.walking.values())
    assert times[len(times) // 2] < 50
