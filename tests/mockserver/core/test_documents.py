"""What `Documents` promises, of every store: reading, writing, searching, counting."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.core.errors import InsufficientStorage
from mockserver.core.sqlite_store import SqliteDocuments, SqliteStore
from mockserver.core.store import DuplicateDocument

pytestmark = pytest.mark.anyio
SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text()
JSON = st.recursive(
    SCALARS | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@pytest.fixture
async def notes(store: SqliteStore) -> AsyncIterator[SqliteDocuments]:
    """The documents of one world, inside an open transaction."""
    async with store.transaction() as transaction:
        yield transaction.documents("shop/a")


@pytest.fixture
async def pages(notes: SqliteDocuments) -> SqliteDocuments:
    """Five pages, created in another order than that of their ids."""
    for number, id_ in enumerate(["c", "a", "e", "b", "d"]):
        page = {"id": id_, "number": number, "even": number % 2 == 0}
        await notes.insert("page", id_, page | ({} if number % 2 else {"tag": "even"}))
    return notes


async def ids(documents: SqliteDocuments, *args: Any, **kwargs: Any) -> str:
    return "".join(page["id"] for page in await documents.find("page", *args, **kwargs))


@given(document=st.dictionaries(st.text(), JSON), id_=st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
async def test_a_document_is_read_as_it_was_written(
    notes: SqliteDocuments, document: dict[str, Any], id_: str
) -> None:
    await notes.clear()
    await notes.insert("page", id_, document)
    assert await notes.get("page", id_) == document


async def test_there_is_nothing_where_nothing_was_written(notes: SqliteDocuments) -> None:
    assert await notes.get("page", "x") is None


async def test_an_id_is_taken_only_once(notes: SqliteDocuments) -> None:
    await notes.insert("page", "x", {"v": 1})
    with pytest.raises(DuplicateDocument):
        await notes.insert("page", "x", {"v": 2})
    assert await notes.get("page", "x") == {"v": 1}


async def test_two_kinds_may_use_the_same_id(notes: SqliteDocuments) -> None:
    await notes.insert("page", "x", {"v": 1})
    await notes.insert("note", "x", {"v": 2})
    assert await notes.get("page", "x") == {"v": 1}


async def test_a_duplicate_does_not_count(notes: SqliteDocuments) -> None:
    await notes.insert("page", "x", {})
    with pytest.raises(DuplicateDocument):
        await notes.insert("page", "x", {})
    assert await notes.count("page") == 1


async def test_what_is_read_is_a_copy(notes: SqliteDocuments) -> None:
    await notes.insert("page", "x", {"list": [1]})
    read = await notes.get("page", "x")
    assert read is not None
    read["list"].append(2)
    assert await notes.get("page", "x") == {"list": [1]}


async def test_an_update_replaces_the_whole_document(notes: SqliteDocuments) -> None:
    await notes.insert("page", "x", {"a": 1, "b": 2})
    assert await notes.update("page", "x", {"a": 3}) is True
    assert await notes.get("page", "x") == {"a": 3}


async def test_an_update_of_nothing_says_so_and_creates_nothing(notes: SqliteDocuments) -> None:
    assert await notes.update("page", "x", {"a": 1}) is False
    assert await notes.get("page", "x") is None


async def test_a_deletion_is_final(notes: SqliteDocuments) -> None:
    await notes.insert("page", "x", {})
    assert await notes.delete("page", "x") is True
    assert await notes.get("page", "x") is None
    assert await notes.delete("page", "x") is False


async def test_a_deleted_id_may_be_used_again(notes: SqliteDocuments) -> None:
    await notes.insert("page", "x", {"v": 1})
    await notes.delete("page", "x")
    await notes.insert("page", "x", {"v": 2})
    assert await notes.get("page", "x") == {"v": 2}


async def test_documents_are_found_in_order_of_creation(pages: SqliteDocuments) -> None:
    assert await ids(pages) == "caebd"


async def test_an_update_does_not_change_the_order(pages: SqliteDocuments) -> None:
    await pages.update("page", "c", {"id": "c"})
    assert await ids(pages) == "caebd"


async def test_newest_first_sorts_by_id_descending(pages: SqliteDocuments) -> None:
    assert await ids(pages, newest_first=True) == "edcba"


@pytest.mark.parametrize(
    ("before", "found"), [("c", "ba"), ("a", ""), ("zz", "edcba"), ("bb", "ba"), ("", "")]
)
async def test_before_keeps_the_ids_that_sort_below(
    pages: SqliteDocuments, before: str, found: str
) -> None:
    assert await ids(pages, before=before, newest_first=True) == found


@pytest.mark.parametrize(("limit", "found"), [(0, ""), (2, "ca"), (5, "caebd"), (99, "caebd")])
async def test_a_limit_cuts_the_rest(pages: SqliteDocuments, limit: int, found: str) -> None:
    assert await ids(pages, limit=limit) == found


@pytest.mark.parametrize(
    ("wanted", "found"), [(["e", "c"], "ce"), ([], ""), (["x"], ""), (["a", "a", "x"], "a")]
)
async def test_ids_keeps_only_those(pages: SqliteDocuments, wanted: list[str], found: str) -> None:
    assert await ids(pages, ids=wanted) == found


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({"number": 3}, "b"),
        ({"number": "3"}, ""),
        ({"even": True}, "ced"),
        ({"even": False}, "ab"),
        ({"tag": None}, "ab"),
        ({"tag": "even", "number": 2}, "e"),
        ({"tag": "even", "number": 3}, ""),
        ({}, "caebd"),
        ({"number": 2**63}, ""),
    ],
)
async def test_where_compares_every_field_for_equality(
    pages: SqliteDocuments, where: dict[str, Any], found: str
) -> None:
    assert await ids(pages, where) == found


# SQLite's JSON functions end a text at its first NUL, so such a text cannot be searched for.
SEARCHABLE = SCALARS.filter(lambda value: "\0" not in str(value))


@given(value=SEARCHABLE, other=SEARCHABLE)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
async def test_any_scalar_can_be_searched_for(
    notes: SqliteDocuments, value: Any, other: Any
) -> None:
    await notes.clear()
    await notes.insert("note", "x", {"author": value})
    assert await notes.count("note", {"author": value}) == 1
    same = value == other and isinstance(value, str) == isinstance(other, str)
    assert await notes.count("note", {"author": other}) == same


async def test_count_counts_what_matches(pages: SqliteDocuments) -> None:
    assert await pages.count("page") == 5
    assert await pages.count("page", {"even": True}) == 3
    assert await pages.count("note") == 0


async def test_count_follows_every_change(pages: SqliteDocuments) -> None:
    await pages.delete("page", "c")
    await pages.delete("page", "not there")
    await pages.insert("page", "f", {})
    await pages.insert("page", "g", {})
    assert await pages.count("page") == 6


async def test_a_kind_holds_no_more_than_its_limit(notes: SqliteDocuments) -> None:
    for number in range(5):
        await notes.insert("note", str(number), {})
    with pytest.raises(InsufficientStorage, match="note"):
        await notes.insert("note", "one too many", {})
    assert await notes.count("note") == 5


async def test_a_deletion_makes_room_again(notes: SqliteDocuments) -> None:
    for number in range(5):
        await notes.insert("note", str(number), {})
    await notes.delete("note", "0")
    await notes.insert("note", "new", {})
    assert await notes.count("note") == 5


async def test_a_sequence_counts_from_one(notes: SqliteDocuments) -> None:
    assert [await notes.next("visit") for _ in range(3)] == [1, 2, 3]


async def test_sequences_are_independent(notes: SqliteDocuments) -> None:
    await notes.next("visit")
    assert await notes.next("other") == 1


async def test_clear_forgets_documents_and_sequences(pages: SqliteDocuments) -> None:
    await pages.next("visit")
    await pages.clear()
    assert await pages.find("page") == []
    assert await pages.count("page") == 0
    assert await pages.next("visit") == 1
