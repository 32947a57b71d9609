"""JSON as it comes in: any value round-trips, what nobody should send is refused."""

import json
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockserver.asgi.body import MAX_DEPTH, parse_form, parse_json
from mockserver.core.errors import BadRequest

TEXT = st.text(st.characters(codec="utf-8"))
ATOMS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)
VALUES = st.recursive(
    ATOMS, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=20
)


def refusal(raw: bytes) -> str:
    with pytest.raises(BadRequest) as refused:
        parse_json(raw)
    (violation,) = refused.value.violations
    assert (violation.where, violation.rule) == ("body", "syntax")
    return violation.sentence()


@given(value=VALUES)
@example(value={"a:b": {"c": "::"}})
@example(value=-0.0)
def test_any_json_value_round_trips(value: Any) -> None:
    read = parse_json(orjson.dumps(value))
    assert read == value
    assert type(read) is type(value)


@given(value=VALUES)
def test_white_space_and_escapes_change_nothing(value: Any) -> None:
    assert parse_json(json.dumps(value, indent=1, ensure_ascii=True).encode()) == value


@given(before=st.dictionaries(TEXT, VALUES, max_size=3), key=TEXT, values=st.tuples(ATOMS, ATOMS))
def test_a_key_that_is_said_twice_is_refused(
    before: dict[str, Any], key: str, values: tuple[Any, Any]
) -> None:
    before.pop(key, None)
    pairs = [*before.items(), (key, values[0]), (key, values[1])]
    inside = ",".join(f"{json.dumps(name)}:{json.dumps(value)}" for name, value in pairs)
    assert "each key once" in refusal(f"{{{inside}}}".encode())


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1,"a":1}',
        b'{"a":1,"\\u0061":2}',
        b'[{"b":{"a":1,"a":2}}]',
        b'{"b":{"a":1,"a":2},"b":3}',
        b'{"url":"http://x","url":"http://y"}',
        b'[":",{"a":1,"a":2}]',
    ],
)
def test_a_repeated_key_is_found_anywhere(raw: bytes) -> None:
    refusal(raw)


def test_the_repeated_key_is_named() -> None:
    assert "pings" in refusal(b'{"pings":4,"arp_ping":true,"pings":5}')


def test_many_keys_and_one_repeat_are_found_in_linear_time() -> None:
    keys = ",".join(f'"{number}":0' for number in range(90_000))
    refusal(f'{{{keys},"89999":0}}'.encode())  # a scan for each key would take minutes


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" ",
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b'{"a":NaN}',
        b"1e999",
        pytest.param(b"1" * 5000, id="5000 digits"),
        b"01",
        b"+1",
        b"0x10",
        b"{'a':1}",
        b'{"a":1,}',
        b"[1,]",
        b"[1]]",
        b"{} {}",
        b'{"a"}',
        b"{1:2}",
        b"// x\n1",
        b"nul",
        b"True",
        b'"a',
        b'"\t"',
        b'"\\x41"',
        b'"\\ud800"',
        b'"\\udc00\\ud800"',
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b'"\xc3"',
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        "{}".encode("utf-16-le"),
        "{}".encode("utf-32"),
        b"\x00",
        b"\x1f\x8b\x08",
    ],
)
def test_what_is_not_json_in_utf_8_is_refused(raw: bytes) -> None:
    refusal(raw)


@given(raw=st.binary())
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        value = parse_json(raw)
    except BadRequest:
        return
    assert value == json.loads(raw)


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_nesting_has_a_limit(opening: bytes, closing: bytes) -> None:
    parse_json(opening * MAX_DEPTH + b"1" + closing * MAX_DEPTH)
    deeper = MAX_DEPTH + 1
    assert "nesting" in refusal(opening * deeper + b"1" + closing * deeper)


@pytest.mark.parametrize("depth", [1000, 1020, 100_000])
def test_any_depth_is_refused_and_not_fatal(depth: int) -> None:
    refusal(b"[" * depth + b"]" * depth)
    refusal(b'{"a":' * depth + b"1" + b"}" * depth)


@pytest.mark.parametrize("depth", [100, 980, 1015])
def test_depth_does_not_hide_in_a_value_that_a_second_one_replaces(depth: int) -> None:
    refusal(b'{"a":' + b"[" * depth + b"]" * depth + b',"a":1}')


def test_a_refusal_does_not_repeat_the_body() -> None:
    assert len(refusal(b'{"' + b"x" * 100_000 + b'":1,"' + b"x" * 100_000 + b'":2}')) < 400


@given(fields=st.dictionaries(TEXT, TEXT, max_size=5))
def test_a_form_round_trips(fields: dict[str, str]) -> None:
    assert parse_form(urlencode(fields).encode()) == fields


@pytest.mark.parametrize(
    "raw", [b"a=%FF", b"a=\xc3\xa4", pytest.param(b"a=1&" * 101, id="101 fields")]
)
def test_a_form_that_is_not_clear_is_refused(raw: bytes) -> None:
    with pytest.raises(BadRequest):
        parse_form(raw)
