"""How runs are judged: what is a crash, what is a refusal, and which of many is to blame."""

import re

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


@pytest.mark.parametrize(
    ("kind", "output"),
    [
        ("charset", '  File "/me/app.py", line 7, in main\nKeyError: 1\n'),
        ("error", '  File "/me/app.py", line 7, in main\nKeyError: 1\n'),
        (
            "charset",
            "TypeError: Cannot read properties of null\n    at read (/me/app.py.mjs:7:3)\n",
        ),
    ],
)
def test_the_line_of_a_crash_is_told(kind, output):
    found = _verdict(kind, "401" if kind == "error" else "", 1, output)
    assert re.fullmatch(r"It crashed at app\.py(\.mjs)?:7\.", found.note)


def test_a_crash_whose_output_names_no_line_is_told_without():
    assert _verdict("charset", "", 1, "KeyError: 'a'").note == ""


def test_a_clean_refusal_is_right():
    assert _verdict("error", "401", 3, "") is None


def test_a_crash_over_an_error_is_a_breach():
    found = _verdict("error", "401", 1, "KeyError: 'application_sessions'")
    assert found.rule == oracle.SURVIVED


def test_silence_about_what_is_not_there_may_be_meant():
    assert _verdict("error", "404", 0, "").grade is Grade.ASSUMPTION


@pytest.mark.parametrize("status", ["500", "503", "401", "403"])
@pytest.mark.parametrize("method", ["DELETE", "POST"])
def test_silence_about_a_refused_change_is_a_breach(method, status):
    assert _verdict("error", status, 0, "ended s1", method=method).grade is Grade.BREACH


@pytest.mark.parametrize("status", ["404", "410"])
def test_what_was_to_be_deleted_may_be_gone(status):
    assert _verdict("error", status, 0, "", method="DELETE").grade is Grade.ASSUMPTION


def test_an_address_in_the_output_is_no_word_about_an_error():
    assert _verdict("error", "500", 0, "s1 https://wiki.example.com") is not None


@pytest.mark.parametrize(
    "output",
    [
        "TypeError: Cannot read properties of undefined (reading 'status')",
        "AttributeError: 'NoneType' object has no attribute 'status_code'",
    ],
)
@pytest.mark.parametrize("kind", ["cut_headless", "cut_end"])
def test_a_slip_after_a_cut_is_one(kind, output):
    assert _verdict(kind, "", 1, output).rule == oracle.SURVIVED


@pytest.mark.parametrize(
    "output",
    [
        "TypeError: fetch failed",
        "TypeError: terminated",
        "ValueError: I/O operation on closed file.",
        '  File "/usr/lib/python3.11/http/client.py", line 9, in f\nAttributeError: closed',
    ],
)
def test_what_a_library_says_of_a_cut_is_a_refusal(output):
    assert _verdict("cut_headless", "", 1, output) is None


def test_a_deletion_whose_answer_was_lost_is_done_if_it_is_gone_then():
    given = _heard("cut_headless", "", 200, 1, method="DELETE")
    again = _heard("cut_headless", "", 404, 2, method="DELETE", is_given=False)
    assert _judged("cut_headless", "", 0, "ended s1", given, again) is None


def test_of_several_verdicts_the_mildest_counts():
    grades = [Grade.BREACH, Grade.ASSUMPTION, Grade.DRIFT]
    verdicts = [oracle.Verdict("rule", grade, "", "") for grade in grades]
    assert oracle.mildest(verdicts) is verdicts[1]
    assert oracle.mildest([]) is None


def test_work_that_takes_long_may_be_waited_for():
    assert _verdict("late", "", -15, "", hung=True) is None


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


def _verdict(kind, place, code, err, *, hung=False, method="GET"):
    return _judged(kind, place, code, err, _heard(kind, place, 200, 1, method=method), hung=hung)


def _judged(kind, place, code, err, *heard, hung=False):
    ran = Ran(code, hung, "", err, 0.1, tuple(("ngrok", one) for one in heard))
    return oracle.verdict(BY_NAME[kind], _surprise(kind, place), _PLAIN, ran)


def _surprise(kind, place):
    return Surprise("ngrok", "list_application_sessions", kind, place)


def _heard(kind, place, status, number, *, method, is_given=True):
    response = Response(int(place) if place.isdigit() else status, (), b"{}")
    exchange = Exchange("http://localhost/", Request(method, "/app/sessions"), response)
    told = _surprise(kind, place).id if is_given else ""
    return Heard(exchange, number, 0.0, 0.1, surprise=told)
