"""The bytes of a query string → decoded pairs, or a 400 that says why not."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.asgi.parameters import MAX_PAIRS, query_pairs
from mockserver.core.errors import BadRequest

TEXT = st.text(st.characters(codec="utf-8"))
PAIRS = st.lists(st.tuples(TEXT, TEXT), max_size=10)


@given(pairs=PAIRS)
def test_what_was_encoded_is_decoded_again(pairs: list[tuple[str, str]]) -> None:
    kept = [pair for pair in pairs if pair != ("", "")]
    assert list(query_pairs(urlencode(kept).encode())) == kept


@pytest.mark.parametrize(
    ("query", "pairs"),
    [
        (b"", []),
        (b"&&", []),
        (b"a", [("a", "")]),
        (b"a=", [("a", "")]),
        (b"=b", [("", "b")]),
        (b"a=b=c", [("a", "b=c")]),
        (b"a=1&a=2", [("a", "1"), ("a", "2")]),
        (b"a=1;b=2", [("a", "1;b=2")]),
        (b"a+b=c%2Bd", [("a b", "c+d")]),
        (b"a=%C3%A4", [("a", "\u00e4")]),
        (b"a=\xc3\xa4", [("a", "\u00e4")]),
        (b"a=%zz%", [("a", "%zz%")]),
        (b"a=%00", [("a", "\0")]),
    ],
)
def test_odd_but_clear_queries_are_read(query: bytes, pairs: list[tuple[str, str]]) -> None:
    assert list(query_pairs(query)) == pairs


@pytest.mark.parametrize("query", [b"a=%FF", b"a=\xff", b"%C3=1", b"a=%ED%A0%80"])
def test_what_is_not_utf_8_is_refused(query: bytes) -> None:
    with pytest.raises(BadRequest) as refused:
        query_pairs(query)
    assert refused.value.violations[0].rule == "encoding"


@given(query=st.binary())
def test_any_bytes_are_read_or_refused(query: bytes) -> None:
    try:
        pairs = query_pairs(query)
    except BadRequest:
        return
    assert all(isinstance(name, str) and isinstance(value, str) for name, value in pairs)


def test_there_is_a_limit_to_parameters() -> None:
    assert len(query_pairs(b"a=1&" * MAX_PAIRS)) == MAX_PAIRS
    with pytest.raises(BadRequest) as refused:
        query_pairs(b"a=1&" * (MAX_PAIRS + 1))
    assert refused.value.violations[0].received == MAX_PAIRS + 1
