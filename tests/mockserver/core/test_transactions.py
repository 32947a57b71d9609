"""What `Transaction` promises, of every store: all or nothing, one after the other, by world."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from mockserver.core.errors import InsufficientStorage
from mockserver.core.sqlite_store import SqliteDocuments, SqliteStore

pytestmark = pytest.mark.anyio


class Change(Exception):
    """Of mind."""


async def undone(store: SqliteStore, story: Callable[[SqliteDocuments], Awaitable[Any]]) -> None:
    """Run `story(documents)` in a transaction that is given up at its end."""
    with suppress(Change):
        async with store.transaction() as transaction:
            await story(transaction.documents("w"))
            raise Change


async def fill(documents: SqliteDocuments, ids: str = "abcdef") -> None:
    for id_ in ids:
        await documents.insert("note", id_, {})


async def read(store: SqliteStore, id_: str = "x", world: str = "w") -> object:
    async with store.transaction() as transaction:
        return await transaction.documents(world).get("page", id_)


async def test_leaving_the_block_commits(store: SqliteStore) -> None:
    async with store.transaction() as transaction:
        await transaction.documents("w").insert("page", "x", {"v": 1})
    assert await read(store) == {"v": 1}


async def test_an_exception_undoes_every_kind_of_write(store: SqliteStore) -> None:
    async with store.transaction() as transaction:
        documents = transaction.documents("w")
        await documents.insert("page", "x", {"v": 1})
        await documents.insert("page", "y", {"v": 1})
        await documents.next("visit")

    async def everything(documents: SqliteDocuments) -> None:
        await documents.update("page", "x", {"v": 2})
        await documents.delete("page", "y")
        await documents.insert("page", "z", {})
        await documents.next("visit")

    await undone(store, everything)
    assert [await read(store, id_) for id_ in "xyz"] == [{"v": 1}, {"v": 1}, None]
    async with store.transaction() as transaction:
        assert await transaction.documents("w").next("visit") == 2


async def test_clear_is_undone_too(store: SqliteStore) -> None:
    async with store.transaction() as transaction:
        await transaction.documents("w").insert("page", "x", {"v": 1})
    await undone(store, SqliteDocuments.clear)
    assert await read(store) == {"v": 1}


async def test_a_cancelled_transaction_is_undone(store: SqliteStore) -> None:
    inside = asyncio.Event()

    async def endless() -> None:
        async with store.transaction() as transaction:
            await transaction.documents("w").insert("page", "x", {})
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(endless())
    await inside.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await read(store) is None


async def test_counts_are_right_after_an_undone_insertion(store: SqliteStore) -> None:
    async with store.transaction() as transaction:
        await transaction.documents("w").insert("note", "x", {})
    await undone(store, lambda documents: fill(documents, "abcd"))
    async with store.transaction() as transaction:
        assert await transaction.documents("w").count("note") == 1
        await fill(transaction.documents("w"), "abcd")


async def test_counts_are_right_after_an_undone_deletion(store: SqliteStore) -> None:
    async with store.transaction() as transaction:
        await fill(transaction.documents("w"), "abcde")

    async def take_one(documents: SqliteDocuments) -> None:
        await documents.delete("note", "a")
        assert await documents.count("note") == 4

    await undone(store, take_one)
    async with store.transaction() as transaction:
        with pytest.raises(InsufficientStorage):
            await fill(transaction.documents("w"), "f")


async def test_a_limit_that_is_met_undoes_the_whole_transaction(store: SqliteStore) -> None:
    with suppress(InsufficientStorage):
        async with store.transaction() as transaction:
            await fill(transaction.documents("w"))
    async with store.transaction() as transaction:
        assert await transaction.documents("w").count("note") == 0


async def test_worlds_do_not_see_one_another(store: SqliteStore) -> None:
    async with store.transaction() as transaction:
        await transaction.documents("shop/a").insert("page", "x", {"v": 1})
        other = transaction.documents("shop/b")
        assert await other.get("page", "x") is None
        assert await other.find("page") == []
        assert await other.count("page") == 0
        assert await other.update("page", "x", {}) is False
        assert await other.delete("page", "x") is False


async def test_each_world_has_its_own_room(store: SqliteStore) -> None:
    async with store.transaction() as transaction:
        for world in ("shop/a", "shop/b"):
            for number in range(5):
                await transaction.documents(world).insert("note", str(number), {})
        assert await transaction.documents("shop/b").count("note") == 5


async def test_each_world_has_its_own_sequences(store: SqliteStore) -> None:
    async with store.transaction() as transaction:
        await transaction.documents("shop/a").next("visit")
        assert await transaction.documents("shop/b").next("visit") == 1


async def test_clearing_one_world_leaves_the_other(store: SqliteStore) -> None:
    async with store.transaction() as transaction:
        for world in ("shop/a", "shop/b"):
            await transaction.documents(world).insert("page", "x", {"v": world})
        await transaction.documents("shop/a").clear()
    assert await read(store, world="shop/b") == {"v": "shop/b"}


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("", ["kiosk/a", "shop/*", "shop/a"]),
        ("shop/", ["shop/*", "shop/a"]),
        ("shop/*", ["shop/*"]),
        ("hop", []),
    ],
)
async def test_worlds_are_listed_by_how_they_begin(
    store: SqliteStore, prefix: str, found: list[str]
) -> None:
    async with store.transaction() as transaction:
        for world in ("shop/a", "kiosk/a", "shop/*"):
            await transaction.documents(world).insert("page", "x", {})
            await transaction.documents(world).insert("page", "y", {})
        assert sorted(await transaction.worlds(prefix)) == found


async def test_after_commit_is_called_when_others_can_see_the_change(store: SqliteStore) -> None:
    heard: list[str] = []
    async with store.transaction() as transaction:
        transaction.after_commit(lambda: heard.append("first"))
        transaction.after_commit(lambda: heard.append("second"))
        assert heard == []
    assert heard == ["first", "second"]


async def test_after_commit_is_not_called_when_undone(store: SqliteStore) -> None:
    heard: list[str] = []
    with suppress(Change):
        async with store.transaction() as transaction:
            transaction.after_commit(lambda: heard.append("never"))
            raise Change
    assert heard == []


async def test_200_concurrent_increments_give_200(store: SqliteStore) -> None:
    async with store.transaction() as transaction:
        await transaction.documents("w").insert("page", "x", {"v": 0})

    async def increment() -> None:
        async with store.transaction() as transaction:
            documents = transaction.documents("w")
            found = await documents.get("page", "x")
            assert found is not None
            await asyncio.sleep(0)  # what a database behind a network would do
            await documents.update("page", "x", {"v": found["v"] + 1})

    await asyncio.gather(*(increment() for _ in range(200)))
    assert await read(store) == {"v": 200}


async def test_concurrent_transactions_draw_each_number_once(store: SqliteStore) -> None:
    async def draw() -> int:
        async with store.transaction() as transaction:
            await asyncio.sleep(0)
            return await transaction.documents("w").next("visit")

    drawn = await asyncio.gather(*(draw() for _ in range(50)))
    assert sorted(drawn) == list(range(1, 51))


async def test_no_transaction_sees_the_middle_of_another(store: SqliteStore) -> None:
    halfway, go_on = asyncio.Event(), asyncio.Event()

    async def writer() -> None:
        async with store.transaction() as transaction:
            await transaction.documents("w").insert("page", "x", {})
            halfway.set()
            await go_on.wait()
            raise Change

    task = asyncio.create_task(writer())
    await halfway.wait()
    reader = asyncio.create_task(read(store))
    go_on.set()
    assert await reader is None
    with pytest.raises(Change):
        await task
