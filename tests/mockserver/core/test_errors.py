"""What errors carry, and how a violation is put into words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core import errors
from mockserver.core.errors import ApiError, BadRequest, Violation, cut, shown

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, ApiError) and kind is not ApiError
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_error_is_named_as_its_reason_phrase(kind: type[ApiError]) -> None:
    assert kind.__name__ == kind.reason.replace(" ", "")
    assert 400 <= kind.status < 600


def test_no_two_errors_have_the_same_status() -> None:
    assert len({kind.status for kind in KINDS}) == len(KINDS)


def test_an_error_without_a_message_says_its_reason() -> None:
    assert BadRequest().message == str(BadRequest()) == "Bad Request"


def test_an_error_keeps_what_it_was_given() -> None:
    violation = Violation("query", "limit", "type", "integer", "x")
    error = BadRequest("no", code="7", violations=[violation], headers={"A": "b"}, facts={"n": 1})
    assert (error.message, error.code, error.violations) == ("no", "7", (violation,))
    assert (error.headers, error.facts) == ({"A": "b"}, {"n": 1})


@pytest.mark.parametrize(
    ("violation", "sentence"),
    [
        (
            Violation("query", "limit", "type", "integer", "many"),
            'query limit is invalid: expected integer, received "many"',
        ),
        (
            Violation("body", "pings", "minimum", "at least 1", 0),
            "pings is invalid: expected at least 1, received 0",
        ),
        (
            Violation("header", "ngrok-version", "required", "an integer"),
            "header ngrok-version is required: expected an integer",
        ),
        (
            Violation("body", "", "required", "a body of application/json"),
            "the request body is required: expected a body of application/json",
        ),
        (
            Violation("body", "", "type", "object", [1, 2]),
            "the request body is invalid: expected object, received an array of 2",
        ),
    ],
)
def test_a_sentence_names_field_expectation_and_value(violation: Violation, sentence: str) -> None:
    assert violation.sentence() == sentence


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (1, "1"),
        (1.5, "1.5"),
        ("", '""'),
        ("a", '"a"'),
        ({}, "an object of 0"),
        ([None] * 1000, "an array of 1000"),
    ],
)
def test_a_value_is_shown_as_in_json(value: object, text: str) -> None:
    assert shown(value) == text


@given(name=st.text(), value=st.text() | st.integers() | st.lists(st.text()))
def test_no_sentence_is_a_mirror_of_what_came(name: str, value: object) -> None:
    big = value * 1000 if isinstance(value, str | list) else value
    violation = Violation("body", name * 1000, "type", "integer", big)
    assert len(violation.sentence()) < 300


@given(text=st.text(), length=st.integers(1, 50))
def test_a_cut_text_begins_as_before_and_shows_that_it_was_cut(text: str, length: int) -> None:
    result = cut(text, length)
    assert result == text if len(text) <= length else result == text[:length] + "…"
