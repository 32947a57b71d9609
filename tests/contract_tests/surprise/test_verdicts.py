"""How runs are judged: what is a crash, what is a refusal, and which of many is to blame."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.client.ran import Ran
from contract_tests.conduct.heard import Heard
from contract_tests.findings.finding import Grade
from contract_tests.surprise import oracle
from contract_tests.surprise.crashes import asserts, crash_in
from contract_tests.surprise.kinds import BY_NAME
from contract_tests.surprise.narrow import narrowed
from contract_tests.surprise.surprise import Surprise
from contract_tests.wire.exchange import Exchange, Request, Response

_PLAIN = Ran(0, hung=False, out="3 sessions\n", err="", elapsed_s=0.1)

CRASHES = {
    "Python": "Traceback (most recent call last):\nKeyError: 'metadata'",
    "JavaScript": "TypeError: Cannot read properties of null (reading 'city')",
    "Go": "panic: runtime error: index out of range",
    "Java": "Exception in thread java.lang.NullPointerException: x",
    "C#": "Unhandled exception. System.NullReferenceException: Object reference",
    "Rust": "thread 'main' panicked at src/main.rs:3:5:",
    "Ruby": "a.rb:3:in `<main>': undefined method (NoMethodError)",
    "PHP": "PHP Fatal error:  Uncaught TypeError",
    "jq": "jq: error (at <stdin>:1): Cannot iterate over null (null)",
    "shell": "sync.sh: line 3: [: null: integer expression expected",
}
REFUSALS = (
    "refused: HTTP 429",
    "requests.exceptions.HTTPError: 401 Client Error: Unauthorized for url",
    "TypeError: fetch failed",
    "curl: (22) The requested URL returned error: 404",
    "ERROR cannot list sessions: rate limited",
    "KeyErrors are fine here",
)


@pytest.mark.parametrize("language", CRASHES)
def test_a_crash_is_known_in_every_language(language):
    found = crash_in(CRASHES[language])
    assert found is not None
    assert found.language == language


@pytest.mark.parametrize("output", REFUSALS)
def test_a_refusal_is_no_crash(output):
    assert crash_in(output) is None


def test_a_crash_tells_where_in_the_client_it_was():
    trace = (
        '  File "/home/me/app.py", line 31, in main\n    one()\n'
        '  File "/usr/lib/python3.11/json/decoder.py", line 9, in decode\nKeyError: 1\n'
    )
    assert crash_in(trace).at == "app.py:31"


@pytest.mark.parametrize("output", ["E       AssertionError: 3 != 4", "Error: expect(received)"])
def test_a_clients_own_assertion_is_known(output):
    assert asserts(output)


@given(
    st.integers(1, 40).flatmap(
        lambda n: st.tuples(st.just(n), st.sets(st.integers(0, n - 1), min_size=1, max_size=3))
    )
)
def test_narrowing_leaves_just_those_that_are_needed(case):
    count, guilty = case
    left = narrowed(tuple(range(count)), lambda part: guilty <= set(part))
    assert set(left) == guilty


def test_silence_about_an_error_is_a_breach():
    assert _verdict("error", "401", 0, "0 sessions").grade is Grade.BREACH


def test_a_word_about_an_error_is_enough():
    assert _verdict("error", "401", 0, "cannot list: unauthorized") is None


def test_a_clean_refusal_is_right():
    assert _verdict("error", "401", 3, "") is None


def test_a_crash_over_an_error_is_a_breach():
    found = _verdict("error", "401", 1, "KeyError: 'application_sessions'")
    assert found.rule == oracle.SURVIVED


def test_silence_about_what_is_not_there_may_be_meant():
    assert _verdict("error", "404", 0, "").grade is Grade.ASSUMPTION


def test_half_an_answer_taken_for_a_whole_one_is_a_breach():
    assert _verdict("cut_end", "", 0, "1 session").rule == oracle.NOTICED


def test_a_reader_that_cannot_read_half_an_answer_has_noticed():
    assert _verdict("cut_end", "", 1, "json.decoder.JSONDecodeError: Expecting value") is None


def test_another_exit_code_after_a_success_is_a_breach():
    assert _verdict("charset", "", 3, "refused").grade is Grade.BREACH


def test_a_failed_assertion_may_expect_other_values():
    assert _verdict("text_rtl", "/a", 1, "AssertionError: no").grade is Grade.ASSUMPTION


def test_a_clean_end_at_an_empty_list_may_be_meant():
    assert _verdict("list_empty", "/a", 1, "no sessions").grade is Grade.ASSUMPTION


def test_a_client_that_does_not_end_hangs():
    assert _verdict("null", "/a", -15, "", hung=True).grade is Grade.BREACH


def test_what_was_not_given_is_no_reason():
    surprise = Surprise("ngrok", "list_application_sessions", "null", "/a")
    ran = Ran(1, hung=False, out="", err="KeyError: 1", elapsed_s=0.1)
    assert oracle.verdict(BY_NAME["null"], surprise, _PLAIN, ran) is None


def _verdict(kind, place, code, err, *, hung=False):
    surprise = Surprise("ngrok", "list_application_sessions", kind, place)
    response = Response(int(place) if place.isdigit() else 200, (), b"{}")
    exchange = Exchange("http://localhost/", Request("GET", "/app/sessions"), response)
    heard = Heard(exchange, 1, 0.0, 0.1, surprise=surprise.id)
    ran = Ran(code, hung, "", err, 0.1, (("ngrok", heard),))
    return oracle.verdict(BY_NAME[kind], surprise, _PLAIN, ran)
