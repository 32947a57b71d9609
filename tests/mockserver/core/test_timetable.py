"""Who is due when."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.timetable import Timetable

MOVES = st.lists(
    st.tuples(st.sampled_from(["put", "drop", "take"]), st.integers(0, 5), st.integers(0, 3000))
)


def test_a_time_between_two_ticks_belongs_to_the_later() -> None:
    table: Timetable[str] = Timetable(100)
    for key, due_ms in (("a", 100), ("b", 101), ("c", 200)):
        table.put(key, due_ms)
    assert list(table.take(1000)) == [(100, ["a"]), (200, ["b", "c"])]


def test_nobody_is_due_before_the_tick() -> None:
    table: Timetable[str] = Timetable(100)
    table.put("a", 150)
    assert list(table.take(199)) == []
    assert table.first_ms == 200


def test_who_is_put_again_is_due_once() -> None:
    table: Timetable[str] = Timetable(100)
    table.put("a", 100)
    table.put("a", 500)
    assert list(table.take(1000)) == [(500, ["a"])]


def test_an_empty_table_has_no_first() -> None:
    table: Timetable[str] = Timetable(100)
    table.put("a", 100)
    table.drop("a")
    table.drop("a")
    assert table.first_ms is None


@given(MOVES)
def test_it_does_what_a_plain_dictionary_does(moves: list[tuple[str, int, int]]) -> None:
    table: Timetable[int] = Timetable(100)
    plain: dict[int, int] = {}
    for move, key, time_ms in moves:
        if move == "put":
            table.put(key, time_ms)
            plain[key] = -(-time_ms // 100) * 100
        elif move == "drop":
            table.drop(key)
            plain.pop(key, None)
        else:
            taken = {key: tick for tick, keys in table.take(time_ms) for key in keys}
            assert taken == {k: tick for k, tick in plain.items() if tick <= time_ms}
            plain = {k: tick for k, tick in plain.items() if tick > time_ms}
        assert table.first_ms == min(plain.values(), default=None)
