"""Documents in SQLite: in memory, or in a file that survives `kill -9`."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import orjson

from mockserver.core.errors import InsufficientStorage
from mockserver.core.sqlite_file import connect
from mockserver.core.store import Document, DuplicateDocument, Kind, Scalar


class SqliteStore:
    """One connection, used on the event loop itself: a call takes microseconds."""

    def __init__(self, path: Path | None = None) -> None:
        """Keep documents in the file at `path`, or in memory."""
        self._path = path
        self._lock = asyncio.Lock()
        self._limits: dict[str, int] = {}
        self._counts: dict[tuple[str, str], int] = {}

    async def open(self, kinds: Iterable[Kind]) -> None:
        """Open the file, check that it is ours, make tables and indexes; else StoreError."""
        kinds = tuple(kinds)
        self._limits = {kind.name: kind.limit for kind in kinds}
        self._connection = connect(
            self._path,
            [
                f'CREATE INDEX IF NOT EXISTS "{kind.name}_{field}" '
                f"ON documents (world, {_field(field)}) WHERE kind = '{kind.name}'"
                for kind in kinds
                for field in kind.indexes
            ],
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqliteTransaction]:
        """Begin; commit at the end, or undo everything if the block raises."""
        async with self._lock:
            transaction = SqliteTransaction(self._connection, self._limits, self._counts)
            try:
                yield transaction
                transaction.commit()
            except BaseException:
                transaction.roll_back()
                raise
        transaction.tell()

    async def close(self) -> None:
        """Close the file."""
        self._connection.close()


class SqliteTransaction:
    """One transaction; it takes the write lock only when something is written."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        limits: Mapping[str, int],
        counts: dict[tuple[str, str], int],
    ) -> None:
        """Work on `connection`, holding at most `limits[kind]` documents of a kind a world."""
        self.connection = connection
        self.limits = limits
        self.counts = counts  # by world and kind, so that an insert need not count again
        self._writing = False
        self._callbacks: list[Callable[[], None]] = []

    def documents(self, world: str) -> SqliteDocuments:
        """Return the documents of one world."""
        return SqliteDocuments(self, world)

    async def worlds(self, prefix: str) -> list[str]:
        """Return the names of worlds that hold anything and begin with `prefix`."""
        rows = self.connection.execute(
            "SELECT DISTINCT world FROM documents WHERE instr(world, ?) = 1", (prefix,)
        )
        return [world for (world,) in rows]

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call `callback` once the transaction is committed."""
        self._callbacks.append(callback)

    def write(self, sql: str, values: Sequence[object]) -> sqlite3.Cursor:
        """Execute a changing statement, taking the write lock first."""
        try:
            if not self._writing:
                self.connection.execute("BEGIN IMMEDIATE")
                self._writing = True
            return self.connection.execute(sql, values)
        except sqlite3.OperationalError as error:
            raise InsufficientStorage(f"the state file cannot be written: {error}") from error

    def commit(self) -> None:
        """Make it last."""
        try:
            if self._writing:
                self.connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise InsufficientStorage(f"the state file cannot be written: {error}") from error

    def roll_back(self) -> None:
        """Undo everything."""
        if self._writing:
            self.counts.clear()
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")

    def tell(self) -> None:
        """Call those who wait for the commit."""
        for callback in self._callbacks:
            callback()


class SqliteDocuments:
    """The documents of one world; see `Documents` for what each method promises."""

    __slots__ = ("_transaction", "_world")

    def __init__(self, transaction: SqliteTransaction, world: str) -> None:
        """Look at `world` from inside `transaction`."""
        self._transaction = transaction
        self._world = world

    async def get(self, kind: str, id_: str) -> Document | None:
        """Return the document, or None."""
        row = self._transaction.connection.execute(
            "SELECT body FROM documents WHERE world=? AND kind=? AND id=?",
            (self._world, kind, id_),
        ).fetchone()
        return _load(row[0]) if row else None

    async def insert(self, kind: str, id_: str, document: Document) -> None:
        """Add a document; DuplicateDocument if its id is taken, InsufficientStorage when full."""
        held, limit = await self.count(kind), self._transaction.limits[kind]
        if held >= limit:
            raise InsufficientStorage(
                f"this account holds {limit} documents of the kind {kind}, which is the limit: "
                "delete some, or reset the account"
            )
        try:
            self._transaction.write(
                "INSERT INTO documents (world, kind, id, body) VALUES (?, ?, ?, ?)",
                (self._world, kind, id_, _dump(document)),
            )
        except sqlite3.IntegrityError as error:
            raise DuplicateDocument(f"{kind} {id_}") from error
        self._transaction.counts[self._world, kind] = held + 1

    async def update(self, kind: str, id_: str, document: Document) -> bool:
        """Replace a document; False if there is none."""
        cursor = self._transaction.write(
            "UPDATE documents SET body=? WHERE world=? AND kind=? AND id=?",
            (_dump(document), self._world, kind, id_),
        )
        return cursor.rowcount > 0

    async def delete(self, kind: str, id_: str) -> bool:
        """Remove a document; False if there is none."""
        cursor = self._transaction.write(
            "DELETE FROM documents WHERE world=? AND kind=? AND id=?", (self._world, kind, id_)
        )
        self._transaction.counts.pop((self._world, kind), None)
        return cursor.rowcount > 0

    async def find(  # noqa: PLR0913  (a query has this many parts)
        self,
        kind: str,
        where: Mapping[str, Scalar] | None = None,
        *,
        ids: Sequence[str] | None = None,
        before: str | None = None,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> list[Document]:
        """Return matching documents in order of creation, or newest first."""
        clause, values = self._clause(kind, where or {})
        if ids is not None:
            clause += " AND id IN (SELECT value FROM json_each(?))"
            values.append(_dump(list(ids)))
        if before is not None:
            clause += " AND id < ?"
            values.append(before)
        order = "id DESC" if newest_first else "position"
        values.append(-1 if limit is None else limit)
        rows = self._transaction.connection.execute(
            f"SELECT body FROM documents WHERE {clause} ORDER BY {order} LIMIT ?", values
        )
        return [_load(body) for (body,) in rows]

    async def count(self, kind: str, where: Mapping[str, Scalar] | None = None) -> int:
        """Return how many documents match."""
        counts, key = self._transaction.counts, (self._world, kind)
        if not where and key in counts:
            return counts[key]
        clause, values = self._clause(kind, where or {})
        sql = f"SELECT count(*) FROM documents WHERE {clause}"
        (number,) = self._transaction.connection.execute(sql, values).fetchone()
        if not where:
            counts[key] = number
        return int(number)

    async def next(self, sequence: str) -> int:
        """Return 1, 2, 3 …: each number once."""
        cursor = self._transaction.write(
            "INSERT INTO sequences VALUES (?, ?, 1) "
            "ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value",
            (self._world, sequence),
        )
        return int(cursor.fetchone()[0])

    async def clear(self) -> None:
        """Forget everything in this world."""
        self._transaction.counts.clear()
        self._transaction.write("DELETE FROM documents WHERE world=?", (self._world,))
        self._transaction.write("DELETE FROM sequences WHERE world=?", (self._world,))

    def _clause(self, kind: str, where: Mapping[str, Scalar]) -> tuple[str, list[object]]:
        # The kind stands in the text, not as a value, or SQLite would not use a partial index.
        parts = ["world = ?", f"kind = '{kind}'", *(f"{_field(name)} IS ?" for name in where)]
        return " AND ".join(parts), [self._world, *map(_bound, where.values())]


def _bound(value: Scalar) -> object:
    # SQLite reads integers beyond 64 bits as doubles, those inside a document too.
    huge = isinstance(value, int) and not -(2**63) <= value < 2**63
    return float(value or 0) if huge else value


def _field(name: str) -> str:
    return f"json_extract(body, '$.{name}')"


def _dump(value: object) -> str:
    return orjson.dumps(value).decode()


def _load(body: str) -> Document:
    document: Document = orjson.loads(body)
    return document
