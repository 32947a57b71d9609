"""A state file: opened if it is ours, made if there is none, left alone if it is a stranger's."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from mockserver.core.store import StoreError

VERSION = 1
APPLICATION_ID = 0x4E4D4250  # marks a file as ours, so that a stranger's database is not touched
_WAIT_S = 2  # for another server that is just letting go of the file
_SCHEMA = """
CREATE TABLE documents (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  world TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
  UNIQUE (world, kind, id)
);
CREATE TABLE sequences (
  world TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL, PRIMARY KEY (world, name)
) WITHOUT ROWID;
"""


def connect(path: Path | None, indexes: Iterable[str]) -> sqlite3.Connection:
    """Return a connection to the file at `path`, or to memory; StoreError if that cannot be.

    `indexes` are statements that make what is not there yet.
    """
    try:
        if path and not path.exists():
            # Passwords of tests are in it: nobody else is to read them.
            path.touch(0o600)
        connection = sqlite3.connect(
            path or ":memory:", _WAIT_S, isolation_level=None, check_same_thread=False
        )
    except (sqlite3.Error, OSError) as error:
        raise _unusable(path, error) from error
    try:
        _prepare(connection, path)
        for statement in indexes:
            connection.execute(statement)
    except BaseException as error:
        connection.close()  # and with it the lock on the file
        if isinstance(error, sqlite3.Error):
            raise _unusable(path, error) from error
        raise
    return connection


def _unusable(path: Path | None, error: Exception) -> StoreError:
    hint = "; another server uses it: give another --state file" if "locked" in str(error) else ""
    return StoreError(f"cannot use the state file {path}: {error}{hint}")


def _prepare(connection: sqlite3.Connection, path: Path | None) -> None:
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")  # two servers would not see each other
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables:
        _recognise(connection, path)  # before the file is changed in any way
    # WAL with NORMAL keeps every commit through the death of the process.
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    if not tables:
        connection.executescript(
            f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version={VERSION};"
            f"PRAGMA application_id={APPLICATION_ID}; COMMIT;"
        )


def _recognise(connection: sqlite3.Connection, path: Path | None) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    (health,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if owner != APPLICATION_ID:
        found = "another program's database"
    elif version != VERSION:
        found = f"version {version}"
    elif health != "ok":
        found = "damaged"
    else:
        return
    raise StoreError(
        f"{path} is not a sound state file of version {VERSION} but {found}; "
        "give another --state file"
    )


def state_path(state: str | None) -> Path | None:
    """Return the file that the setting `state` means, None for memory; else StoreError."""
    if state is None:
        return None
    scheme, separator, rest = state.partition("://")
    if separator and scheme != "sqlite":
        raise StoreError(f"state {scheme}:// is not supported: give a path or sqlite:///PATH")
    return Path(rest.removeprefix("/") if separator else state)
