"""The state file: kept, recognised, refused when it is not ours, locked while in use."""

import sqlite3
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, closing
from pathlib import Path

import pytest

from mockserver.core.sqlite_file import APPLICATION_ID, VERSION, state_path
from mockserver.core.sqlite_store import SqliteStore
from mockserver.core.store import Kind, StoreError

pytestmark = pytest.mark.anyio
Opened = Callable[[Path], AbstractAsyncContextManager[SqliteStore]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


async def refusal(path: Path) -> str:
    with pytest.raises(StoreError) as refused:
        await SqliteStore(path).open([Kind("page", 10)])
    return str(refused.value)


async def test_documents_and_sequences_outlive_the_store(opened: Opened, file: Path) -> None:
    async with opened(file) as store, store.transaction() as transaction:
        await transaction.documents("w").insert("page", "x", {"v": 1})
        await transaction.documents("w").next("visit")
    async with opened(file) as store, store.transaction() as transaction:
        assert await transaction.documents("w").get("page", "x") == {"v": 1}
        assert await transaction.documents("w").next("visit") == 2


async def test_the_order_of_creation_outlives_the_store(opened: Opened, file: Path) -> None:
    for id_ in "cab":
        async with opened(file) as store, store.transaction() as transaction:
            await transaction.documents("w").insert("page", id_, {"id": id_})
    async with opened(file) as store, store.transaction() as transaction:
        found = await transaction.documents("w").find("page")
    assert [page["id"] for page in found] == ["c", "a", "b"]


async def test_limits_count_what_an_earlier_run_stored(opened: Opened, file: Path) -> None:
    async with opened(file) as store, store.transaction() as transaction:
        for id_ in "abc":
            await transaction.documents("w").insert("note", id_, {})
    async with opened(file) as store, store.transaction() as transaction:
        assert await transaction.documents("w").count("note") == 3


async def test_a_store_in_memory_begins_empty_each_time() -> None:
    for _ in range(2):
        store = SqliteStore()
        await store.open([Kind("page", 10)])
        async with store.transaction() as transaction:
            await transaction.documents("w").insert("page", "x", {})
        await store.close()


async def test_what_was_committed_is_in_the_file_before_it_is_closed(
    opened: Opened, file: Path, tmp_path: Path
) -> None:
    async with opened(file) as store:
        async with store.transaction() as transaction:
            await transaction.documents("w").insert("page", "x", {"v": 1})
        copy = tmp_path / "copy"
        copy.mkdir()
        for part in tmp_path.glob("state.db*"):
            (copy / part.name).write_bytes(part.read_bytes())
    async with opened(copy / "state.db") as store, store.transaction() as transaction:
        assert await transaction.documents("w").get("page", "x") == {"v": 1}


async def test_commits_go_to_a_log_that_survives_the_death_of_the_process(
    opened: Opened, file: Path
) -> None:
    async with opened(file) as store:
        found = [store._connection.execute(f"PRAGMA {name}").fetchone() for name in _DURABILITY]
        assert found == [("wal",), (1,), ("exclusive",)]


_DURABILITY = ("journal_mode", "synchronous", "locking_mode")


async def test_a_second_opener_is_refused(opened: Opened, file: Path) -> None:
    async with opened(file):
        sentence = await refusal(file)
    assert str(file) in sentence
    assert sentence.endswith("locked; another server uses it: give another --state file")


async def test_the_file_is_free_again_after_closing(opened: Opened, file: Path) -> None:
    for _ in range(2):
        async with opened(file) as store, store.transaction() as transaction:
            assert await transaction.documents("w").count("page") == 0


async def test_an_empty_file_is_taken(opened: Opened, file: Path) -> None:
    file.touch()
    async with opened(file) as store, store.transaction() as transaction:
        assert await transaction.documents("w").count("page") == 0


async def test_a_file_that_is_no_database_is_refused(file: Path) -> None:
    file.write_text("port = 8080\n" * 100)
    assert "not a database" in await refusal(file)


async def test_another_programs_database_is_refused_and_not_touched(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript("CREATE TABLE documents (x); INSERT INTO documents VALUES (1);")
    before = file.read_bytes()
    assert "another program's database" in await refusal(file)
    assert file.read_bytes() == before
    assert [part.name for part in file.parent.iterdir()] == ["state.db"]


async def test_a_newer_file_is_refused_and_both_versions_named(opened: Opened, file: Path) -> None:
    async with opened(file):
        pass
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA user_version={VERSION + 1}")
    sentence = await refusal(file)
    assert f"version {VERSION} but version {VERSION + 1}" in sentence
    assert "--state" in sentence


async def test_a_damaged_file_is_refused(opened: Opened, file: Path) -> None:
    async with opened(file) as store, store.transaction() as transaction:
        for number in range(200):
            await transaction.documents("w").insert("page", str(number), {"text": "x" * 200})
    content = bytearray(file.read_bytes())
    content[8192:-4096] = b"\xa5" * (len(content) - 12288)
    file.write_bytes(content)
    sentence = await refusal(file)
    assert "damaged" in sentence or "malformed" in sentence


async def test_a_refused_file_is_not_left_locked(opened: Opened, file: Path) -> None:
    async with opened(file):
        pass
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA user_version={VERSION + 1}")
    store = SqliteStore(file)
    with pytest.raises(StoreError):
        await store.open([])
    with closing(sqlite3.connect(file, timeout=0)) as connection:
        connection.execute("PRAGMA user_version=7")


@pytest.mark.parametrize("name", ["", "missing/state.db"])
async def test_a_path_that_cannot_be_a_file_is_refused(tmp_path: Path, name: str) -> None:
    assert "cannot use the state file" in await refusal(tmp_path / name)


async def test_the_file_says_that_it_is_ours(opened: Opened, file: Path) -> None:
    async with opened(file):
        pass
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)


async def test_an_index_for_a_new_field_is_made_for_an_old_file(
    opened: Opened, file: Path
) -> None:
    async with opened(file):
        pass
    store = SqliteStore(file)
    await store.open([Kind("note", 10, indexes=("author", "topic"))])
    await store.close()
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")
        assert "note_topic" in {name for (name,) in rows}


@pytest.mark.parametrize(
    ("state", "path"),
    [
        (None, None),
        ("state.db", Path("state.db")),
        ("/var/state.db", Path("/var/state.db")),
        ("sqlite:///state.db", Path("state.db")),
        ("sqlite:////var/state.db", Path("/var/state.db")),
    ],
)
def test_a_state_setting_means_a_file(state: str | None, path: Path | None) -> None:
    assert state_path(state) == path


def test_a_state_elsewhere_is_refused_by_name() -> None:
    with pytest.raises(StoreError, match="postgresql:// is not supported"):
        state_path("postgresql://localhost/mock")


async def test_only_its_owner_may_read_it(opened: Opened, file: Path) -> None:
    async with opened(file):
        assert {one.stat().st_mode & 0o777 for one in file.parent.iterdir()} == {0o600}
