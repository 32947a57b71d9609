"""Parts of a run: disjoint, and together the whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import specs
from contract_tests.run.shards import Shard, parsed


@given(st.lists(st.integers()), st.integers(1, 9))
def test_parts_are_the_whole_without_repeats(whole: list[int], of: int) -> None:
    parts = [Shard(index, of).part(list(enumerate(whole))) for index in range(1, of + 1)]
    assert sorted(pair for part in parts for pair in part) == list(enumerate(whole))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


@pytest.mark.parametrize("of", [1, 3, 50])
def test_operations_are_divided_likewise_and_links_stay_within(of: int) -> None:
    contract = specs.load("ngrok")
    parts = [Shard(index, of).contract(contract) for index in range(1, of + 1)]
    named = [[row.operation_id for row in specs.rows(part)] for part in parts]
    assert sorted(n for p in named for n in p) == sorted(
        row.operation_id for row in specs.rows(contract)
    )
    for part, names in zip(parts, named, strict=True):
        links = [
            link["operationId"]
            for item in part["paths"].values()
            for operation in item.values()
            if isinstance(operation, dict)
            for answer in operation["responses"].values()
            for link in answer["links"].values()
        ]
        assert {*links} <= {*names}


@pytest.mark.parametrize("text", ["0/4", "5/4", "1", "a/b", "1/0", "-1/2", "1/2/3", ""])
def test_what_is_no_part_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no part of a run"):
        parsed(text)


def test_a_part_is_written_as_it_is_given() -> None:
    assert str(parsed("2/4")) == "2/4"
