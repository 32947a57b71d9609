"""Answers and requests drawn from contracts: valid, odd enough, and simple when shrunk."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, find, given, seed, settings
from hypothesis import strategies as st

import specs
from contract_tests.generate import NoSuchOperation, answers_of, requests_of
from contract_tests.surprise.book import book
from contract_tests.wire.exchange import Exchange

_QUICK = settings(
    max_examples=200,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
_EXTREMES = (str(2**53 + 1), str(2**63), "1e+308", "1.5e-07")
_LIST = "list_application_sessions"


@pytest.mark.parametrize("vendor", specs.vendors())
def test_drawn_answers_are_valid(vendor):
    known, operations = book(vendor), [row.operation_id for row in specs.operations(vendor)]

    @settings(_QUICK, max_examples=150)
    @given(st.sampled_from(operations).flatmap(lambda name: answers_of(vendor, name)))
    def check(answer):
        assert known.wrong(answer.operation_id, answer) == ()

    check()


@seed(1)
@_QUICK
@given(st.data())
def _drawn(counted, data):
    vendor, operation = data.draw(
        st.sampled_from(
            [("ngrok", _LIST), ("pingplotter", "list_agents"), ("thousandeyes", "get_test")]
        )
    )
    answer = data.draw(answers_of(vendor, operation))
    text = answer.body.decode()
    counted["null"] += "null" in text
    counted["extra"] += "added_later" in text
    counted["other script"] += not text.isascii()
    counted["empty list"] += "[]" in text
    counted["extreme"] += any(number in text for number in _EXTREMES) or len(text) > 9_000
    counted["error"] += answer.status >= 400
    counted["success"] += answer.status < 300


def test_within_two_hundred_draws_everything_odd_occurs():
    counted = Counter()
    _drawn(counted)
    wanted = ("null", "extra", "other script", "empty list", "extreme", "error", "success")
    assert {name for name in wanted if not counted[name]} == set()


def test_optional_fields_are_absent_now_and_then():
    whole = book("thousandeyes").plain("get_test", 200).json()
    names = set(whole["test"][0])
    found = find(
        answers_of("thousandeyes", "get_test", 200),
        lambda answer: bool(answer.json()["test"]) and set(answer.json()["test"][0]) < names,
        settings=settings(database=None, max_examples=3000),
    )
    assert len(names - set(found.json()["test"][0])) == 1


def test_what_shrinks_ends_with_one_oddity():
    plain = book("ngrok").plain(_LIST, 200).json()
    found = find(
        answers_of("ngrok", _LIST, 200),
        lambda answer: any(
            one["browser_session"]["location"] is None
            for one in answer.json()["application_sessions"]
        ),
        settings=settings(database=None, max_examples=3000),
    )
    odd = found.json()
    for one, other in zip(odd["application_sessions"], plain["application_sessions"], strict=True):
        one["browser_session"]["location"] = other["browser_session"]["location"]
    assert odd == plain


def test_a_status_can_be_chosen():
    @settings(_QUICK, max_examples=20)
    @given(answers_of("ngrok", _LIST, 429))
    def check(answer):
        assert answer.status == 429

    check()


def test_a_contract_of_ones_own_will_do():
    contract = specs.load("wisphub")
    operation = specs.operations("wisphub")[0].operation_id
    known = book("wisphub")

    @settings(_QUICK, max_examples=20)
    @given(answers_of(contract, operation))
    def check(answer):
        assert known.wrong(operation, answer) == ()

    check()


@pytest.mark.parametrize("wanted", [("ngrok", "nothing", None), ("ngrok", _LIST, 299)])
def test_what_there_is_not_is_told(wanted):
    with pytest.raises(NoSuchOperation):
        answers_of(*wanted)


@pytest.mark.parametrize("vendor", specs.vendors())
def test_drawn_requests_are_valid(vendor):
    lookup = book(vendor).lookup

    @settings(_QUICK, max_examples=60)
    @given(st.sampled_from(sorted(lookup.operations)).flatmap(lambda n: requests_of(vendor, n)))
    def check(request):
        exchange = Exchange(f"http://localhost{request.target}", request, None)
        assert lookup.of(exchange) is not None

    check()
