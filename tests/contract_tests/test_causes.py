"""Findings of one cause are one entry, shown by what is read most quickly."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from outcomes import exchange, finding

from contract_tests.findings.causes import grouped
from contract_tests.findings.finding import Finding, Grade

FINDINGS = st.lists(
    st.builds(
        lambda rule, place, grade, sizes: finding(
            rule,
            place=place,
            grade=grade,
            exchanges=tuple(exchange("/" + "x" * size) for size in sizes),
        ),
        st.sampled_from("ab"),
        st.sampled_from(["/a", "/b"]),
        st.sampled_from(Grade),
        st.lists(st.integers(0, 5), max_size=2),
    )
)


@settings(max_examples=30)
@given(FINDINGS)
def test_no_finding_is_lost_and_each_cause_is_there_once(findings: list[Finding]) -> None:
    causes = grouped(findings)
    assert sorted(map(id, findings)) == sorted(id(f) for c in causes for f in c.findings)
    assert len({cause.id for cause in causes}) == len(causes)


@settings(max_examples=30)
@given(FINDINGS)
def test_what_is_shown_is_the_gravest_and_can_be_repeated(findings: list[Finding]) -> None:
    for cause in grouped(findings):
        gravest = min(cause.findings, key=lambda one: list(Grade).index(one.grade)).grade
        same = [one for one in cause.findings if one.grade is gravest]
        assert cause.shown.grade is gravest
        assert bool(cause.shown.exchanges) == any(one.exchanges for one in same)


def test_the_smallest_request_is_shown() -> None:
    long, short = (finding(exchanges=(exchange(target),)) for target in ("/long/way", "/way"))
    (cause,) = grouped([long, short, long])
    assert cause.shown is short
    assert cause.exchange is short.exchanges[0]


def test_a_cause_names_every_operation_where_it_was_seen() -> None:
    found = [finding(operation=name) for name in ("GET /a", "GET /b", "GET /a")]
    assert grouped(found)[0].operations == ("GET /a", "GET /b")
