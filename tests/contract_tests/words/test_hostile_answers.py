"""Whatever a server sends, it is judged and nothing breaks; the same answer is judged the same."""

from __future__ import annotations

from functools import cache
from typing import Any

from answers import described
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import specs
from contract_tests.findings.grade import Grading
from contract_tests.wire.exchange import Exchange, Request, Response
from contract_tests.words import Words

_ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
_QUICK = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.differing_executors]
)


@cache
def words(vendor: str) -> Words:
    return Words(specs.load(vendor))


@given(
    vendor=st.sampled_from(specs.vendors()),
    data=st.data(),
    status=st.integers(100, 999) | st.sampled_from([200, 204, 400, 404, 429]),
    headers=st.lists(st.tuples(st.sampled_from(["Content-Type", "X-RateLimit-Limit"]), st.text())),
    body=st.binary(max_size=40) | st.just(b"\xef\xbb\xbf{}"),
)
@_QUICK
def test_any_bytes_are_judged_graded_and_worded(
    vendor: str, data: st.DataObject, status: int, headers: Any, body: bytes
) -> None:
    answer = data.draw(st.sampled_from(described(vendor)))
    grading = Grading(vendor, specs.load(vendor))
    exchange = answer.exchange(body, status=status, headers=tuple(headers))
    for finding in words(vendor).findings(exchange):
        assert str(grading.graded(finding))
        assert isinstance(grading.sentence(finding), str)


@given(vendor=st.sampled_from(specs.vendors()), data=st.data(), body=_ANY_JSON)
@_QUICK
def test_any_json_is_judged_the_same_twice(vendor: str, data: st.DataObject, body: Any) -> None:
    answer = data.draw(st.sampled_from(described(vendor)))
    exchange = answer.exchange(body)
    first = list(words(vendor).findings(exchange))
    assert list(words(vendor).findings(exchange)) == first
    assert all(finding.received and finding.expected for finding in first)


def test_no_answer_is_none_of_its_words() -> None:
    nothing = Exchange("", Request("GET", "/agents"), None, "no answer within 5 s")
    assert list(words("pingplotter").findings(nothing)) == []


def test_an_answer_to_no_operation_is_not_judged() -> None:
    exchange = Exchange("", Request("BREW", "/agents"), Response(418, (), b"{"))
    assert list(words("pingplotter").findings(exchange)) == []


def test_of_an_answer_to_head_only_the_body_is_judged() -> None:
    exchange = Exchange("", Request("HEAD", "/agents"), Response(405, (), b""))
    assert list(words("pingplotter").findings(exchange)) == []
