"""Text → typed values: what each type takes, what it refuses, and how repeats are read."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.asgi.parameters import Parameter, argument_name
from mockserver.core.errors import Violation


def parameter(schema: dict[str, Any], **fields: Any) -> Parameter:
    return Parameter.of({"name": "value", "in": "query", "schema": schema, **fields})


def read(schema: dict[str, Any], *texts: str, **fields: Any) -> Any:
    """Return the argument, or the violations."""
    arguments: dict[str, Any] = {}
    found = parameter(schema, **fields).check(texts or None, arguments)
    return found or arguments["value"]


def refused(schema: dict[str, Any], *texts: str, **fields: Any) -> Violation:
    found = read(schema, *texts, **fields)
    assert isinstance(found, list)
    assert isinstance(found[0], Violation)
    return found[0]


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("limit", "limit"),
        ("before_id", "before_id"),
        ("agentUniqueId", "agent_unique_id"),
        ("Ngrok-Version", "ngrok_version"),
        ("testId", "test_id"),
        ("id", "id_"),
        ("from", "from_"),
        ("format", "format_"),
        ("type", "type_"),
        ("aid", "aid"),
        ("X-API-KEY", "x_api_key"),
        ("round2Id", "round2_id"),
    ],
)
def test_arguments_are_named_in_pythons_way(name: str, argument: str) -> None:
    assert argument_name(name) == argument


@given(number=st.integers(-(10**18) + 1, 10**18 - 1))
def test_an_integer_is_read(number: int) -> None:
    value = read({"type": "integer"}, str(number))
    assert (value, type(value)) == (number, int)


@pytest.mark.parametrize(("text", "number"), [("+3", 3), ("007", 7), ("-0", 0)])
def test_an_integer_may_have_a_sign_and_zeros_before_it(text: str, number: int) -> None:
    assert read({"type": "integer"}, text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 3",
        "3 ",
        "1_0",
        "1.0",
        "1e3",
        "0x1f",
        "٣",
        "³",
        "--1",
        "null",
        "9" * 20,
        pytest.param("9" * 5000, id="5000 digits"),
    ],
)
def test_what_only_python_takes_for_an_integer_is_refused(text: str) -> None:
    violation = refused({"type": "integer"}, text)
    assert (violation.rule, violation.expected, violation.received) == ("type", "integer", text)


@given(number=st.floats(allow_nan=False, allow_infinity=False).map(lambda x: round(x % 1e15, 6)))
def test_a_number_is_read(number: float) -> None:
    assert read({"type": "number"}, f"{number:.6f}") == pytest.approx(number)


@pytest.mark.parametrize(
    "text", ["", "nan", "inf", "-Infinity", "1e999", "1.", ".5", "1_0.0", "1,5", " 1"]
)
@pytest.mark.parametrize("nullable", [True, False])
def test_a_number_that_json_could_not_hold_is_refused(text: str, *, nullable: bool) -> None:
    assert refused({"type": "number", "nullable": nullable}, text).rule == "type"


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("false", False), ("True", True), ("FALSE", False)]
)
def test_a_boolean_is_read_in_any_case(text: str, *, value: bool) -> None:
    assert read({"type": "boolean"}, text) is value


@pytest.mark.parametrize("text", ["", "1", "0", "yes", "on", "t", " true"])
def test_a_boolean_is_nothing_else(text: str) -> None:
    assert refused({"type": "boolean"}, text).expected == "boolean"


@given(text=st.text())
def test_a_string_is_taken_as_it_is(text: str) -> None:
    assert read({"type": "string"}, text) == text


def test_of_a_repeated_parameter_the_last_one_counts() -> None:
    assert read({"type": "integer"}, "1", "2") == 2


def test_limits_of_the_schema_hold_for_the_typed_value() -> None:
    violation = refused({"type": "integer", "minimum": 1, "maximum": 100}, "101")
    assert (violation.where, violation.name, violation.rule) == ("query", "value", "maximum")
    assert violation.sentence().endswith("expected at most 100, received 101")


def test_every_broken_rule_is_told() -> None:
    found = read({"type": "string", "minLength": 3, "pattern": "^x"}, "a")
    assert {violation.rule for violation in found} == {"minLength", "pattern"}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "integer"}, "an integer"),
        ({"type": "string"}, "a string"),
        ({"enum": ["CLOUD", "ENTERPRISE"]}, "one of CLOUD, ENTERPRISE"),
    ],
)
def test_a_missing_parameter_is_told_with_what_was_expected(
    schema: dict[str, Any], expected: str
) -> None:
    violation = refused(schema, required=True)
    assert (violation.rule, violation.expected) == ("required", expected)


def test_a_parameter_that_may_be_missing_has_its_default() -> None:
    assert read({"type": "integer", "default": 100}) == 100
    assert read({"type": "integer"}) is None


def test_a_list_with_commas_is_split() -> None:
    schema = {"type": "array", "items": {"type": "integer"}}
    assert read(schema, "1,2,3", explode=False) == [1, 2, 3]
    assert read(schema, "", explode=False) == []


def test_a_list_with_an_empty_item_is_taken_as_it_stands() -> None:
    assert refused({"type": "array", "items": {"type": "integer"}}, "1,,3", explode=False)


def test_a_list_that_is_repeated_is_gathered() -> None:
    schema = {"type": "array", "items": {"type": "integer"}}
    assert read(schema, "1", "2") == [1, 2]
    assert read(schema, "7") == [7]


def test_a_wrong_item_of_a_list_is_named() -> None:
    violation = refused({"type": "array", "items": {"type": "integer"}}, "1,x", explode=False)
    assert (violation.name, violation.received) == ("value[1]", "x")


def test_the_name_of_a_header_is_read_in_any_case() -> None:
    spec = {"name": "Ngrok-Version", "in": "header", "schema": {"type": "integer"}}
    made = Parameter.of(spec)
    assert (made.name, made.argument) == ("ngrok-version", "ngrok_version")
