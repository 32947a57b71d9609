"""A valid answer is never accused, whatever it holds; our own examples neither."""

from __future__ import annotations

from functools import cache

import pytest
from answers import described, valid
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import specs
from contract_tests.words import Words
from specs.json_schema import compiled, to_json_schema

_QUICK = settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@cache
def words(vendor: str) -> Words:
    return Words(specs.load(vendor))


@pytest.mark.parametrize("vendor", specs.vendors())
@given(data=st.data())
@_QUICK
def test_any_valid_answer_has_no_findings(vendor: str, data: st.DataObject) -> None:
    answer = data.draw(st.sampled_from(described(vendor)))
    body = data.draw(valid(answer.schema))
    assume(compiled(to_json_schema(answer.schema)).is_valid(body))
    assert list(words(vendor).findings(answer.exchange(body))) == []


@pytest.mark.parametrize("vendor", specs.vendors())
def test_every_example_of_the_contract_has_no_findings(vendor: str) -> None:
    for answer in described(vendor):
        found = list(words(vendor).findings(answer.exchange(answer.example)))
        assert found == [], found[0]


@pytest.mark.parametrize("media", ["application/json; charset=utf-8", "Application/JSON;q=1"])
def test_parameters_of_the_media_type_count_for_nothing(media: str) -> None:
    answer = described("wisphub")[0]
    headers = (("content-type", media), *answer.headers)
    exchange = answer.exchange(answer.example, headers=headers)
    assert list(words("wisphub").findings(exchange)) == []


def test_half_a_surrogate_pair_stops_nothing() -> None:
    answer = next(a for a in described("pingplotter") if str(a) == "GET /agents/customfields 200")
    assert list(words("pingplotter").findings(answer.exchange(b'[{"Name": "\\ud800"}]'))) == []
