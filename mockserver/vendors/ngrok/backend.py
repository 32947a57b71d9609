"""What one ngrok account remembers."""

from __future__ import annotations

from dataclasses import dataclass

from mockserver.core.backend import Backend
from mockserver.core.errors import NotFound
from mockserver.core.store import Document, Kind


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, newest first; `next_before` is where the next one begins."""

    items: list[Document]
    next_before: str | None


@dataclass(slots=True)
class NgrokBackend(Backend):
    """Sessions and users: both are listed, read and, sessions, deleted."""

    async def page(self, kind: Kind, before: str | None, limit: int) -> Page:
        """Return at most `limit` documents with ids below `before`, newest first."""
        # One more than asked for tells whether there is a next page.
        found = await self.documents.find(
            kind.name, before=before or None, newest_first=True, limit=limit + 1
        )
        items = found[:limit]
        return Page(items, items[-1]["id"] if len(found) > limit else None)

    async def read(self, kind: Kind, id_: str) -> Document:
        """Return a document; NotFound if there is none."""
        document = await self.documents.get(kind.name, id_)
        if document is None:
            raise NotFound
        return document

    async def remove(self, kind: Kind, id_: str) -> None:
        """Delete a document; NotFound if there is none."""
        if not await self.documents.delete(kind.name, id_):
            raise NotFound
