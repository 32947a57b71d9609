"""Worlds: filled once from the seed, forgotten when asked, one for each account and vendor."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from mockserver.core.backend import Backend
from mockserver.core.errors import NotFound

pytestmark = pytest.mark.anyio


async def look(backend: Backend) -> Any:
    return await backend.documents.get("page", "first")


async def scribble(backend: Backend) -> None:
    await backend.documents.update("page", "first", {"text": "scribbled"})


async def refuse(_: Backend) -> None:
    raise NotFound


async def reset(shop: Any, vendor: str | None = None, account: str | None = None) -> list[str]:
    async with shop.store.transaction() as transaction:
        gone: list[str] = await shop.worlds.reset(transaction, vendor, account)
        return gone


async def visit(shop: Any, vendor: str, account: str, story: Any = scribble) -> Any:
    async with shop.store.transaction() as transaction:
        return await story(await shop.worlds.open(transaction, vendor, account, ""))


@pytest.fixture
async def town(shop: Any) -> Any:
    """Two accounts at two vendors, all four worlds scribbled upon."""
    shop.worlds.accounts.add(shop.worlds.accounts.new("ann"))
    for vendor in ("shop", "kiosk"):
        for account in ("default", "ann"):
            await visit(shop, vendor, account)
    return shop


async def scribbled(town: Any) -> list[str]:
    places = [(vendor, account) for vendor in ("kiosk", "shop") for account in ("ann", "default")]
    found = [(place, await visit(town, *place, look)) for place in places]
    return ["/".join(place) for place, page in found if page["text"] == "scribbled"]


async def test_a_world_is_filled_at_first_use(shop: Any) -> None:
    assert shop.filled == []
    assert await shop.visit(look) is not None
    assert shop.filled == ["default"]


async def test_a_world_is_filled_only_once(shop: Any) -> None:
    for _ in range(3):
        await shop.visit(look)
    assert shop.filled == ["default"]


async def test_a_failed_first_request_leaves_the_world_unfilled(shop: Any) -> None:
    with pytest.raises(NotFound):
        await shop.visit(refuse)
    async with shop.store.transaction() as transaction:
        assert await transaction.worlds("") == []
    assert await shop.visit(look) is not None
    assert shop.filled == ["default", "default"]


async def test_a_restart_does_not_fill_again(
    opened: Callable[[Path], Any], open_shop: Any, tmp_path: Path
) -> None:
    async with opened(tmp_path / "w.db") as store:
        await open_shop(store).visit(scribble)
    async with opened(tmp_path / "w.db") as store:
        second = open_shop(store)
        assert await second.visit(look) == {"text": "scribbled"}
        assert second.filled == []


async def test_the_seed_decides_what_a_world_holds(
    opened: Callable[[Path], Any], open_shop: Any, tmp_path: Path
) -> None:
    found = []
    for number, seed in enumerate([7, 7, 8]):
        async with opened(tmp_path / f"{number}.db") as store:
            found.append(await open_shop(store, seed).visit(look))
    assert found[0] == found[1] != found[2]


async def test_two_accounts_have_two_worlds(town: Any) -> None:
    await reset(town)
    mine, other = (
        await visit(town, "shop", "ann", look),
        await visit(town, "shop", "default", look),
    )
    assert mine != other


async def test_an_account_that_does_not_exist_has_no_world(shop: Any) -> None:
    with pytest.raises(LookupError, match="nobody"):
        await shop.visit(look, "nobody")


@pytest.mark.parametrize(
    ("vendor", "account", "gone"),
    [
        (None, None, ["kiosk/ann", "kiosk/default", "shop/ann", "shop/default"]),
        ("shop", None, ["shop/ann", "shop/default"]),
        (None, "ann", ["kiosk/ann", "shop/ann"]),
        ("kiosk", "ann", ["kiosk/ann"]),
        ("elsewhere", None, []),
    ],
)
async def test_a_reset_forgets_what_was_meant_and_nothing_else(
    town: Any, vendor: str | None, account: str | None, gone: list[str]
) -> None:
    everything = await scribbled(town)
    assert len(everything) == 4
    assert sorted(await reset(town, vendor, account)) == gone
    assert await scribbled(town) == [world for world in everything if world not in gone]


async def test_a_world_is_the_same_again_after_a_reset(shop: Any) -> None:
    before = await shop.visit(look)
    await shop.visit(scribble)
    await reset(shop)
    assert await shop.visit(look) == before


async def test_a_reset_that_is_undone_forgets_nothing(town: Any) -> None:
    with suppress(NotFound):
        async with town.store.transaction() as transaction:
            await town.worlds.reset(transaction)
            raise NotFound
    assert len(await scribbled(town)) == 4


async def test_a_reset_drops_only_the_jobs_that_were_meant(town: Any) -> None:
    async with town.store.transaction() as transaction:
        for vendor in ("shop", "kiosk"):
            backend = await town.worlds.open(transaction, vendor, "ann", "")
            await backend.jobs.submit("ping", "1", {"id": "job-1", "target": vendor})
        await town.worlds.reset(transaction, "shop", None)
    await town.runner.drain()
    found = [await visit(town, v, "ann", job_page) for v in ("shop", "kiosk")]
    assert [page is not None for page in found] == [False, True]


async def job_page(backend: Backend) -> Any:
    return await backend.documents.get("page", "job-1")


async def test_a_reset_keeps_accounts(town: Any) -> None:
    async with town.store.transaction() as transaction:
        await town.worlds.remember(transaction, town.worlds.accounts.named("ann"))
        await town.worlds.reset(transaction)
    assert town.worlds.accounts.named("ann") is not None
    async with town.store.transaction() as transaction:
        assert await transaction.worlds("control") == ["control"]


async def test_accounts_that_were_remembered_are_recalled_with_their_keys(
    opened: Callable[[Path], Any], open_shop: Any, tmp_path: Path
) -> None:
    async with opened(tmp_path / "w.db") as store:
        first = open_shop(store)
        ann = first.worlds.accounts.new("ann", "ann_key")
        async with store.transaction() as transaction:
            await first.worlds.remember(transaction, ann)
    async with opened(tmp_path / "w.db") as store:
        second = open_shop(store)
        assert second.worlds.accounts.named("ann") is None
        async with store.transaction() as transaction:
            await second.worlds.recall(transaction)
        assert second.worlds.accounts.find("kiosk", "ann_key").name == "ann"


async def test_an_account_that_is_there_already_is_not_replaced(shop: Any) -> None:
    accounts = shop.worlds.accounts
    async with shop.store.transaction() as transaction:
        await shop.worlds.remember(transaction, accounts.new("ann", "old_key"))
        accounts.add(accounts.new("ann", "new_key"))
        await shop.worlds.recall(transaction)
    assert accounts.find("shop", "new_key").name == "ann"
    assert accounts.find("shop", "old_key") is None


async def test_a_fresh_name_is_never_given_twice(shop: Any) -> None:
    names = [await shop.visit(lambda backend: backend.fresh("task")) for _ in range(3)]
    assert names == [("task", 1), ("task", 2), ("task", 3)]


async def test_a_backend_knows_where_its_client_reaches_it(shop: Any) -> None:
    async def address(backend: Backend) -> str:
        return backend.base_url

    assert await shop.visit(address) == "http://here/shop"
