"""Searches are answered from indexes, and what SQLite says is said in our words."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from mockserver.core.errors import InsufficientStorage
from mockserver.core.sqlite_store import SqliteStore, SqliteTransaction

pytestmark = pytest.mark.anyio


@pytest.fixture
def path() -> None:
    """Hold this file's store in memory only: plans are the same in a file."""


@pytest.fixture
async def transaction(store: SqliteStore) -> AsyncIterator[SqliteTransaction]:
    async with store.transaction() as transaction:
        yield transaction


@pytest.fixture
def plan_of(transaction: SqliteTransaction) -> Callable[..., Any]:
    """Do a search, and ask SQLite how it went about the very statement."""
    said: list[str] = []
    transaction.connection.set_trace_callback(said.append)

    async def plan(method: str, *args: Any, **kwargs: Any) -> str:
        said.clear()
        await getattr(transaction.documents("w"), method)(*args, **kwargs)
        statement = said[-1]
        rows = transaction.connection.execute(f"EXPLAIN QUERY PLAN {statement}")
        return "; ".join(row[-1] for row in rows)

    return plan


async def test_a_document_is_found_by_its_id_through_an_index(plan_of: Any) -> None:
    assert "SEARCH documents USING INDEX sqlite_autoindex" in await plan_of("get", "note", "x")


@pytest.mark.parametrize("value", ["ann", 7, True, None])
async def test_an_indexed_field_is_searched_through_its_index(plan_of: Any, value: Any) -> None:
    plan = await plan_of("find", "note", {"author": value})
    assert "SEARCH documents USING INDEX note_author" in plan


async def test_counting_by_an_indexed_field_uses_its_index(plan_of: Any) -> None:
    plan = await plan_of("count", "note", {"author": "ann"})
    assert "note_author" in plan


async def test_a_page_is_read_in_order_without_sorting(plan_of: Any) -> None:
    plan = await plan_of("find", "page", before="m", newest_first=True, limit=10)
    assert "SEARCH documents USING INDEX sqlite_autoindex" in plan
    assert "id<?" in plan
    assert "TEMP B-TREE" not in plan


async def test_picking_by_ids_searches_for_each(plan_of: Any) -> None:
    plan = await plan_of("find", "page", ids=["a", "b"])
    assert "SEARCH documents USING INDEX sqlite_autoindex" in plan
    assert "id=?" in plan


async def test_no_search_goes_through_the_documents_of_other_worlds(plan_of: Any) -> None:
    for search in ({}, {"author": "ann"}, {"colour": "red"}):
        assert "SCAN documents" not in await plan_of("find", "note", search)


async def test_nothing_is_locked_for_reading_only(transaction: SqliteTransaction) -> None:
    await transaction.documents("w").find("note")
    assert not transaction.connection.in_transaction


async def write_a_lot(store: SqliteStore) -> None:
    async with store.transaction() as transaction:
        for number in range(100):
            await transaction.documents("w").insert("page", str(number), {"text": "x" * 4000})


async def test_a_full_disk_is_insufficient_storage(
    opened: Callable[[Path], Any], tmp_path: Path
) -> None:
    async with opened(tmp_path / "state.db") as store:
        store._connection.execute("PRAGMA max_page_count=12")
        with pytest.raises(InsufficientStorage, match="cannot be written"):
            await write_a_lot(store)
        async with store.transaction() as transaction:
            assert await transaction.documents("w").count("page") == 0
            await transaction.documents("w").insert("page", "small", {})
