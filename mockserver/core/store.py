"""What every store offers: documents by world, kind and id, in one transaction a request.

A world is what one account of one vendor remembers. Documents are JSON objects. The methods are
coroutines so that a database behind a network fits as well as one in the process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

Document = dict[str, Any]
Scalar = str | int | bool | None


class StoreError(Exception):
    """The store cannot be used: the message says which and why."""


class DuplicateDocument(Exception):
    """A document of that world, kind and id is there already."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document: how many a world may hold, and which fields are searched by."""

    name: str
    limit: int
    indexes: tuple[str, ...] = ()


class Documents(Protocol):
    """The documents of one world, seen from inside one transaction."""

    async def get(self, kind: str, id_: str) -> Document | None:
        """Return the document, or None."""

    async def insert(self, kind: str, id_: str, document: Document) -> None:
        """Add a document; DuplicateDocument if its id is taken."""

    async def update(self, kind: str, id_: str, document: Document) -> bool:
        """Replace a document; False if there is none."""

    async def delete(self, kind: str, id_: str) -> bool:
        """Remove a document; False if there is none."""

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
        """Return matching documents in order of creation, or newest first.

        `where` compares top-level fields for equality, all of them; `before` keeps the ids that
        sort below it; with `newest_first` the order is by id, descending, so ids that begin with
        their time page steadily while others come and go.
        """

    async def count(self, kind: str, where: Mapping[str, Scalar] | None = None) -> int:
        """Return how many documents match."""

    async def next(self, sequence: str) -> int:
        """Return 1, 2, 3 …: each number once, also across restarts."""

    async def clear(self) -> None:
        """Forget everything in this world."""


class Transaction(Protocol):
    """All or nothing: what happens in it is committed at its end, or undone by an exception."""

    def documents(self, world: str) -> Documents:
        """Return the documents of one world."""

    async def worlds(self, prefix: str) -> list[str]:
        """Return the names of worlds that hold anything and begin with `prefix`."""

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call `callback` once the transaction is safely committed; never if it is undone."""


class Store(Protocol):
    """Where documents live."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Begin a transaction; leaving the block commits it."""

    async def open(self, kinds: Iterable[Kind]) -> None:
        """Make the store ready; StoreError says why it cannot be."""

    async def close(self) -> None:
        """Let go of files and connections."""
