"""What is asked of the tree of dns_tree: names and types, each judged by probe and unbound."""

from __future__ import annotations

GOOD = ("ec", "rsa", "ed", "nsec3", "optout", "just", "often", "island")
ALL_QUESTIONS = (
    "www A",
    "www AAAA",
    "www TXT",
    "@ MX",
    "@ SOA",
    "@ NS",
    "@ A",
    "@ DNSKEY",
    "@ DS",
    "nope A",
    "deep.nope A",
    "ent A",
    "a.ent A",
    "b.ent A",
    "foo.wild A",
    "foo.bar.wild A",
    "foo.wild TXT",
    "*.wild A",
    "wild A",
    "exact.wild A",
    "exact.wild TXT",
    "foo.cwild A",
    "foo.cwild CNAME",
    "alias A",
    "alias TXT",
    "alias CNAME",
    "chain A",
    "out A",
    "unsafe A",
    "bad A",
    "gone A",
    "x.dn A",
    "nope.dn A",
    "dn DNAME",
    "www DS",
    "un DS",
    "un NS",
    "www.un A",
    "nope.un A",
)
BAD = (
    "ec384",
    "ed448",
    "rsa512",
    "expired",
    "late",
    "future",
    "early",
    "tampered",
    "changed",
    "wrongds",
    "spare",
    "sha1",
    "sha384",
    "down",
    "algorithm",
    "digest",
    "tag",
    "bare",
    "plain",
    "nokeysig",
    "badkeysig",
    "nosig",
    "nsecless",
    "badnsec",
    "nsecnosig",
    "badsoa",
    "badns",
    "nosoasig",
    "badcname",
    "baddname",
)
FEW_QUESTIONS = (
    "www A",
    "www TXT",
    "@ NS",
    "nope A",
    "foo.wild A",
    "foo.wild TXT",
    "alias A",
    "x.dn A",
    "ent A",
    "un DS",
    "www.un A",
)


def cases() -> list[tuple[str, str]]:
    """Names and types, those of the zones above included."""
    asked = [(zone, question) for zone in GOOD for question in ALL_QUESTIONS]
    asked += [(zone, question) for zone in BAD for question in FEW_QUESTIONS]
    inside = [_case(zone, question) for zone, question in asked]
    above = [("test.", "SOA"), (".", "NS"), (".", "DS"), ("test.", "DS"), ("nope.test.", "A")]
    return [*inside, *above, ("nope.", "A"), (".", "A"), ("test.", "DNSKEY"), ("ns.test.", "A")]


def _case(zone: str, question: str) -> tuple[str, str]:
    label, rdtype = question.split()
    return (f"{zone}.test." if label == "@" else f"{label}.{zone}.test.", rdtype)
